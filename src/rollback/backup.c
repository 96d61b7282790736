#include "rollback/backup.h"

#include "rollback/marks.h"
#include "rollback/state.h"

#include "base/json.h"
#include "ledger/number.h"
#include "ledger/undo.h"
#include "pg/quote.h"
#include "scratch/archive.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <jansson.h>

/* ---- reading it ---- */

static const char *image_of(Arena *arena, size_t i)
{
    return arena_printf(arena, "rehome_backup_%zu", i);
}

/* A process before us that failed is another session. */
bool rollback_backup_load(const RollbackWork *work, Error *error)
{
    Clients clients;
    AUTO(Result) *version = conn_query(work->target, "SHOW server_version_num", NO_PARAMS, error);
    if (!version || !clients_find(work->arena, (int)result_number(version, 0, 0), &clients, error))
        return false;
    for (size_t i = 0; i < work->tables->count; i++) {
        const RollbackTable *table = &work->tables->items[i];
        const char *image = image_of(work->arena, i);
        if (!backup_load(work->arena, work->target, &clients, &table->table, image, error) ||
            !conn_script(work->target, arena_printf(work->arena, "ANALYZE pg_temp.%s", image), error))
            return error_doing(error, "reading %s from its backup", table->table.relation);
    }
    return true;
}

/* ---- columns that came later ---- */

#define OURS       "t.xmin IN (SELECT m.x FROM pg_temp.rehome_marks AS m)"
#define OF_SCRIPTS "coalesce(u.step LIKE 'expand %%' OR u.step LIKE 'seed %%', false)"

/* The transactions that wrote rows for this migration. */
static bool gather_marks(const RollbackWork *work, Error *error)
{
    const char *where = arena_printf(work->arena, "u.migration = %" PRId64 " AND u.kind IN ('empty', 'rows', 'mark')%s",
                                     work->migration, work->keeps_objects ? " AND NOT " OF_SCRIPTS : "");
    return conn_script(work->target,
                       arena_printf(work->arena,
                                    "CREATE TEMPORARY TABLE rehome_marks (x) ON COMMIT DROP AS SELECT m.* FROM %s AS m; "
                                    "ANALYZE pg_temp.rehome_marks",
                                    rollback_marks(work->arena, where)),
                       error);
}

/* Rows of ours that a row of a new table is referred to by keep it from going. */
static bool clear_added(const RollbackWork *work, const RollbackTable *table, Error *error)
{
    Arena *arena = work->arena;
    Text set = text_new(arena), filled = text_new(arena), wake = text_new(arena);
    const UndoEntry mark = {.migration = work->migration, .kind = "mark", .relation = table->root};
    Params values = PARAMS(number_text(arena, table->oid), number_text(arena, work->migration));
    AUTO(Result) *added = conn_query(work->target, sql_rollback_added, values, error);
    for (int row = 0; added && row < result_rows(added); row++) {
        const char *name = quote_name(arena, result_text(added, row, 0));
        text_addf(&set, "%s%s = DEFAULT", row ? ", " : "", name);
        text_addf(&filled, "%st.%s IS NOT NULL", row ? " OR " : "", name);
    }
    if (!added || result_rows(added) == 0)
        return added != NULL;
    const char *sql = arena_printf(arena, "UPDATE ONLY %s AS t SET %s WHERE (%s)%s", table->table.relation, set.chars,
                                   filled.chars, work->force ? "" : " AND " OURS);
    return rollback_quieten(work, table->oid, table->table.relation, &wake, error) &&
           rollback_exec(work, sql, NULL, error) && undo_add(arena, work->target, &mark, NULL, error) &&
           (wake.length == 0 || conn_script(work->target, wake.chars, error));
}

bool rollback_backup_columns(const RollbackWork *work, Error *error)
{
    if (!gather_marks(work, error))
        return false;
    FOR_EACH(const RollbackTable, table, *work->tables)
        if (!clear_added(work, table, error))
            return error_doing(error, "clearing the new columns of %s", table->table.relation);
    return true;
}

/* ---- what becomes of each row that differs ---- */

static bool lock_tables(const RollbackWork *work, Error *error)
{
    Text sql = text_new(work->arena);
    text_add(&sql, "LOCK TABLE ");
    FOR_EACH(const RollbackTable, table, *work->tables)
        text_addf(&sql, "%sONLY %s", table == work->tables->items ? "" : ", ", table->table.relation);
    text_add(&sql, " IN SHARE ROW EXCLUSIVE MODE");
    return rollback_exec(work, sql.chars, NULL, error);
}

/* Entities have emptied it, or their part of it. */
static bool was_replaced(const RollbackWork *work, const RollbackTable *table, bool *replaced, Error *error)
{
    int64_t found = 0;
    const char *sql = arena_printf(work->arena,
                                   "SELECT count(*) FROM rehome.undo u WHERE u.migration = %" PRId64
                                   " AND CASE WHEN u.kind IN ('replaced', 'mark') THEN "
                                   "pg_catalog.to_regclass(u.relation)::oid END = %u AND (u.kind = 'replaced' OR "
                                   "u.action = 'remove')",
                                   work->migration, table->root_oid);
    bool known = rollback_number(work, sql, &found, error);
    *replaced = found > 0;
    return known;
}

static const char *row_text(Arena *arena, const RollbackTable *table, const char *alias)
{
    return arena_printf(arena, "ROW(%s)::pg_catalog.text", backup_names(arena, &table->table.columns, alias));
}

/* Over t and b, a row of the table and one of the backup that have the same key. */
static const char *pairs_by_key(Arena *arena, const RollbackTable *table, size_t i)
{
    Text key = text_new(arena), same = text_new(arena);
    FOR_EACH(const char *, column, table->key) {
        const char *name = quote_name(arena, *column);
        text_addf(&key, ", coalesce(t.%s, b.%s) AS %s", name, name, name);
        text_addf(&same, "%st.%s = b.%s", column == table->key.items ? "" : " AND ", name, name);
    }
    return arena_printf(arena,
                        "SELECT t.ctid AS rehome_at, b.ctid AS rehome_from, " OURS
                        " AS rehome_ours%s FROM ONLY %s AS t FULL JOIN pg_temp.%s AS b ON %s "
                        "WHERE t.ctid IS NULL OR b.ctid IS NULL OR %s <> %s",
                        key.chars, table->table.relation, image_of(arena, i), same.chars, row_text(arena, table, "t."),
                        row_text(arena, table, "b."));
}

/* As many rows with the same values as there are on both sides; of the others ours are the surplus. */
static const char *pairs_by_values(Arena *arena, const RollbackTable *table, size_t i)
{
    return arena_printf(arena,
                        "SELECT t.ctid AS rehome_at, b.ctid AS rehome_from, t.ours AS rehome_ours, coalesce(t.r, b.r) "
                        "AS rehome_row FROM (SELECT t.ctid, %s AS r, " OURS
                        " AS ours, pg_catalog.row_number() OVER (PARTITION BY %s ORDER BY " OURS
                        ") AS n FROM ONLY %s AS t) AS t FULL JOIN (SELECT b.ctid, %s "
                        "AS r, pg_catalog.row_number() OVER (PARTITION BY %s) AS n FROM pg_temp.%s AS b) AS b ON t.r = "
                        "b.r AND t.n = b.n WHERE t.ctid IS NULL OR "
                        "b.ctid IS NULL",
                        row_text(arena, table, "t."), row_text(arena, table, "t."), table->table.relation,
                        row_text(arena, table, "b."), row_text(arena, table, "b."), image_of(arena, i));
}

static bool decide_fates(const RollbackWork *work, size_t i, Error *error)
{
    Arena *arena = work->arena;
    const RollbackTable *table = &work->tables->items[i];
    bool replaced = false;
    if (!was_replaced(work, table, &replaced, error))
        return false;
    const bool all = work->force, missing_is_ours = all || replaced || table->key.count == 0;
    const char *pairs = table->key.count ? pairs_by_key(arena, table, i) : pairs_by_values(arena, table, i);
    const char *sql = arena_printf(arena,
                                   "CREATE TEMPORARY TABLE rehome_doing_%zu ON COMMIT DROP AS SELECT q.*, CASE WHEN "
                                   "q.rehome_at IS NULL THEN '%s' WHEN q.rehome_from IS NULL THEN CASE WHEN %s "
                                   "THEN 'delete' ELSE 'added' END ELSE CASE WHEN %s THEN 'restore' ELSE 'changed' END "
                                   "END AS rehome_fate FROM (%s) AS q; CREATE INDEX ON "
                                   "pg_temp.rehome_doing_%zu (rehome_at); ANALYZE pg_temp.rehome_doing_%zu",
                                   i, missing_is_ours ? "insert" : "removed", all ? "true" : "q.rehome_ours",
                                   all ? "true" : "q.rehome_ours", pairs, i, i);
    return conn_script(work->target, sql, error) ||
           error_doing(error, "comparing %s with its backup", table->table.relation);
}

/* ---- rows that others refer to ---- */

typedef struct Reference {
    const char *from; /* quoted */
    ObjectId from_oid;
    StringList columns, to;
} Reference;

static const char *refers(Arena *arena, const Reference *reference, const char *alias)
{
    Text sql = text_new(arena);
    for (size_t i = 0; i < reference->columns.count; i++)
        text_addf(&sql, "%s%s.%s = t.%s", i ? " AND " : "", alias, quote_name(arena, reference->columns.items[i]),
                  quote_name(arena, reference->to.items[i]));
    return sql.chars;
}

static bool are_in(const StringList *columns, const StringList *all)
{
    FOR_EACH(const char *, column, *columns)
        if (!string_list_contains(all, *column))
            return false;
    return true;
}

/* Conditions over c, a row that refers to t: it goes itself, or will refer to another. */
static const char *goes_itself(const RollbackWork *work, const Reference *reference)
{
    Arena *arena = work->arena;
    Text sql = text_new(arena);
    for (size_t j = 0; j < work->tables->count; j++) {
        const RollbackTable *table = &work->tables->items[j];
        if (table->oid != reference->from_oid && table->root_oid != reference->from_oid)
            continue;
        const char *other = are_in(&reference->columns, &table->table.columns)
                                ? arena_printf(arena, "(%s) IS NOT TRUE", refers(arena, reference, "o"))
                                : "true";
        text_addf(&sql,
                  " AND NOT (c.tableoid = %u AND EXISTS (SELECT FROM pg_temp.rehome_doing_%zu AS e LEFT JOIN "
                  "pg_temp.%s AS o ON o.ctid = e.rehome_from WHERE "
                  "e.rehome_at = c.ctid AND (e.rehome_fate = 'delete' OR e.rehome_fate = 'restore' AND %s)))",
                  table->oid, j, image_of(arena, j), other);
    }
    text_add(&sql, "");
    return sql.chars;
}

static bool spare_one(const RollbackWork *work, size_t i, const Reference *reference, int64_t *spared, Error *error)
{
    int64_t rows = 0;
    const char *sql = arena_printf(work->arena,
                                   "UPDATE pg_temp.rehome_doing_%zu AS d SET rehome_fate = 'referenced' FROM ONLY %s "
                                   "AS t WHERE t.ctid = d.rehome_at AND d.rehome_fate "
                                   "= 'delete' AND EXISTS (SELECT FROM %s AS c WHERE %s%s)",
                                   i, work->tables->items[i].table.relation, reference->from,
                                   refers(work->arena, reference, "c"), goes_itself(work, reference));
    if (!rollback_exec(work, sql, &rows, error))
        return false;
    *spared += rows;
    return true;
}

static bool spare(const RollbackWork *work, size_t i, ObjectId referred, int64_t *spared, Error *error)
{
    Arena *arena = work->arena;
    AUTO(Result) *keys = conn_query(work->target, sql_rollback_references, PARAMS(number_text(arena, referred)), error);
    for (int row = 0; keys && row < result_rows(keys); row++) {
        const Reference reference = {.from = result_copy(arena, keys, row, 0),
                                     .from_oid = (ObjectId)result_number(keys, row, 4),
                                     .columns = result_list(arena, keys, row, 2),
                                     .to = result_list(arena, keys, row, 3)};
        if (!spare_one(work, i, &reference, spared, error))
            return false;
    }
    return keys != NULL;
}

/* A row that stays keeps the row that it refers to, and so on. */
static bool spare_referenced(const RollbackWork *work, Error *error)
{
    int64_t spared;
    do {
        spared = 0;
        for (size_t i = 0; i < work->tables->count; i++) {
            const RollbackTable *table = &work->tables->items[i];
            if (!spare(work, i, table->oid, &spared, error) ||
                (table->root_oid != table->oid && !spare(work, i, table->root_oid, &spared, error)))
                return false;
        }
    } while (spared > 0);
    return true;
}

/* ---- doing it ---- */

/* What is always generated has the value that it had. */
static bool assignments(const RollbackWork *work, const RollbackTable *table, Text *set, Error *error)
{
    const char *sql = "SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND "
                      "NOT a.attisdropped AND a.attgenerated = '' "
                      "AND a.attidentity <> 'a' AND a.attname = ANY ($2::text[]) ORDER BY a.attnum";
    Params values = PARAMS(number_text(work->arena, table->oid),
                           quote_array(work->arena, table->table.columns.items, table->table.columns.count));
    AUTO(Result) *columns = conn_query(work->target, sql, values, error);
    for (int row = 0; columns && row < result_rows(columns); row++) {
        const char *name = quote_name(work->arena, result_text(columns, row, 0));
        text_separate(set, ", ");
        text_addf(set, "%s = b.%s", name, name);
    }
    return columns != NULL;
}

static const char *delete_rows(Arena *arena, const RollbackTable *table, size_t i)
{
    return arena_printf(arena,
                        "DELETE FROM ONLY %s AS t USING pg_temp.rehome_doing_%zu AS d WHERE d.rehome_fate = 'delete' "
                        "AND t.ctid = d.rehome_at",
                        table->table.relation, i);
}

static bool count_fates(const RollbackWork *work, size_t i, const char *fate, int64_t *rows, Error *error)
{
    return rollback_number(
        work,
        arena_printf(work->arena, "SELECT count(*) FROM pg_temp.rehome_doing_%zu WHERE rehome_fate = '%s'", i, fate),
        rows, error);
}

/* One statement, at whose end foreign keys within the table are looked at. What is deleted goes first: a value that has
 * to be unique may come back. */
static bool change_rows(const RollbackWork *work, size_t i, Error *error)
{
    int64_t deleted = 0, restored = 0;
    Arena *arena = work->arena;
    const RollbackTable *table = &work->tables->items[i];
    Text set = text_new(arena);
    if (!count_fates(work, i, "delete", &deleted, error) || !count_fates(work, i, "restore", &restored, error) ||
        !assignments(work, table, &set, error))
        return false;
    const char *sql = delete_rows(arena, table, i);
    if (restored > 0 && set.length > 0)
        sql = arena_printf(arena,
                           "WITH gone AS (%s RETURNING 1), n AS MATERIALIZED (SELECT count(*) AS n FROM gone) UPDATE "
                           "ONLY %s AS t SET %s FROM pg_temp.rehome_doing_%zu AS d "
                           "JOIN pg_temp.%s AS b ON b.ctid = d.rehome_from CROSS JOIN n WHERE n.n >= 0 AND "
                           "d.rehome_fate = 'restore' AND t.ctid = d.rehome_at",
                           sql, table->table.relation, set.chars, i, image_of(arena, i));
    work->report->deleted += deleted;
    work->report->restored += restored;
    return deleted + restored == 0 || rollback_exec(work, sql, NULL, error);
}

static bool insert_rows(const RollbackWork *work, size_t i, Error *error)
{
    int64_t rows = 0, wanted = 0;
    Arena *arena = work->arena;
    const RollbackTable *table = &work->tables->items[i];
    const char *sql = arena_printf(arena,
                                   "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM "
                                   "pg_temp.rehome_doing_%zu AS d JOIN pg_temp.%s AS b ON b.ctid = "
                                   "d.rehome_from WHERE d.rehome_fate = 'insert' ON CONFLICT DO NOTHING",
                                   table->table.relation, backup_names(arena, &table->table.columns, ""),
                                   backup_names(arena, &table->table.columns, "b."), i, image_of(arena, i));
    if (!count_fates(work, i, "insert", &wanted, error) || (wanted > 0 && !rollback_exec(work, sql, &rows, error)))
        return false;
    work->report->restored += rows;
    work->report->left += wanted - rows;
    if (wanted > rows)
        *LIST_ADD(arena, &work->report->lefts) = (RollbackLeft){.relation = table->table.relation,
                                                                .why = "their keys are taken by rows of somebody else",
                                                                .count = wanted - rows};
    return true;
}

#define LEFT_FATES "('added', 'changed', 'removed', 'referenced')"

static bool tell_left(const RollbackWork *work, size_t i, Error *error)
{
    int64_t left = 0;
    Arena *arena = work->arena;
    const RollbackTable *table = &work->tables->items[i];
    const char *key =
        table->key.count ? rollback_key_json(arena, &table->key, "d") : "pg_catalog.left(d.rehome_row, 200)";
    const char *count =
        arena_printf(arena, "SELECT count(*) FROM pg_temp.rehome_doing_%zu WHERE rehome_fate IN " LEFT_FATES, i);
    const char *some = arena_printf(
        arena, "SELECT %s, d.rehome_fate FROM pg_temp.rehome_doing_%zu AS d WHERE d.rehome_fate IN " LEFT_FATES, key,
        i);
    if (!rollback_number(work, count, &left, error))
        return false;
    work->report->left += left;
    return left == 0 || rollback_tell(work, table->table.relation, some, error);
}

/* Triggers of a table that is somebody else's may have changed what came back. */
static bool compare(const RollbackWork *work, size_t i, Error *error)
{
    int64_t other = 0;
    Arena *arena = work->arena;
    const RollbackTable *table = &work->tables->items[i];
    const char *pairs = table->key.count ? pairs_by_key(arena, table, i) : pairs_by_values(arena, table, i);
    if (!rollback_number(work, arena_printf(arena, "SELECT count(*) FROM (%s) AS q", pairs), &other, error))
        return false;
    if (other == 0)
        return true;
    error_set(error, ERROR_STATE, "%s is not what it was after its rows came back: a trigger of it changes them",
              table->table.relation);
    return error_hint(error, "Let the owner of the table run the rollback: then its triggers are kept quiet.");
}

static bool restore_sequences(const RollbackWork *work, const RollbackTable *table, Error *error)
{
    json_auto_t *sequences = json_loads(table->sequences, 0, NULL);
    for (size_t i = 0; i < json_array_size(sequences); i++) {
        json_t *one = json_array_get(sequences, i);
        const char *column = json_string_value(json_object_get(one, "column"));
        const RollbackEntry entry = {.kind = "sequence",
                                     .relation = json_string_value(json_object_get(one, "sequence")),
                                     .images = table->root,
                                     .key = {&column, 1, 1},
                                     .before = json_text(work->arena, one, JSON_COMPACT)};
        if (!rollback_sequence(work, &entry, error))
            return false;
    }
    return true;
}

/* What was recorded of these tables is undone with it. */
static bool forget_entries(const RollbackWork *work, Error *error)
{
    FOR_EACH(const RollbackTable, table, *work->tables) {
        const char *sql = arena_printf(
            work->arena,
            "DELETE FROM rehome.undo AS u WHERE u.migration = %" PRId64
            " AND (CASE WHEN u.kind IN ('rows', 'empty', 'replaced', 'mark') THEN "
            "pg_catalog.to_regclass(u.relation)::oid END IN (%u, %u)%s OR u.kind = 'sequence' AND u.images = %s)",
            work->migration, table->oid, table->root_oid, work->keeps_objects ? " AND NOT " OF_SCRIPTS : "",
            quote_literal(work->arena, table->root));
        if (!rollback_exec(work, sql, NULL, error))
            return false;
    }
    return true;
}

/* Numbers of the tables, children before the tables that they refer to. */
static size_t *order_of(const RollbackWork *work, const RollbackPairList *pairs)
{
    const size_t count = work->tables->count;
    RollbackPairList between = {0};
    ObjectId *tables = NEW_ARRAY(work->arena, ObjectId, count);
    size_t *order = NEW_ARRAY(work->arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        tables[i] = work->tables->items[i].oid;
    FOR_EACH(const RollbackPair, pair, *pairs)
        FOR_EACH(const RollbackTable, from, *work->tables)
            FOR_EACH(const RollbackTable, to, *work->tables)
                if ((pair->from == from->oid || pair->from == from->root_oid) &&
                    (pair->to == to->oid || pair->to == to->root_oid) && from->oid != to->oid)
                    LIST_PUSH(work->arena, &between, ((RollbackPair){from->oid, to->oid}));
    rollback_order(work->arena, tables, count, &between);
    for (size_t at = 0; at < count; at++)
        for (size_t i = 0; i < count; i++)
            if (work->tables->items[i].oid == tables[at])
                order[at] = i;
    return order;
}

/* A row may come back before the row that it refers to: keys between the tables wait for the end, where they are ours
 * to alter. */
static bool defer_keys(const RollbackWork *work, Text *wake, Error *error)
{
    Arena *arena = work->arena;
    StringList all = {0}, growing = {0};
    for (size_t i = 0; i < work->tables->count; i++) {
        int64_t rows = 0;
        const RollbackTable *table = &work->tables->items[i];
        const char *names[] = {number_text(arena, table->oid), number_text(arena, table->root_oid)};
        if (!count_fates(work, i, "insert", &rows, error))
            return false;
        for (size_t n = 0; n < 2; n++) {
            LIST_PUSH(arena, &all, names[n]);
            if (rows > 0)
                LIST_PUSH(arena, &growing, names[n]);
        }
    }
    return rollback_defer(work, quote_array(arena, all.items, all.count),
                          quote_array(arena, growing.items, growing.count), wake, error);
}

static bool apply(const RollbackWork *work, const size_t *order, Error *error)
{
    const size_t count = work->tables->count;
    Text wake = text_new(work->arena);
    for (size_t i = 0; i < count; i++)
        if (!rollback_quieten(work, work->tables->items[i].oid, work->tables->items[i].table.relation, &wake, error))
            return false;
    if (!defer_keys(work, &wake, error))
        return false;
    for (size_t at = 0; at < count; at++)
        if (!change_rows(work, order[at], error))
            return error_doing(error, "putting %s back", work->tables->items[order[at]].table.relation);
    for (size_t at = count; at > 0; at--)
        if (!insert_rows(work, order[at - 1], error))
            return error_doing(error, "putting %s back", work->tables->items[order[at - 1]].table.relation);
    return rollback_exec(work, "SET CONSTRAINTS ALL IMMEDIATE", NULL, error) &&
           (wake.length == 0 || conn_script(work->target, wake.chars, error));
}

bool rollback_backup(const RollbackWork *work, Error *error)
{
    const size_t count = work->tables->count;
    const int64_t left = work->report->left;
    RollbackPairList pairs = {0};
    if (!rollback_pairs(work->arena, work->target, &pairs, error) || !lock_tables(work, error) ||
        !gather_marks(work, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!decide_fates(work, i, error))
            return false;
    if (!spare_referenced(work, error) || !apply(work, order_of(work, &pairs), error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tell_left(work, i, error))
            return false;
    for (size_t i = 0; i < count; i++)
        if ((work->report->left == left && !compare(work, i, error)) ||
            !restore_sequences(work, &work->tables->items[i], error))
            return false;
    return forget_entries(work, error);
}
