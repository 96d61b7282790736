#include "rollback/rows.h"

#include "rollback/marks.h"

#include "ledger/number.h"
#include "ledger/undo.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

/* ---- pieces of SQL ---- */

static const char *hash_of(Arena *arena, const RollbackEntry *entry, const char *alias)
{
    return undo_hash(arena, alias, entry->columns.items, entry->columns.count);
}

/* ---- rows that are known by a key ---- */

/* Without knowing how many images an entry has, and of how many rows the old values come back, the server would look at
 * all of them for each row. */
static bool count_images(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    const char *sql = arena_printf(work->arena, "ANALYZE %s (rehome_undo, rehome_hash, %s)",
                                   rollback_images(work->arena, entry), quote_names(work->arena, &entry->key, ""));
    return rollback_exec(work, sql, NULL, error);
}

/* Keys that were noted many in one row, of the entries that the condition over u says, become rows of their own. */
static bool unpack(const RollbackWork *work, const char *images, const StringList *key, const char *where, Error *error)
{
    Arena *arena = work->arena;
    if (key->count != 1)
        return true;
    AUTO(Result) *type = conn_query(work->target, sql_rollback_unpack_type, PARAMS(images, key->items[0]), error);
    if (!type || result_rows(type) == 0)
        return type != NULL;
    const char *sql = arena_printf(
        arena,
        "WITH packed AS (DELETE FROM rehome.inserted_keys AS p USING rehome.undo AS u WHERE u.id "
        "= p.undo AND %s RETURNING p.undo, p.keys) INSERT INTO %s (rehome_undo, "
        "rehome_hash, %s) SELECT p.undo, 0, k::%s FROM packed AS p, "
        "pg_catalog.unnest(p.keys) AS k",
        where, quote_qualified(arena, "rehome", images), quote_name(arena, key->items[0]), result_text(type, 0, 0));
    return rollback_exec(work, sql, NULL, error);
}

/* rehome_doing: each row that was written, whether it was there before, and what becomes of it. */
static char *make_doing(Arena *arena, const RollbackEntry *entry)
{
    const char *images = rollback_images(arena, entry), *key = quote_names(arena, &entry->key, "n.");
    return arena_printf(arena,
                        "CREATE TEMPORARY TABLE rehome_doing ON COMMIT DROP AS SELECT %s, n.rehome_hash AS "
                        "rehome_wrote, coalesce(n.rehome_xmin, o.rehome_xmin) AS rehome_xmin, n.rehome_xmin IS NOT "
                        "NULL OR o.rehome_undo IS NOT NULL AS rehome_image, NULL::text AS rehome_fate FROM %s AS n "
                        "LEFT JOIN %s AS o ON o.rehome_undo = n.rehome_undo AND o.rehome_hash IS NULL AND %s "
                        "WHERE n.rehome_undo = %" PRId64 " AND n.rehome_hash IS NOT NULL; ANALYZE pg_temp.rehome_doing",
                        key, images, images, quote_same(arena, &entry->key, "o", "n"), entry->id);
}

/* Over t and d. Its transaction says it also where it was noted by a hash; one that an earlier rollback has brought
 * back has a hash. */
static char *is_as_written(Arena *arena, const RollbackEntry *entry)
{
    const char *marks = rollback_marks(arena, arena_printf(arena, "u.id = %" PRId64, entry->id));
    return arena_printf(arena, "t.xmin IN %s OR d.rehome_wrote <> 0 AND %s = d.rehome_wrote", marks,
                        hash_of(arena, entry, "t"));
}

static bool decide_fates(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    const char *seen = arena_printf(arena,
                                    "CREATE TEMPORARY TABLE rehome_seen ON COMMIT DROP AS SELECT %s, %s AS "
                                    "rehome_same FROM pg_temp.rehome_doing AS d JOIN %s AS t ON %s FOR UPDATE OF t; "
                                    "ANALYZE pg_temp.rehome_seen",
                                    quote_names(arena, &entry->key, "d."), is_as_written(arena, entry), entry->relation,
                                    quote_same(arena, &entry->key, "t", "d"));
    const char *met = arena_printf(arena,
                                   "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = CASE WHEN NOT (s.rehome_same OR "
                                   "%s) THEN 'changed' WHEN d.rehome_image THEN "
                                   "'restore' ELSE 'delete' END FROM pg_temp.rehome_seen AS s WHERE %s",
                                   work->force ? "true" : "false", quote_same(arena, &entry->key, "s", "d"));
    const char *missed = work->force ? "'return'" : "'removed'";
    return conn_script(work->target, make_doing(arena, entry), error) && conn_script(work->target, seen, error) &&
           rollback_exec(work, met, NULL, error) &&
           rollback_exec(
               work,
               arena_printf(
                   arena,
                   "UPDATE pg_temp.rehome_doing SET rehome_fate = CASE WHEN rehome_image THEN %s ELSE 'gone' END "
                   "WHERE rehome_fate IS NULL",
                   missed),
               NULL, error) &&
           rollback_exec(work, "ANALYZE pg_temp.rehome_doing", NULL, error);
}

/* A row that stays keeps the row that it refers to, and so on. */
static bool spare_referenced(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    const char *condition = NULL;
    const char *doomed =
        arena_printf(arena, "EXISTS (SELECT FROM pg_temp.rehome_doing AS e WHERE e.rehome_fate = 'delete' AND %s)",
                     quote_same(arena, &entry->key, "e", "c"));
    if (!rollback_referred(work, entry, doomed, &condition, error))
        return false;
    int64_t spared = condition != NULL;
    while (spared > 0) {
        const char *sql = arena_printf(arena,
                                       "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = 'referenced' FROM %s AS t "
                                       "WHERE %s AND d.rehome_fate = 'delete' AND (%s)",
                                       entry->relation, quote_same(arena, &entry->key, "t", "d"), condition);
        if (!rollback_exec(work, sql, &spared, error))
            return false;
    }
    return true;
}

static bool delete_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    int64_t rows = 0;
    const char *sql = arena_printf(
        work->arena, "DELETE FROM %s AS t USING pg_temp.rehome_doing AS d WHERE d.rehome_fate = 'delete' AND %s",
        entry->relation, quote_same(work->arena, &entry->key, "t", "d"));
    if (!rollback_exec(work, sql, &rows, error))
        return false;
    work->report->deleted += rows;
    return true;
}

/* The columns that have an old value, but the key and what is always generated. */
static bool restorable(const RollbackWork *work, const RollbackEntry *entry, StringList *columns, Error *error)
{
    const char *sql =
        "SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT "
        "a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a' AND a.attname = ANY ($2::text[]) AND "
        "a.attname <> ALL ($3::text[]) ORDER BY a.attnum";
    AUTO(Result) *result = conn_query(work->target, sql,
                                      PARAMS(number_text(work->arena, entry->oid),
                                             quote_array(work->arena, entry->columns.items, entry->columns.count),
                                             quote_array(work->arena, entry->key.items, entry->key.count)),
                                      error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(work->arena, columns, result_copy(work->arena, result, row, 0));
    return result != NULL;
}

/* `owner`: a condition over d; what comes back is compared, because triggers of others may change it. */
static bool restore_some(const RollbackWork *work, const RollbackEntry *entry, const StringList *columns,
                         const char *owner, Error *error)
{
    Arena *arena = work->arena;
    Text set = text_new(arena);
    FOR_EACH(const char *, column, *columns) {
        text_separate(&set, ", ");
        text_addf(&set, "%s = o.%s", quote_name(arena, *column), quote_name(arena, *column));
    }
    const char *sql = arena_printf(
        arena,
        "WITH rehome_restored AS (UPDATE %s AS t SET %s FROM pg_temp.rehome_doing AS d JOIN %s AS o ON o.rehome_undo = "
        "%" PRId64
        " AND o.rehome_xmin IS NOT NULL AND %s WHERE %s AND d.rehome_fate = 'restore' AND %s RETURNING %s = %s "
        "AS same) SELECT count(*), "
        "count(*) FILTER (WHERE NOT same) FROM rehome_restored",
        entry->relation, set.chars, rollback_images(arena, entry), entry->id, quote_same(arena, &entry->key, "o", "d"),
        quote_same(arena, &entry->key, "t", "d"), owner, hash_of(arena, entry, "t"), hash_of(arena, entry, "o"));
    AUTO(Result) *result = conn_query(work->target, sql, NO_PARAMS, error);
    if (!result)
        return false;
    work->report->restored += result_number(result, 0, 0);
    if (result_number(result, 0, 1) == 0)
        return true;
    error_set(error, ERROR_STATE, "a trigger of %s changes the rows that come back", entry->relation);
    return error_hint(error, "Let the owner of the table run the rollback: then its triggers are kept quiet.");
}

/* Rows of a table that was empty are ours by the transaction that wrote them: what comes back of them is marked again.
 */
static bool restore_ours(const RollbackWork *work, const RollbackEntry *entry, const StringList *columns, Error *error)
{
    const char *marks = "SELECT DISTINCT u.entity, CASE WHEN u.entity IS NULL THEN u.step END FROM rehome.undo u WHERE "
                        "u.migration = $1::bigint AND "
                        "CASE WHEN u.kind = 'empty' THEN pg_catalog.to_regclass(u.relation)::oid END = $2::oid";
    Params values = PARAMS(number_text(work->arena, work->migration), number_text(work->arena, entry->oid));
    AUTO(Result) *owners = conn_query(work->target, marks, values, error);
    for (int row = 0; owners && row < result_rows(owners); row++) {
        const char *entity = result_copy(work->arena, owners, row, 0), *step = result_copy(work->arena, owners, row, 1);
        const char *owner = arena_printf(
            work->arena, "d.rehome_xmin IN %s",
            rollback_marks(work->arena,
                           arena_printf(work->arena,
                                        "u.migration = %s AND CASE WHEN u.kind = 'empty' THEN "
                                        "pg_catalog.to_regclass(u.relation)::oid END = %s AND u.entity IS NOT DISTINCT "
                                        "FROM %s AND (u.entity IS NOT NULL OR u.step IS NOT DISTINCT FROM %s)",
                                        values.values[0], values.values[1], quote_literal(work->arena, entity),
                                        quote_literal(work->arena, step))));
        UndoEntry mark = {
            .migration = work->migration, .kind = "empty", .entity = entity, .relation = entry->relation, .step = step};
        if (!rollback_exec(work, "SAVEPOINT rehome_ours", NULL, error) ||
            !restore_some(work, entry, columns, owner, error) ||
            !undo_add(work->arena, work->target, &mark, NULL, error) ||
            !rollback_exec(
                work,
                arena_printf(work->arena,
                             "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = 'restored' WHERE rehome_fate = "
                             "'restore' AND %s",
                             owner),
                NULL, error) ||
            !rollback_exec(work, "RELEASE SAVEPOINT rehome_ours", NULL, error))
            return false;
    }
    return owners != NULL;
}

/* What was written before by others of ours, also of other migrations, has another transaction now: they find it by its
 * hash. */
static bool note_for_one(const RollbackWork *work, const RollbackEntry *entry, const RollbackEntry *owner, Error *error)
{
    Arena *arena = work->arena;
    const char *wrote = arena_printf(
        arena, "u.images = %s AND coalesce(u.wrote, u.xmin) IN (SELECT d.rehome_xmin FROM pg_temp.rehome_doing d)",
        quote_literal(arena, owner->images));
    const char *sql = arena_printf(
        arena,
        "UPDATE %s AS n SET rehome_hash = %s FROM pg_temp.rehome_doing AS d, %s AS t, rehome.undo AS u WHERE %s AND "
        "d.rehome_image AND d.rehome_fate IN ('restore', 'restored', 'return') AND u.images = %s AND u.key = %s AND "
        "u.columns = %s AND coalesce(u.wrote, u.xmin) = d.rehome_xmin AND n.rehome_undo = u.id AND n.rehome_hash IS "
        "NOT "
        "NULL AND u.id <> %" PRId64 " AND %s AND " ROLLBACK_MARK_COUNTS,
        rollback_images(arena, owner), hash_of(arena, owner, "t"), entry->relation,
        quote_same(arena, &entry->key, "t", "d"), quote_literal(arena, owner->images),
        quote_literal(arena, quote_array(arena, owner->key.items, owner->key.count)),
        quote_literal(arena, quote_array(arena, owner->columns.items, owner->columns.count)), entry->id,
        quote_same(arena, &owner->key, "n", "t"));
    return unpack(work, owner->images, &owner->key, wrote, error) && rollback_exec(work, sql, NULL, error);
}

static bool note_for_others(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    const char *sql =
        arena_printf(arena,
                     "SELECT DISTINCT u.images, u.columns, u.key FROM rehome.undo u WHERE u.key <> '{}' "
                     "AND CASE WHEN u.kind = 'rows' THEN pg_catalog.to_regclass(u.relation)::oid END = %u "
                     "AND coalesce(u.wrote, u.xmin) IN (SELECT d.rehome_xmin FROM pg_temp.rehome_doing d)",
                     entry->oid);
    AUTO(Result) *found = conn_query(work->target, sql, NO_PARAMS, error);
    for (int row = 0; found && row < result_rows(found); row++) {
        const RollbackEntry owner = {.images = result_copy(arena, found, row, 0),
                                     .columns = result_list(arena, found, row, 1),
                                     .key = result_list(arena, found, row, 2)};
        if (!note_for_one(work, entry, &owner, error))
            return false;
    }
    return found != NULL;
}

static bool return_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    int64_t rows = 0;
    const char *list = quote_names(work->arena, &entry->columns, "");
    const char *sql = arena_printf(
        work->arena,
        "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM pg_temp.rehome_doing AS d JOIN %s AS "
        "o ON o.rehome_undo = %" PRId64 " AND o.rehome_xmin IS NOT NULL AND %s WHERE d.rehome_fate = 'return'",
        entry->relation, list, quote_names(work->arena, &entry->columns, "o."), rollback_images(work->arena, entry),
        entry->id, quote_same(work->arena, &entry->key, "o", "d"));
    if (!rollback_exec(work, sql, &rows, error))
        return false;
    work->report->restored += rows;
    return true;
}

static bool bring_back(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    StringList columns = {0};
    if (entry->updated == 0)
        return true;
    if (!restorable(work, entry, &columns, error))
        return false;
    if (columns.count > 0 &&
        (!restore_ours(work, entry, &columns, error) || !restore_some(work, entry, &columns, "true", error)))
        return false;
    return (!work->force || return_rows(work, entry, error)) && note_for_others(work, entry, error);
}

#define LEFT_FATES "('changed', 'removed', 'referenced')"

/* The rows that are left keep what is known of them. */
static bool finish_keyed(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    int64_t left = 0;
    Arena *arena = work->arena;
    if (!rollback_number(work, "SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES, &left,
                         error))
        return false;
    work->report->left += left;
    const char *some = arena_printf(
        arena, "SELECT %s, d.rehome_fate FROM pg_temp.rehome_doing AS d WHERE d.rehome_fate IN " LEFT_FATES,
        rollback_key_json(arena, &entry->key, "d"));
    const char *forget =
        arena_printf(arena,
                     "DELETE FROM %s AS n USING pg_temp.rehome_doing AS d WHERE n.rehome_undo = %" PRId64
                     " AND %s AND d.rehome_fate NOT IN " LEFT_FATES,
                     rollback_images(arena, entry), entry->id, quote_same(arena, &entry->key, "n", "d"));
    const char *count = arena_printf(
        arena,
        "UPDATE rehome.undo SET inserted = (SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES
        " AND NOT rehome_image), updated = (SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES
        " AND rehome_image), wrote = coalesce(wrote, xmin) WHERE id = %" PRId64,
        entry->id);
    return (left == 0 || (rollback_tell(work, entry->relation, some, error) &&
                          rollback_exec(work, forget, NULL, error) && rollback_exec(work, count, NULL, error))) &&
           rollback_forget(work, entry, left, error) &&
           conn_script(work->target, "DROP TABLE pg_temp.rehome_doing, pg_temp.rehome_seen", error);
}

static bool undo_keyed(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    const char *itself = arena_printf(work->arena, "u.id = %" PRId64, entry->id);
    return unpack(work, entry->images, &entry->key, itself, error) && count_images(work, entry, error) &&
           decide_fates(work, entry, error) && spare_referenced(work, entry, error) &&
           delete_rows(work, entry, error) && bring_back(work, entry, error) && finish_keyed(work, entry, error);
}

/* ---- rows that are known by all their values ---- */

/* As many of the rows with these values as were written. */
static bool undo_whole(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    int64_t wanted = 0, deleted = 0;
    const char *count = arena_printf(arena, "SELECT count(*) FROM %s WHERE rehome_undo = %" PRId64,
                                     rollback_images(arena, entry), entry->id);
    const char *sql = arena_printf(
        arena,
        "WITH n AS (SELECT rehome_hash, count(*) AS copies FROM %s WHERE rehome_undo = %" PRId64 " GROUP BY 1),\n"
        " h AS (SELECT t.tableoid AS part, t.ctid AS place, %s AS hash FROM %s AS t OFFSET 0),\n"
        " m AS (SELECT h.*, pg_catalog.row_number() OVER (PARTITION BY h.hash) AS number, n.copies FROM h JOIN n ON "
        "n.rehome_hash = h.hash)\n"
        "DELETE FROM %s AS t USING m WHERE m.number <= m.copies AND t.tableoid = m.part AND t.ctid = m.place",
        rollback_images(arena, entry), entry->id, hash_of(arena, entry, "t"), entry->relation, entry->relation);
    if (!rollback_number(work, count, &wanted, error) || !rollback_exec(work, sql, &deleted, error))
        return false;
    work->report->deleted += deleted;
    work->report->left += wanted - deleted;
    if (wanted > deleted)
        *LIST_ADD(arena, &work->report->lefts) = (RollbackLeft){
            .relation = entry->relation, .why = "somebody else has changed or deleted them", .count = wanted - deleted};
    return rollback_forget(work, entry, 0, error);
}

bool rollback_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Text wake = text_new(work->arena);
    if (entry->oid == 0)
        return rollback_forget(work, entry, 0, error);
    return rollback_quieten(work, entry->oid, entry->relation, &wake, error) &&
           (entry->key.count ? undo_keyed : undo_whole)(work, entry, error) &&
           (wake.length == 0 || conn_script(work->target, wake.chars, error));
}

/* ---- rows that were replaced ---- */

bool rollback_replaced(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    Text wake = text_new(arena);
    int64_t rows = 0;
    if (entry->oid == 0)
        return rollback_forget(work, entry, 0, error);
    const char *list = quote_names(arena, &entry->columns, "");
    const char *sql =
        arena_printf(arena,
                     "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s WHERE rehome_undo = %" PRId64
                     " ON CONFLICT DO NOTHING",
                     entry->relation, list, list, rollback_images(arena, entry), entry->id);
    if (!rollback_quieten(work, entry->oid, entry->relation, &wake, error) || !rollback_exec(work, sql, &rows, error) ||
        (wake.length && !conn_script(work->target, wake.chars, error)))
        return false;
    work->report->restored += rows;
    if (rows == entry->updated)
        return rollback_forget(work, entry, 0, error);
    work->report->left += entry->updated - rows;
    *LIST_ADD(arena, &work->report->lefts) = (RollbackLeft){
        .relation = entry->relation, .why = rollback_why(arena, "taken"), .count = entry->updated - rows};
    return rollback_forget(work, entry, entry->updated - rows, error);
}
