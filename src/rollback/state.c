#include "rollback/state.h"

#include "ledger/number.h"
#include "pg/quote.h"

#include <jansson.h>

/* The column behind the sequence holds nothing beyond where both were: else it stays, because somebody goes on with it.
 */
bool rollback_sequence(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    json_auto_t *before = json_loads(entry->before ? entry->before : "{}", 0, NULL);
    const char *column = quote_name(arena, entry->key.count ? entry->key.items[0] : "");
    json_int_t value = json_integer_value(json_object_get(before, "last_value"));
    bool called = json_is_true(json_object_get(before, "is_called"));
    const json_t *furthest = json_object_get(before, "furthest"); /* null: the column was empty, or holds no integers */
    const char *beyond =
        json_is_integer(furthest) ? arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(furthest)) : "NULL";
    AUTO(Result) *there = conn_query(
        work->target, "SELECT pg_catalog.to_regclass($1) IS NOT NULL AND pg_catalog.to_regclass($2) IS NOT NULL",
        PARAMS(entry->relation, entry->images), error);
    if (!there)
        return false;
    const char *sql =
        arena_printf(arena,
                     "SELECT pg_catalog.setval(%s::pg_catalog.regclass, %" JSON_INTEGER_FORMAT
                     ", %s) WHERE NOT EXISTS (SELECT FROM %s AS t, "
                     "pg_catalog.pg_sequence s WHERE s.seqrelid = %s::pg_catalog.regclass AND CASE WHEN s.seqincrement "
                     "> 0 THEN t.%s::text::numeric %s "
                     "%" JSON_INTEGER_FORMAT
                     " AND (t.%s::text::numeric > %s) IS NOT FALSE ELSE t.%s::text::numeric %s %" JSON_INTEGER_FORMAT
                     " AND (t.%s::text::numeric < %s) IS NOT FALSE END)",
                     quote_literal(arena, entry->relation), value, called ? "true" : "false", entry->images,
                     quote_literal(arena, entry->relation), column, called ? ">" : ">=", value, column, beyond, column,
                     called ? "<" : "<=", value, column, beyond);
    if (result_bool(there, 0, 0) && !conn_exec(work->target, "SAVEPOINT rehome_sequence", NO_PARAMS, NULL, error))
        return false;
    if (result_bool(there, 0, 0) && !conn_exec(work->target, sql, NO_PARAMS, NULL, error)) {
        if (error->kind != ERROR_DATA)
            return false;
        error_clear(error); /* a column of texts: the sequence was not set either */
        if (!conn_exec(work->target, "ROLLBACK TO SAVEPOINT rehome_sequence", NO_PARAMS, NULL, error))
            return false;
    }
    return conn_exec(work->target, "DELETE FROM rehome.undo WHERE id = $1::bigint",
                     PARAMS(number_text(arena, entry->id)), NULL, error);
}

bool rollback_view(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    AUTO(Result) *there =
        conn_query(work->target, "SELECT pg_catalog.to_regclass($1) IS NOT NULL", PARAMS(entry->relation), error);
    return there && (!result_bool(there, 0, 0) || conn_script(work->target, entry->action, error)) &&
           conn_exec(work->target, "DELETE FROM rehome.undo WHERE id = $1::bigint",
                     PARAMS(number_text(work->arena, entry->id)), NULL, error);
}
