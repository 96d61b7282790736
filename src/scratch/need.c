#include "scratch/restore.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <string.h>

bool need_parse(Arena *arena, const StringList *needed, Need *need, Error *error)
{
    *need = (Need){.all = needed == NULL};
    for (size_t i = 0; needed && i < needed->count; i++) {
        char *schema = NULL, *name = NULL;
        if (!quote_parse_name(arena, needed->items[i], &schema, &name))
            return error_set(error, ERROR_BUG, "%s is no name of a table", needed->items[i]);
        LIST_PUSH(arena, &need->relations, ((Relation){schema, name}));
    }
    return true;
}

bool need_has(const Need *need, const char *schema, const char *name)
{
    FOR_EACH(const Relation, relation, need->relations)
        if (text_equal(relation->name, name) && (!relation->schema || text_equal(relation->schema, schema)))
            return true;
    return need->all;
}

static char *array_of_schemas(Arena *arena, const Need *need)
{
    StringList schemas = {0};
    FOR_EACH(const Relation, relation, need->relations)
        LIST_PUSH(arena, &schemas, relation->schema);
    return quote_array(arena, schemas.items, schemas.count);
}

static char *array_of_names(Arena *arena, const Need *need)
{
    StringList names = {0};
    FOR_EACH(const Relation, relation, need->relations)
        LIST_PUSH(arena, &names, relation->name);
    return quote_array(arena, names.items, names.count);
}

bool restore_complete_need(Restore *restore, Error *error)
{
    Arena *arena = restore->arena;
    Need *need = &restore->need;
    if (need->all)
        return true;
    const Params params = PARAMS(array_of_schemas(arena, need), array_of_names(arena, need));
    AUTO(Conn) *conn = server_connect(arena, restore->server, restore->database, error);
    AUTO(Result) *result = conn ? conn_query(conn, sql_scratch_needed, params, error) : NULL;
    if (!result)
        return error_doing(error, "looking for the tables that are needed");
    for (int row = 0; row < result_rows(result); row++) {
        const Relation relation = {result_copy(arena, result, row, 0), result_copy(arena, result, row, 1)};
        LIST_PUSH(arena, &need->relations, relation);
    }
    return true;
}
