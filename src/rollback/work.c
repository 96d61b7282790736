#include "rollback/work.h"

#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

enum { EXAMPLES = 10 };

char *rollback_key_json(Arena *arena, const StringList *key, const char *alias)
{
    Text sql = text_new(arena);
    text_add(&sql, "pg_catalog.jsonb_build_object(");
    FOR_EACH(const char *, column, *key)
        text_addf(&sql, "%s%s, %s.%s::text", column == key->items ? "" : ", ", quote_literal(arena, *column), alias,
                  quote_name(arena, *column));
    text_add(&sql, ")::text");
    return sql.chars;
}

const char *rollback_images(Arena *arena, const RollbackEntry *entry)
{
    return quote_qualified(arena, "rehome", entry->images);
}

bool rollback_exec(const RollbackWork *work, const char *sql, int64_t *rows, Error *error)
{
    return conn_exec(work->target, sql, NO_PARAMS, rows, error);
}

bool rollback_number(const RollbackWork *work, const char *sql, int64_t *number, Error *error)
{
    AUTO(Result) *result = conn_query(work->target, sql, NO_PARAMS, error);
    if (result)
        *number = result_number(result, 0, 0);
    return result != NULL;
}

/* ---- triggers of the table's owner ---- */

bool rollback_quieten(const RollbackWork *work, ObjectId table, const char *relation, Text *wake, Error *error)
{
    if (work->circle) /* they are quiet */
        return true;
    const char *list =
        "SELECT t.tgname, t.tgenabled, pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_trigger t JOIN "
        "pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal AND "
        "t.tgenabled <> 'D'";
    AUTO(Result) *triggers = conn_query(work->target, list, PARAMS(number_text(work->arena, table)), error);
    for (int row = 0; triggers && row < result_rows(triggers); row++) {
        const char *name = quote_name(work->arena, result_text(triggers, row, 0)),
                   *mode = result_text(triggers, row, 1);
        if (!result_bool(triggers, row, 2))
            continue;
        if (!rollback_exec(work, arena_printf(work->arena, "ALTER TABLE %s DISABLE TRIGGER %s", relation, name), NULL,
                           error))
            return false;
        text_addf(wake, "ALTER TABLE %s ENABLE %sTRIGGER %s;", relation,
                  text_equal(mode, "A")   ? "ALWAYS "
                  : text_equal(mode, "R") ? "REPLICA "
                                          : "",
                  name);
    }
    return triggers != NULL;
}

/* ---- who refers to a row ---- */

/* The key is looked at in the end, when the rows of that table are undone, too. */
static bool waits(const RollbackWork *work, ObjectId table)
{
    if (!work->circle)
        return false;
    FOR_EACH(const ObjectId, one, *work->circle)
        if (*one == table)
            return true;
    return false;
}

bool rollback_defer(const RollbackWork *work, const char *from, const char *to, Text *back, Error *error)
{
    AUTO(Result) *keys = conn_query(work->target, sql_rollback_keys, PARAMS(from, to), error);
    for (int row = 0; keys && row < result_rows(keys); row++) {
        const char *alter = arena_printf(work->arena, "ALTER TABLE %s ALTER CONSTRAINT %s", result_text(keys, row, 0),
                                         result_text(keys, row, 1));
        text_addf(back, "%s NOT DEFERRABLE;", alter);
        if (!rollback_exec(work, arena_printf(work->arena, "%s DEFERRABLE INITIALLY DEFERRED", alter), NULL, error))
            return false;
    }
    return keys != NULL && rollback_exec(work, "SET CONSTRAINTS ALL DEFERRED", NULL, error);
}

bool rollback_referred(const RollbackWork *work, const RollbackEntry *entry, const char *doomed, const char **condition,
                       Error *error)
{
    Arena *arena = work->arena;
    Text sql = text_new(arena);
    AUTO(Result) *keys =
        conn_query(work->target, sql_rollback_references, PARAMS(number_text(arena, entry->oid)), error);
    *condition = NULL;
    for (int row = 0; keys && row < result_rows(keys); row++) {
        StringList from = result_list(arena, keys, row, 2), to = result_list(arena, keys, row, 3);
        if (waits(work, (ObjectId)result_number(keys, row, 4)) && result_bool(keys, row, 5))
            continue;
        text_separate(&sql, " OR ");
        text_addf(&sql, "EXISTS (SELECT FROM %s AS c WHERE ", result_text(keys, row, 0));
        for (size_t i = 0; i < from.count; i++)
            text_addf(&sql, "%sc.%s = t.%s", i ? " AND " : "", quote_name(arena, from.items[i]),
                      quote_name(arena, to.items[i]));
        if (result_bool(keys, row, 1))
            text_addf(&sql, " AND NOT (%s)", doomed);
        text_add(&sql, ")");
    }
    if (keys && sql.length)
        *condition = sql.chars;
    return keys != NULL;
}

/* ---- what is left alone ---- */

static const struct {
    const char *fate, *why;
} fates[] = {{"changed", "somebody else has changed it"},
             {"removed", "somebody else has deleted it"},
             {"referenced", "rows that stay refer to it"},
             {"added", "somebody else has added it"},
             {"taken", "its key is taken by a row of somebody else"}};

const char *rollback_why(Arena *arena, const char *fate)
{
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
        if (text_equal(fates[i].fate, fate))
            return fates[i].why;
    return arena_strdup(arena, fate);
}

static void tell_left(const RollbackWork *work, const char *relation, const char *key, const char *fate)
{
    if (work->report->lefts.count < 100)
        *LIST_ADD(work->arena, &work->report->lefts) = (RollbackLeft){.relation = relation,
                                                                      .key = arena_strdup(work->arena, key),
                                                                      .why = rollback_why(work->arena, fate),
                                                                      .count = 1};
}

bool rollback_tell(const RollbackWork *work, const char *relation, const char *select, Error *error)
{
    AUTO(Result) *rows =
        conn_query(work->target, arena_printf(work->arena, "%s LIMIT %d", select, EXAMPLES), NO_PARAMS, error);
    for (int row = 0; rows && row < result_rows(rows); row++)
        tell_left(work, relation, result_text(rows, row, 0), result_text(rows, row, 1));
    return rows != NULL;
}

bool rollback_forget(const RollbackWork *work, const RollbackEntry *entry, int64_t left, Error *error)
{
    const char *id = number_text(work->arena, entry->id);
    if (left > 0)
        return conn_exec(
            work->target,
            "UPDATE rehome.undo SET state = 'left', chunk = NULL, wrote = coalesce(wrote, xmin) WHERE id = $1::bigint",
            PARAMS(id), NULL, error);
    return (!entry->images || rollback_exec(work,
                                            arena_printf(work->arena, "DELETE FROM %s WHERE rehome_undo = %s",
                                                         rollback_images(work->arena, entry), id),
                                            NULL, error)) &&
           conn_exec(work->target, "DELETE FROM rehome.undo WHERE id = $1::bigint", PARAMS(id), NULL, error);
}
