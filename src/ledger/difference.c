#include "ledger/difference.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

static json_t *value_of(const char *text)
{
    return text ? json_string(text) : json_null();
}

char *difference_columns_json(Arena *arena, const DifferentColumnList *columns)
{
    json_auto_t *object = json_object();
    FOR_EACH(const DifferentColumn, column, *columns)
        json_object_set_new(
            object, column->name,
            json_pack("{s:o, s:o}", "source", value_of(column->source), "target", value_of(column->target)));
    return json_text(arena, object, JSON_COMPACT);
}

bool difference_record(Conn *target, int64_t migration, const char *entity, const DifferenceList *differences,
                       Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList kinds = {0}, keys = {0}, driving = {0}, columns = {0}, suspects = {0};
    FOR_EACH(const Difference, difference, *differences) {
        LIST_PUSH(arena, &kinds, difference->kind);
        LIST_PUSH(arena, &keys, difference->key);
        LIST_PUSH(arena, &driving, difference->driving_key);
        LIST_PUSH(arena, &columns, difference_columns_json(arena, &difference->columns));
        LIST_PUSH(arena, &suspects, difference->suspect ? "true" : "false");
    }
    Params values = PARAMS(number_text(arena, migration), entity, quote_array(arena, kinds.items, kinds.count),
                           quote_array(arena, keys.items, keys.count), quote_array(arena, driving.items, driving.count),
                           quote_array(arena, columns.items, columns.count),
                           quote_array(arena, suspects.items, suspects.count));
    return conn_exec(target, sql_ledger_record_differences, values, NULL, error);
}

static void read_columns(Arena *arena, const char *text, DifferentColumnList *columns)
{
    json_auto_t *object = json_loads(text, 0, NULL);
    const char *name;
    json_t *sides;
    json_object_foreach(object, name, sides)
    {
        const char *source = json_string_value(json_object_get(sides, "source"));
        const char *target = json_string_value(json_object_get(sides, "target"));
        *LIST_ADD(arena, columns) = (DifferentColumn){.name = arena_strdup(arena, name),
                                                      .source = source ? arena_strdup(arena, source) : NULL,
                                                      .target = target ? arena_strdup(arena, target) : NULL};
    }
}

bool difference_list(Arena *arena, Conn *target, int64_t migration, const char *entity, DifferenceList *differences,
                     Error *error)
{
    AUTO(Result) *result =
        conn_query(target, sql_ledger_differences, PARAMS(number_text(arena, migration), entity), error);
    for (int row = 0; result && row < result_rows(result); row++) {
        Difference *difference = LIST_ADD(arena, differences);
        difference->kind = result_copy(arena, result, row, 0);
        difference->key = result_copy(arena, result, row, 1);
        difference->driving_key = result_copy(arena, result, row, 2);
        read_columns(arena, result_text(result, row, 3), &difference->columns);
        difference->suspect = result_bool(result, row, 4);
    }
    return result != NULL;
}
