#include "rollback/rows.h"

#include "ledger/number.h"
#include "ledger/undo.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

enum { EXAMPLES = 10 };

/* ---- pieces of SQL ---- */

/* "a"."x", "a"."y" */
static char *names(Arena *arena, const StringList *columns, const char *before)
{
    Text sql = text_new(arena);
    FOR_EACH(const char *, column, *columns) {
        text_separate(&sql, ", ");
        text_addf(&sql, "%s%s", before, quote_name(arena, *column));
    }
    return sql.chars ? sql.chars : arena_strdup(arena, "");
}

/* one.x = other.x AND … */
static char *same_key(Arena *arena, const StringList *key, const char *one, const char *other)
{
    Text sql = text_new(arena);
    FOR_EACH(const char *, column, *key) {
        const char *name = quote_name(arena, *column);
        text_separate(&sql, " AND ");
        text_addf(&sql, "%s.%s = %s.%s", one, name, other, name);
    }
    return sql.chars;
}

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

static const char *images_of(Arena *arena, const RollbackEntry *entry)
{
    return quote_qualified(arena, "rehome", entry->images);
}

static const char *hash_of(Arena *arena, const RollbackEntry *entry, const char *alias)
{
    return undo_hash(arena, alias, entry->columns.items, entry->columns.count);
}

static bool exec(const RollbackWork *work, const char *sql, int64_t *rows, Error *error)
{
    return conn_exec(work->target, sql, NO_PARAMS, rows, error);
}

static bool query_number(const RollbackWork *work, const char *sql, int64_t *number, Error *error)
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
        if (!exec(work, arena_printf(work->arena, "ALTER TABLE %s DISABLE TRIGGER %s", relation, name), NULL, error))
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
        if (!exec(work, arena_printf(work->arena, "%s DEFERRABLE INITIALLY DEFERRED", alter), NULL, error))
            return false;
    }
    return keys != NULL && exec(work, "SET CONSTRAINTS ALL DEFERRED", NULL, error);
}

/* Conditions over t, true when a row that stays refers to it; of the table itself those do not count of which `doomed`,
 * over c, is true. NULL: nothing can refer to it. */
static bool referred(const RollbackWork *work, const RollbackEntry *entry, const char *doomed, const char **condition,
                     Error *error)
{
    Arena *arena = work->arena;
    Text sql = text_new(arena);
    AUTO(Result) *keys =
        conn_query(work->target, sql_rollback_references, PARAMS(number_text(arena, entry->oid)), error);
    *condition = NULL;
    for (int row = 0; keys && row < result_rows(keys); row++) {
        StringList from = {0}, to = {0};
        quote_parse_array(arena, result_text(keys, row, 2), &from.items, &from.count);
        quote_parse_array(arena, result_text(keys, row, 3), &to.items, &to.count);
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

static const char *why_of(Arena *arena, const char *fate)
{
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
        if (text_equal(fates[i].fate, fate))
            return fates[i].why;
    return arena_strdup(arena, fate);
}

static void tell_left(const RollbackWork *work, const char *relation, const char *key, const char *fate)
{
    if (work->report->lefts.count < 100)
        *LIST_ADD(work->arena, &work->report->lefts) = (RollbackLeft){
            .relation = relation, .key = arena_strdup(work->arena, key), .why = why_of(work->arena, fate), .count = 1};
}

bool rollback_tell(const RollbackWork *work, const char *relation, const char *select, Error *error)
{
    AUTO(Result) *rows =
        conn_query(work->target, arena_printf(work->arena, "%s LIMIT %d", select, EXAMPLES), NO_PARAMS, error);
    for (int row = 0; rows && row < result_rows(rows); row++)
        tell_left(work, relation, result_text(rows, row, 0), result_text(rows, row, 1));
    return rows != NULL;
}

/* What was undone is forgotten; what is left stays for `--force`. */
static bool forget_entry(const RollbackWork *work, const RollbackEntry *entry, int64_t left, Error *error)
{
    const char *id = number_text(work->arena, entry->id);
    if (left > 0)
        return conn_exec(
            work->target,
            "UPDATE rehome.undo SET state = 'left', chunk = NULL, wrote = coalesce(wrote, xmin) WHERE id = $1::bigint",
            PARAMS(id), NULL, error);
    return (!entry->images ||
            exec(work,
                 arena_printf(work->arena, "DELETE FROM %s WHERE rehome_undo = %s", images_of(work->arena, entry), id),
                 NULL, error)) &&
           conn_exec(work->target, "DELETE FROM rehome.undo WHERE id = $1::bigint", PARAMS(id), NULL, error);
}

/* ---- rows that are known by a key ---- */

/* Without knowing how many images an entry has, and of how many rows the old values come back, the server would look at
 * all of them for each row. */
static bool count_images(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    const char *sql = arena_printf(work->arena, "ANALYZE %s (rehome_undo, rehome_hash, %s)",
                                   images_of(work->arena, entry), names(work->arena, &entry->key, ""));
    return exec(work, sql, NULL, error);
}

/* rehome_doing: each row that was written, whether it was there before, and what becomes of it. */
static bool decide_fates(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    const char *images = images_of(arena, entry), *key = names(arena, &entry->key, "n.");
    const char *doing = arena_printf(arena,
                                     "CREATE TEMPORARY TABLE rehome_doing ON COMMIT DROP AS SELECT %s, n.rehome_hash "
                                     "AS rehome_wrote, o.rehome_undo IS NOT NULL "
                                     "AS rehome_image, o.rehome_xmin, NULL::text AS rehome_fate FROM %s AS n LEFT JOIN "
                                     "%s AS o ON o.rehome_undo = n.rehome_undo AND "
                                     "o.rehome_hash IS NULL AND %s WHERE n.rehome_undo = %" PRId64
                                     " AND n.rehome_hash IS NOT NULL; ANALYZE pg_temp.rehome_doing",
                                     key, images, images, same_key(arena, &entry->key, "o", "n"), entry->id);
    const char *seen = arena_printf(arena,
                                    "CREATE TEMPORARY TABLE rehome_seen ON COMMIT DROP AS SELECT %s, %s = "
                                    "d.rehome_wrote AS rehome_same FROM pg_temp.rehome_doing "
                                    "AS d JOIN %s AS t ON %s FOR UPDATE OF t; ANALYZE pg_temp.rehome_seen",
                                    names(arena, &entry->key, "d."), hash_of(arena, entry, "t"), entry->relation,
                                    same_key(arena, &entry->key, "t", "d"));
    const char *met = arena_printf(arena,
                                   "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = CASE WHEN NOT (s.rehome_same OR "
                                   "%s) THEN 'changed' WHEN d.rehome_image THEN "
                                   "'restore' ELSE 'delete' END FROM pg_temp.rehome_seen AS s WHERE %s",
                                   work->force ? "true" : "false", same_key(arena, &entry->key, "s", "d"));
    const char *missed = work->force ? "'return'" : "'removed'";
    return conn_script(work->target, doing, error) && conn_script(work->target, seen, error) &&
           exec(work, met, NULL, error) &&
           exec(work,
                arena_printf(
                    arena,
                    "UPDATE pg_temp.rehome_doing SET rehome_fate = CASE WHEN rehome_image THEN %s ELSE 'gone' END "
                    "WHERE rehome_fate IS NULL",
                    missed),
                NULL, error) &&
           exec(work, "ANALYZE pg_temp.rehome_doing", NULL, error);
}

/* A row that stays keeps the row that it refers to, and so on. */
static bool spare_referenced(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    const char *condition = NULL;
    const char *doomed =
        arena_printf(arena, "EXISTS (SELECT FROM pg_temp.rehome_doing AS e WHERE e.rehome_fate = 'delete' AND %s)",
                     same_key(arena, &entry->key, "e", "c"));
    if (!referred(work, entry, doomed, &condition, error))
        return false;
    int64_t spared = condition != NULL;
    while (spared > 0) {
        const char *sql = arena_printf(arena,
                                       "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = 'referenced' FROM %s AS t "
                                       "WHERE %s AND d.rehome_fate = 'delete' AND (%s)",
                                       entry->relation, same_key(arena, &entry->key, "t", "d"), condition);
        if (!exec(work, sql, &spared, error))
            return false;
    }
    return true;
}

static bool delete_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    int64_t rows = 0;
    const char *sql = arena_printf(
        work->arena, "DELETE FROM %s AS t USING pg_temp.rehome_doing AS d WHERE d.rehome_fate = 'delete' AND %s",
        entry->relation, same_key(work->arena, &entry->key, "t", "d"));
    if (!exec(work, sql, &rows, error))
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
        "%" PRId64 " AND o.rehome_hash IS NULL AND %s WHERE %s AND d.rehome_fate = 'restore' AND %s RETURNING %s = %s "
                   "AS same) SELECT count(*), "
        "count(*) FILTER (WHERE NOT same) FROM rehome_restored",
        entry->relation, set.chars, images_of(arena, entry), entry->id, same_key(arena, &entry->key, "o", "d"),
        same_key(arena, &entry->key, "t", "d"), owner, hash_of(arena, entry, "t"), hash_of(arena, entry, "o"));
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
            work->arena,
            "d.rehome_xmin IN (SELECT coalesce(u.wrote, u.xmin) FROM rehome.undo u WHERE u.migration = %s AND "
            "CASE WHEN u.kind = 'empty' THEN pg_catalog.to_regclass(u.relation)::oid END = %s AND u.entity IS NOT "
            "DISTINCT FROM %s AND (u.entity IS NOT NULL OR u.step IS NOT DISTINCT FROM %s))",
            values.values[0], values.values[1], quote_literal(work->arena, entity), quote_literal(work->arena, step));
        UndoEntry mark = {
            .migration = work->migration, .kind = "empty", .entity = entity, .relation = entry->relation, .step = step};
        if (!exec(work, "SAVEPOINT rehome_ours", NULL, error) || !restore_some(work, entry, columns, owner, error) ||
            !undo_add(work->arena, work->target, &mark, NULL, error) ||
            !exec(work,
                  arena_printf(work->arena,
                               "UPDATE pg_temp.rehome_doing AS d SET rehome_fate = 'restored' WHERE rehome_fate = "
                               "'restore' AND %s",
                               owner),
                  NULL, error) ||
            !exec(work, "RELEASE SAVEPOINT rehome_ours", NULL, error))
            return false;
    }
    return owners != NULL;
}

static bool bring_back(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    StringList columns = {0};
    int64_t rows = 0;
    if (!restorable(work, entry, &columns, error))
        return false;
    if (columns.count > 0 && entry->updated > 0 &&
        (!restore_ours(work, entry, &columns, error) || !restore_some(work, entry, &columns, "true", error)))
        return false;
    if (!work->force)
        return true;
    const char *list = names(work->arena, &entry->columns, "");
    const char *sql =
        arena_printf(work->arena,
                     "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM pg_temp.rehome_doing AS d JOIN %s AS "
                     "o ON o.rehome_undo = %" PRId64 " AND o.rehome_hash IS NULL AND %s WHERE d.rehome_fate = 'return'",
                     entry->relation, list, names(work->arena, &entry->columns, "o."), images_of(work->arena, entry),
                     entry->id, same_key(work->arena, &entry->key, "o", "d"));
    if (!exec(work, sql, &rows, error))
        return false;
    work->report->restored += rows;
    return true;
}

#define LEFT_FATES "('changed', 'removed', 'referenced')"

/* The rows that are left keep what is known of them. */
static bool finish_keyed(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    int64_t left = 0;
    Arena *arena = work->arena;
    if (!query_number(work, "SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES, &left, error))
        return false;
    work->report->left += left;
    const char *some = arena_printf(
        arena, "SELECT %s, d.rehome_fate FROM pg_temp.rehome_doing AS d WHERE d.rehome_fate IN " LEFT_FATES,
        rollback_key_json(arena, &entry->key, "d"));
    const char *forget =
        arena_printf(arena,
                     "DELETE FROM %s AS n USING pg_temp.rehome_doing AS d WHERE n.rehome_undo = %" PRId64
                     " AND %s AND d.rehome_fate NOT IN " LEFT_FATES,
                     images_of(arena, entry), entry->id, same_key(arena, &entry->key, "n", "d"));
    const char *count = arena_printf(
        arena,
        "UPDATE rehome.undo SET inserted = (SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES
        " AND NOT rehome_image), updated = (SELECT count(*) FROM pg_temp.rehome_doing WHERE rehome_fate IN " LEFT_FATES
        " AND rehome_image) WHERE id = %" PRId64,
        entry->id);
    return (left == 0 || (rollback_tell(work, entry->relation, some, error) && exec(work, forget, NULL, error) &&
                          exec(work, count, NULL, error))) &&
           forget_entry(work, entry, left, error) &&
           conn_script(work->target, "DROP TABLE pg_temp.rehome_doing, pg_temp.rehome_seen", error);
}

static bool undo_keyed(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    return count_images(work, entry, error) && decide_fates(work, entry, error) &&
           spare_referenced(work, entry, error) && delete_rows(work, entry, error) && bring_back(work, entry, error) &&
           finish_keyed(work, entry, error);
}

/* ---- rows that are known by all their values ---- */

/* As many of the rows with these values as were written. */
static bool undo_whole(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    int64_t wanted = 0, deleted = 0;
    const char *count =
        arena_printf(arena, "SELECT count(*) FROM %s WHERE rehome_undo = %" PRId64, images_of(arena, entry), entry->id);
    const char *sql = arena_printf(
        arena,
        "WITH n AS (SELECT rehome_hash, count(*) AS copies FROM %s WHERE rehome_undo = %" PRId64 " GROUP BY 1),\n"
        " h AS (SELECT t.tableoid AS part, t.ctid AS place, %s AS hash FROM %s AS t OFFSET 0),\n"
        " m AS (SELECT h.*, pg_catalog.row_number() OVER (PARTITION BY h.hash) AS number, n.copies FROM h JOIN n ON "
        "n.rehome_hash = h.hash)\n"
        "DELETE FROM %s AS t USING m WHERE m.number <= m.copies AND t.tableoid = m.part AND t.ctid = m.place",
        images_of(arena, entry), entry->id, hash_of(arena, entry, "t"), entry->relation, entry->relation);
    if (!query_number(work, count, &wanted, error) || !exec(work, sql, &deleted, error))
        return false;
    work->report->deleted += deleted;
    work->report->left += wanted - deleted;
    if (wanted > deleted)
        *LIST_ADD(arena, &work->report->lefts) = (RollbackLeft){
            .relation = entry->relation, .why = "somebody else has changed or deleted them", .count = wanted - deleted};
    return forget_entry(work, entry, 0, error);
}

bool rollback_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Text wake = text_new(work->arena);
    if (entry->oid == 0)
        return forget_entry(work, entry, 0, error);
    return rollback_quieten(work, entry->oid, entry->relation, &wake, error) &&
           (entry->key.count ? undo_keyed : undo_whole)(work, entry, error) &&
           (wake.length == 0 || conn_script(work->target, wake.chars, error));
}

/* ---- tables that were empty ---- */

/* Transactions whose rows are ours: of the entries, or of all that the migration has written into the table. */
static char *marks_of(const RollbackWork *work, const RollbackEntryList *entries)
{
    Text sql = text_new(work->arena);
    text_addf(&sql,
              "(SELECT coalesce(u.wrote, u.xmin) FROM rehome.undo u WHERE u.migration = %" PRId64
              " AND CASE WHEN u.kind IN ('empty', 'rows') THEN pg_catalog.to_regclass(u.relation)::oid END = %u",
              work->migration, entries->items[0].oid);
    return sql.chars;
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
    AUTO(Result) *counts = NULL;
    if (!exec(work, arena_printf(work->arena, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", entry->relation), NULL, error))
        return false;
    counts =
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
    return exec(work, arena_printf(work->arena, "TRUNCATE TABLE %s", entry->relation), NULL, error);
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
        if (!exec(work, sql, &spared, error))
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
        !referred(work, entry, doomed, &condition, error) ||
        (condition && !spare_ours(work, entry, mine, condition, error)))
        return false;
    if (condition)
        but = " AND NOT EXISTS (SELECT FROM pg_temp.rehome_spared AS s WHERE s.part = t.tableoid AND s.place = t.ctid)";
    const char *sql = arena_printf(arena, "DELETE FROM %s AS t WHERE %s%s", entry->relation, mine, but);
    if (!exec(work, sql, &rows, error) || (wake.length && !conn_script(work->target, wake.chars, error)) ||
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
        quote_parse_array(arena, result_text(unique, 0, 0), &key.items, &key.count);
    const char *remains =
        arena_printf(arena, "%s AS t WHERE NOT (t.xmin IN %s) OR t.xmin IN %s", entry->relation, ours, selected);
    const char *some = arena_printf(
        arena,
        "SELECT %s, CASE WHEN t.xmin IN %s THEN 'referenced' ELSE 'it was not written by this migration as it is now' "
        "END FROM %s",
        key.count ? rollback_key_json(arena, &key, "t") : "pg_catalog.left((t.*)::text, 200)", ours, remains);
    if (!query_number(work, arena_printf(arena, "SELECT count(*) FROM %s", remains), left, error))
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
    const char *ours = arena_printf(work->arena, "%s)", marks_of(work, entries));
    const char *selected = arena_printf(work->arena, "%s AND u.id IN (%s))", marks_of(work, entries), ids.chars);
    if (first->oid != 0 && ((whole && !try_truncate(work, first, ours, &done, error)) ||
                            (!done && (!delete_ours(work, first, selected, error) ||
                                       !tell_remaining(work, first, ours, selected, &left, error)))))
        return false;
    return exec(
        work,
        arena_printf(
            work->arena,
            left > 0
                ? "UPDATE rehome.undo SET state = 'left', chunk = NULL, wrote = coalesce(wrote, xmin) WHERE id IN (%s)"
                : "DELETE FROM rehome.undo WHERE id IN (%s)",
            ids.chars),
        NULL, error);
}

/* ---- rows that were replaced ---- */

bool rollback_replaced(const RollbackWork *work, const RollbackEntry *entry, Error *error)
{
    Arena *arena = work->arena;
    Text wake = text_new(arena);
    int64_t rows = 0;
    if (entry->oid == 0)
        return forget_entry(work, entry, 0, error);
    const char *list = names(arena, &entry->columns, "");
    const char *sql =
        arena_printf(arena,
                     "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s WHERE rehome_undo = %" PRId64
                     " ON CONFLICT DO NOTHING",
                     entry->relation, list, list, images_of(arena, entry), entry->id);
    if (!rollback_quieten(work, entry->oid, entry->relation, &wake, error) || !exec(work, sql, &rows, error) ||
        (wake.length && !conn_script(work->target, wake.chars, error)))
        return false;
    work->report->restored += rows;
    if (rows == entry->updated)
        return forget_entry(work, entry, 0, error);
    work->report->left += entry->updated - rows;
    *LIST_ADD(arena, &work->report->lefts) =
        (RollbackLeft){.relation = entry->relation, .why = why_of(arena, "taken"), .count = entry->updated - rows};
    return forget_entry(work, entry, entry->updated - rows, error);
}
