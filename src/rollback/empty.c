#include "rollback/empty.h"

#include "rollback/marks.h"

#include "ledger/number.h"
#include "sql/embedded.h"

#include <inttypes.h>

/* Transactions whose rows are ours: of all that the migration has written into the table, or those of it with these
 * ids. */
static char *marks_of(const RollbackWork *work, const RollbackEntryList *entries, const char *ids)
{
    const char *some = ids ? arena_printf(work->arena, " AND u.id IN (%s)", ids) : "";
    return rollback_marks(work->arena,
                          arena_printf(work->arena,
                                       "u.migration = %" PRId64 " AND CASE WHEN u.kind IN ('empty', 'rows') THEN "
                                       "pg_catalog.to_regclass(u.relation)::oid END = %u%s",
                                       work->migration, entries->items[0].oid, some));
}

static bool may_truncate(const RollbackWork *work, const RollbackEntry *entry, bool *may, Error *error)
{
    const char *sql =
        "SELECT pg_catalog.has_table_privilege($1::oid, 'TRUNCATE') AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_constraint "
        "WHERE contype = 'f' AND confrelid = $1::oid AND conrelid <> confrelid) AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhparent WHERE i.inhparent = $1::oid AND "
        "c.relkind = 'r')";
    AUTO(Result) *result = conn_query(work->target, sql, PARAMS(number_text(work->arena, entry->oid)), error);
    *may = result && result_bool(result, 0, 0);
    return result != NULL;
}

/* A table of which every row is ours is emptied at one stroke. */
static bool try_truncate(const RollbackWork *work, const RollbackEntry *entry, const char *ours, bool *done,
                         Error *error)
{
    int64_t rows = 0, others = 0;
    bool may = false;
    *done = false;
    if (work->circle || !may_truncate(work, entry, &may, error) || !may)
        return error->kind == ERROR_NONE;
    if (!rollback_exec(work, arena_printf(work->arena, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", entry->relation), NULL,
                       error))
        return false;
    AUTO(Result) *counts =
        conn_query(work->target,
                   arena_printf(work->arena, "SELECT count(*), count(*) FILTER (WHERE NOT (t.xmin IN %s)) FROM %s AS t",
                                ours, entry->relation),
                   NO_PARAMS, error);
    if (!counts)
        return false;
    rows = result_number(counts, 0, 0);
    others = result_number(counts, 0, 1);
    if (others > 0 && !work->force)
        return true;
    *done = true;
    work->report->deleted += rows;
    return rollback_exec(work, arena_printf(work->arena, "TRUNCATE TABLE %s", entry->relation), NULL, error);
}

/* pg_temp.rehome_spared: rows of ours that others refer to, what these refer to in turn, and so on. */
static bool spare_ours(const RollbackWork *work, const RollbackEntry *entry, const char *mine, const char *condition,
                       Error *error)
{
    int64_t spared = 0;
    const char *make = "CREATE TEMPORARY TABLE rehome_spared (part oid, place tid) ON COMMIT DROP; CREATE INDEX ON "
                       "pg_temp.rehome_spared (place)";
    const char *sql = arena_printf(work->arena,
                                   "INSERT INTO pg_temp.rehome_spared SELECT t.tableoid, t.ctid FROM %s AS t WHERE %s "
                                   "AND (%s) AND NOT EXISTS (SELECT FROM "
                                   "pg_temp.rehome_spared AS s WHERE s.part = t.tableoid AND s.place = t.ctid)",
                                   entry->relation, mine, condition);
    if (!conn_script(work->target, make, error))
        return false;
    do {
        if (!rollback_exec(work, sql, &spared, error))
            return false;
    } while (spared > 0);
    return true;
}

static bool delete_ours(const RollbackWork *work, const RollbackEntry *entry, const char *ours, Error *error)
{
    Arena *arena = work->arena;
    const char *condition = NULL, *but = "";
    int64_t rows = 0;
    Text wake = text_new(arena);
    const char *mine = work->force ? "true" : arena_printf(arena, "t.xmin IN %s", ours);
    const char *doomed = arena_printf(
        arena,
        "%s%s AND NOT EXISTS (SELECT FROM pg_temp.rehome_spared AS s WHERE s.part = c.tableoid AND s.place = c.ctid)",
        work->force ? "true" : "c.xmin IN ", work->force ? "" : ours);
    if (!rollback_quieten(work, entry->oid, entry->relation, &wake, error) ||
        !rollback_referred(work, entry, doomed, &condition, error) ||
        (condition && !spare_ours(work, entry, mine, condition, error)))
        return false;
    if (condition)
        but = " AND NOT EXISTS (SELECT FROM pg_temp.rehome_spared AS s WHERE s.part = t.tableoid AND s.place = t.ctid)";
    const char *sql = arena_printf(arena, "DELETE FROM %s AS t WHERE %s%s", entry->relation, mine, but);
    if (!rollback_exec(work, sql, &rows, error) || (wake.length && !conn_script(work->target, wake.chars, error)) ||
        (condition && !conn_script(work->target, "DROP TABLE pg_temp.rehome_spared", error)))
        return false;
    work->report->deleted += rows;
    return true;
}

/* By its key where it has one, else as a whole. */
static bool tell_remaining(const RollbackWork *work, const RollbackEntry *entry, const char *ours, const char *selected,
                           int64_t *left, Error *error)
{
    Arena *arena = work->arena;
    StringList key = {0};
    AUTO(Result) *unique = conn_query(work->target, sql_ledger_undo_key, PARAMS(entry->relation), error);
    if (!unique)
        return false;
    if (result_rows(unique) > 0)
        key = result_list(arena, unique, 0, 0);
    const char *remains =
        arena_printf(arena, "%s AS t WHERE NOT (t.xmin IN %s) OR t.xmin IN %s", entry->relation, ours, selected);
    const char *some = arena_printf(
        arena,
        "SELECT %s, CASE WHEN t.xmin IN %s THEN 'referenced' ELSE 'it was not written by this migration as it is now' "
        "END FROM %s",
        key.count ? rollback_key_json(arena, &key, "t") : "pg_catalog.left((t.*)::text, 200)", ours, remains);
    if (!rollback_number(work, arena_printf(arena, "SELECT count(*) FROM %s", remains), left, error))
        return false;
    work->report->left += *left;
    return *left == 0 || rollback_tell(work, entry->relation, some, error);
}

/* The marks of rows that this or an earlier rollback has brought back, of the same entities and scripts. */
static bool add_made_since(const RollbackWork *work, const RollbackEntryList *entries, Text *ids, Error *error)
{
    const char *sql = arena_printf(work->arena,
                                   "SELECT DISTINCT m.id FROM rehome.undo u JOIN rehome.undo m ON m.migration = "
                                   "u.migration AND m.kind = 'empty' AND m.chunk IS NULL AND m.run "
                                   "IS NULL AND m.relation = u.relation AND (m.entity = u.entity OR m.entity IS NULL "
                                   "AND u.entity IS NULL AND m.step IS NOT DISTINCT FROM "
                                   "u.step) WHERE u.id IN (%s) AND m.id NOT IN (%s)",
                                   ids->chars, ids->chars);
    AUTO(Result) *made = entries->count ? conn_query(work->target, sql, NO_PARAMS, error) : NULL;
    for (int row = 0; made && row < result_rows(made); row++)
        text_addf(ids, ", %s", result_text(made, row, 0));
    return made != NULL;
}

bool rollback_empty(const RollbackWork *work, const RollbackEntryList *entries, bool whole, Error *error)
{
    const RollbackEntry *first = entries->items;
    Text ids = text_new(work->arena);
    bool done = false;
    int64_t left = 0;
    FOR_EACH(const RollbackEntry, entry, *entries) {
        text_separate(&ids, ", ");
        text_addf(&ids, "%" PRId64, entry->id);
    }
    if (!work->run && !add_made_since(work, entries, &ids, error))
        return false;
    const char *ours = marks_of(work, entries, NULL);
    const char *selected = marks_of(work, entries, ids.chars);
    if (first->oid != 0 && ((whole && !try_truncate(work, first, ours, &done, error)) ||
                            (!done && (!delete_ours(work, first, selected, error) ||
                                       !tell_remaining(work, first, ours, selected, &left, error)))))
        return false;
    return rollback_exec(
        work,
        arena_printf(
            work->arena,
            left > 0
                ? "UPDATE rehome.undo SET state = 'left', chunk = NULL, wrote = coalesce(wrote, xmin) WHERE id IN (%s)"
                : "DELETE FROM rehome.undo WHERE id IN (%s)",
            ids.chars),
        NULL, error);
}
