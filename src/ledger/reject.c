#include "ledger/reject.h"

#include "base/json.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdlib.h>
#include <string.h>

/* The values that add_rejects.sql takes of one reject, in its order. */
enum { VALUES = 15 };

static void values_of(Arena *arena, const Reject *reject, const char *values[VALUES])
{
    const char *const all[VALUES] = {reject->entity,
                                     number_text(arena, reject->chunk),
                                     reject->reason,
                                     reject->budgeted ? "true" : "false",
                                     reject->source,
                                     reject->source_key,
                                     reject->source_row,
                                     reject->driving_row,
                                     reject->parked,
                                     reject->sqlstate,
                                     reject->constraint,
                                     reject->column,
                                     reject->message,
                                     reject->fingerprint,
                                     number_text(arena, reject->attempt > 0 ? reject->attempt : 1)};
    for (size_t i = 0; i < VALUES; i++)
        values[i] = all[i];
}

bool reject_add(Conn *target, int64_t migration, const RejectList *rejects, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *params[1 + VALUES] = {number_text(arena, migration)};
    StringList columns[VALUES] = {0};
    if (rejects->count == 0)
        return true;
    FOR_EACH(const Reject, reject, *rejects) {
        const char *values[VALUES];
        values_of(arena, reject, values);
        for (size_t i = 0; i < VALUES; i++)
            LIST_PUSH(arena, &columns[i], values[i]);
    }
    for (size_t i = 0; i < VALUES; i++)
        params[1 + i] = quote_array(arena, columns[i].items, columns[i].count);
    return conn_exec(target, sql_ledger_add_rejects, (Params){params, 1 + VALUES}, NULL, error);
}

bool reject_open_correction(Conn *target, int64_t migration, const char *entity, int64_t *chunk, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result =
        conn_query(target, sql_ledger_open_correction, PARAMS(number_text(arena, migration), entity), error);
    if (!result)
        return false;
    *chunk = result_number(result, 0, 0);
    return true;
}

static Reject reject_of(Arena *arena, const Result *result, int row)
{
    return (Reject){.id = result_number(result, row, 0),
                    .entity = result_copy(arena, result, row, 1),
                    .chunk = result_number(result, row, 2),
                    .reason = result_copy(arena, result, row, 3),
                    .budgeted = result_bool(result, row, 4),
                    .source = result_copy(arena, result, row, 5),
                    .source_key = result_copy(arena, result, row, 6),
                    .source_row = result_copy(arena, result, row, 7),
                    .driving_row = result_copy(arena, result, row, 8),
                    .parked = result_copy(arena, result, row, 9),
                    .sqlstate = result_copy(arena, result, row, 10),
                    .constraint = result_copy(arena, result, row, 11),
                    .column = result_copy(arena, result, row, 12),
                    .message = result_copy(arena, result, row, 13),
                    .fingerprint = result_copy(arena, result, row, 14),
                    .attempt = result_number(result, row, 15),
                    .waived_by = result_copy(arena, result, row, 16),
                    .waived_at = result_copy(arena, result, row, 17),
                    .waived_because = result_copy(arena, result, row, 18),
                    .created_at = result_copy(arena, result, row, 19),
                    .document = result_copy(arena, result, row, 20),
                    .pretty_row = result_copy(arena, result, row, 21),
                    .pretty_driving_row = result_copy(arena, result, row, 22)};
}

/* ---- which ---- */

static bool refuse_key(const char *word, Error *error)
{
    error_set(error, ERROR_INPUT, "\"%s\" is no key of a reject", word);
    return error_hint(error, "A key is written 17, region=eu,id=7, {\"region\": \"eu\", \"id\": \"7\"}, or #12 for the "
                             "reject with this id.");
}

static bool take_id(Arena *arena, const char *word, RejectFilter *filter, Error *error)
{
    enum { MOST_DIGITS = 18 };
    size_t digits = strspn(word + 1, "0123456789");
    if (digits == 0 || digits > MOST_DIGITS || word[1 + digits] != '\0')
        return refuse_key(word, error);
    LIST_PUSH(arena, &filter->ids, arena_strdup(arena, word + 1));
    return true;
}

static void push_key(Arena *arena, const json_t *object, RejectFilter *filter)
{
    LIST_PUSH(arena, &filter->keys, json_text(arena, object, JSON_COMPACT));
}

/* Keys are texts in the ledger; a person may leave the quotes of a number out. */
static bool take_object(Arena *arena, const char *word, RejectFilter *filter, Error *error)
{
    json_auto_t *object = json_loads(word, 0, NULL);
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return refuse_key(word, error);
    json_object_foreach(object, name, value) if (json_is_integer(value))
        json_object_set_new_nocheck(object, name, json_string(number_text(arena, (int64_t)json_integer_value(value))));
    push_key(arena, object, filter);
    return true;
}

/* name=value,name=value; it may be a value with an equals sign in it just as well. */
static void take_pairs(Arena *arena, const char *word, RejectFilter *filter)
{
    json_auto_t *object = json_object();
    for (const char *at = word; *at;) {
        size_t length = strcspn(at, ","), name = strcspn(at, "=");
        if (name == 0 || name >= length)
            return;
        json_object_set_new(object, arena_strndup(arena, at, name),
                            json_string(arena_strndup(arena, at + name + 1, length - name - 1)));
        at += length + (at[length] == ',');
    }
    push_key(arena, object, filter);
}

bool reject_key_parse(Arena *arena, const char *word, RejectFilter *filter, Error *error)
{
    if (word[0] == '#')
        return take_id(arena, word, filter, error);
    if (word[0] == '{')
        return take_object(arena, word, filter, error);
    LIST_PUSH(arena, &filter->values, word);
    take_pairs(arena, word, filter);
    return true;
}

enum { PICK_VALUES = 9 };

/* The values of pick_rejects.sql. */
static void pick(Arena *arena, int64_t migration, const RejectFilter *filter, const char *values[PICK_VALUES])
{
    bool named = filter->ids.count + filter->keys.count + filter->values.count > 0;
    const StringList *const lists[] = {&filter->ids, &filter->keys, &filter->values};
    values[0] = number_text(arena, migration);
    values[1] = filter->entity;
    values[2] = filter->reason;
    for (size_t i = 0; i < 3; i++)
        values[3 + i] = named ? quote_array(arena, lists[i]->items, lists[i]->count) : NULL;
    values[6] = number_text(arena, filter->after);
    values[7] = filter->limit > 0 ? number_text(arena, filter->limit) : NULL;
    values[8] = filter->upto > 0 ? number_text(arena, filter->upto) : NULL;
}

static const char *with_picked(Arena *arena, const char *statement)
{
    return arena_printf(arena, "WITH picked AS (%s) %s", sql_ledger_pick_rejects, statement);
}

bool reject_ids(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, StringList *ids,
                Error *error)
{
    const char *values[PICK_VALUES];
    pick(arena, migration, filter, values);
    AUTO(Result) *result = conn_query(target, sql_ledger_pick_rejects, (Params){values, PICK_VALUES}, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, ids, result_copy(arena, result, row, 0));
    return result != NULL;
}

bool reject_list(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, RejectList *rejects,
                 Error *error)
{
    const char *values[PICK_VALUES];
    pick(arena, migration, filter, values);
    AUTO(Result) *result =
        conn_query(target, with_picked(arena, sql_ledger_rejects), (Params){values, PICK_VALUES}, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, rejects, reject_of(arena, result, row));
    return result != NULL;
}

bool reject_count(Conn *target, int64_t migration, const RejectFilter *filter, int64_t *count, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *values[PICK_VALUES];
    pick(arena, migration, filter, values);
    AUTO(Result) *result =
        conn_query(target, with_picked(arena, "SELECT count(*) FROM picked"), (Params){values, PICK_VALUES}, error);
    *count = result ? result_number(result, 0, 0) : 0;
    return result != NULL;
}

int64_t reject_next_limit(int64_t limit, const RejectList *page)
{
    enum { FEW = 4, MANY = 1000, ENOUGH_BYTES = 512 << 10 };
    size_t bytes = 0;
    FOR_EACH(const Reject, reject, *page)
        bytes += reject->document ? strlen(reject->document) : 0;
    if (limit == 0)
        return FEW;
    if (bytes > ENOUGH_BYTES)
        return limit > 1 ? limit / 2 : 1;
    return limit < MANY / 2 ? limit * 2 : MANY;
}

bool reject_waive(Conn *target, int64_t migration, const RejectFilter *filter, const char *because, int64_t *waived,
                  Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *values[PICK_VALUES + 1];
    pick(arena, migration, filter, values);
    values[PICK_VALUES] = because;
    AUTO(Result) *result =
        conn_query(target, with_picked(arena, sql_ledger_waive_rejects), (Params){values, PICK_VALUES + 1}, error);
    *waived = result ? result_number(result, 0, 0) : 0;
    return result != NULL;
}

bool reject_groups(Arena *arena, Conn *target, int64_t migration, const char *entity, const char *reason,
                   RejectGroupList *groups, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, sql_ledger_reject_groups, PARAMS(number_text(arena, migration), entity, reason), error);
    for (int row = 0; result && row < result_rows(result); row++) {
        RejectGroup *group = LIST_ADD(arena, groups);
        *group = (RejectGroup){.entity = result_copy(arena, result, row, 0),
                               .reason = result_copy(arena, result, row, 1),
                               .budgeted = result_bool(result, row, 2),
                               .rows = result_number(result, row, 3),
                               .parked = result_number(result, row, 4),
                               .waived = result_number(result, row, 5),
                               .attempts = result_number(result, row, 6),
                               .message = result_copy(arena, result, row, 8)};
        group->keys = result_list(arena, result, row, 7);
    }
    return result != NULL;
}
