#include "ledger/undo.h"

#include "ledger/number.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/writing.h"
#include "sql/embedded.h"

/* FNV-1a, 32 bits. */
static uint32_t add_text(uint32_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
    return (hash ^ 0xff) * UINT32_C(16777619);
}

/* Another type of a column gives another table. */
char *undo_images_name(Arena *arena, const Relation *relation)
{
    uint32_t hash = add_text(add_text(UINT32_C(2166136261), relation->schema), relation->name);
    FOR_EACH(const Column, column, relation->columns)
        if (!column->generated)
            hash = add_text(add_text(hash, column->name), column->type_name ? column->type_name : "");
    return arena_printf(arena, "undo_%.40s_%08x", relation->name, hash);
}

StringList undo_columns(Arena *arena, const Relation *relation)
{
    StringList columns = {0};
    FOR_EACH(const Column, column, relation->columns)
        if (!column->generated)
            LIST_PUSH(arena, &columns, column->name);
    return columns;
}

char *undo_hash(Arena *arena, const char *alias, const char *const *columns, size_t count)
{
    Text sql = text_new(arena);
    text_add(&sql, "pg_catalog.hashtextextended(ROW(");
    for (size_t i = 0; i < count; i++)
        text_addf(&sql, "%s%s.%s", i ? ", " : "", alias, quote_name(arena, columns[i]));
    text_add(&sql, ")::pg_catalog.text, 0)");
    return sql.chars;
}

/* ---- tables of images ---- */

static bool has_rows_to_keep(const EntityPlan *entity)
{
    return entity->into && entity->undo != UNDO_OFF &&
           (entity->undo == UNDO_ROWS || entity->write == WRITE_REPLACE);
}

static bool is_there(Arena *arena, Conn *target, const char *name, bool *there, Error *error)
{
    AUTO(Result) *result = conn_query(target, "SELECT pg_catalog.to_regclass($1) IS NOT NULL",
                                      PARAMS(quote_qualified(arena, "rehome", name)), error);
    *there = result && result_bool(result, 0, 0);
    return result != NULL;
}

/* Another migration may be making the same table. */
static bool make_images(Arena *arena, Conn *target, const char *relation, const char *name, Error *error)
{
    bool there = false;
    const char *lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('rehome undo', 0))";
    if (!is_there(arena, target, name, &there, error) || there)
        return there;
    if (!conn_exec(target, lock, NO_PARAMS, NULL, error) || !is_there(arena, target, name, &there, error) || there)
        return there;
    AUTO(Result) *columns = conn_query(target, sql_ledger_undo_columns, PARAMS(relation), error);
    if (!columns)
        return false;
    const char *table = quote_qualified(arena, "rehome", name);
    const char *create =
        arena_printf(arena,
                     "CREATE TABLE %s (rehome_undo bigint NOT NULL, rehome_hash bigint, rehome_xmin xid, %s);\n"
                     "CREATE INDEX ON %s (rehome_undo);\n"
                     "COMMENT ON TABLE %s IS %s",
                     table, result_text(columns, 0, 0), table, table,
                     quote_literal(arena, arena_printf(arena, "Rows of %s for rollback: see rehome.undo.", relation)));
    return conn_script(target, create, error);
}

bool undo_install(Arena *arena, Conn *target, const Plan *plan, Error *error)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (has_rows_to_keep(entity) &&
            !make_images(arena, target, entity->into->sql_name, undo_images_name(arena, entity->into), error))
            return error_doing(error, "making the table that keeps rows of %s for rollback", entity->into->sql_name);
    return true;
}

/* ---- entries ---- */

static const char *array_of(Arena *arena, const StringList *list)
{
    return list ? quote_array(arena, list->items, list->count) : "{}";
}

static const char *number_or_null(Arena *arena, int64_t number)
{
    return number ? number_text(arena, number) : NULL;
}

bool undo_add(Arena *arena, Conn *target, const UndoEntry *entry, int64_t *id, Error *error)
{
    Params values = PARAMS(number_text(arena, entry->migration), entry->kind, entry->step, entry->entity,
                           number_or_null(arena, entry->chunk), number_or_null(arena, entry->run), entry->relation,
                           entry->images, array_of(arena, entry->columns), array_of(arena, entry->key), entry->before,
                           entry->action);
    AUTO(Result) *result = conn_query(target, sql_ledger_add_undo, values, error);
    if (!result)
        return error_doing(error, "recording what rollback needs");
    if (id)
        *id = result_number(result, 0, 0);
    return true;
}

bool undo_count(Arena *arena, Conn *target, int64_t id, int64_t inserted, int64_t updated, Error *error)
{
    return conn_exec(target, "UPDATE rehome.undo SET inserted = $2::bigint, updated = $3::bigint WHERE id = $1::bigint",
                     PARAMS(number_text(arena, id), number_text(arena, inserted), number_text(arena, updated)), NULL,
                     error);
}

/* ---- what scripts and steps add, take away or change ---- */

bool undo_keep_added(Arena *arena, Conn *target, UndoEntry entry, int64_t rows, bool *all, Error *error)
{
    StringList columns = {0}, key = {0};
    int64_t id = 0, kept = 0;
    AUTO(Result) *found = conn_query(target, sql_ledger_undo_columns, PARAMS(entry.relation), error);
    AUTO(Result) *unique = found ? conn_query(target, sql_ledger_undo_key, PARAMS(entry.relation), error) : NULL;
    AUTO(Result) *next = unique ? conn_query(target, "SELECT pg_catalog.nextval('rehome.undo_id_seq')", NO_PARAMS, error) : NULL;
    if (!next)
        return false;
    columns = result_list(arena, found, 0, 1);
    if (result_rows(unique) > 0)
        key = result_list(arena, unique, 0, 0);
    entry.kind = "rows";
    entry.columns = &columns;
    entry.key = &key;
    entry.images = arena_printf(arena, "undo_script_%s", result_text(next, 0, 0));
    if (!make_images(arena, target, entry.relation, entry.images, error) || !undo_add(arena, target, &entry, &id, error))
        return false;
    const char *names = quote_names(arena, &columns, "");
    const char *keep = arena_printf(
        arena,
        "INSERT INTO %s (rehome_undo, rehome_hash, %s) SELECT %lld, %s, %s FROM ONLY %s AS \"t\" WHERE \"t\".xmin::text = "
        "(pg_catalog.txid_current() %% 4294967296)::text",
        quote_qualified(arena, "rehome", entry.images), names, (long long)id,
        undo_hash(arena, "\"t\"", columns.items, columns.count), names, entry.relation);
    if (!conn_exec(target, keep, NO_PARAMS, &kept, error) || !undo_count(arena, target, id, kept, 0, error))
        return false;
    *all = kept >= rows;
    return true;
}

/* A backup brings the rows back. */
static bool mark_removed(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error)
{
    UndoEntry entry = {.migration = migration,
                       .kind = "mark",
                       .step = step->name,
                       .entity = step->entity->entity->name,
                       .relation = step->entity->into->sql_name,
                       .action = "remove"};
    return undo_add(arena, target, &entry, NULL, error);
}

bool undo_keep_replaced(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error)
{
    const EntityPlan *entity = step->entity;
    if (!entity || entity->write != WRITE_REPLACE || entity->gathered->into_empty)
        return true;
    if (entity->undo == UNDO_OFF)
        return !entity->undo_marks || mark_removed(arena, target, migration, step, error);
    int64_t id = 0, rows = 0;
    StringList columns = undo_columns(arena, entity->into);
    const char *images = undo_images_name(arena, entity->into), *names = quote_names(arena, &columns, "");
    UndoEntry entry = {.migration = migration,
                       .kind = "replaced",
                       .step = step->name,
                       .entity = entity->entity->name,
                       .relation = entity->into->sql_name,
                       .images = images,
                       .columns = &columns};
    const char *lock = arena_printf(arena, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", entity->into->sql_name);
    if (!conn_exec(target, lock, NO_PARAMS, NULL, error) || !undo_add(arena, target, &entry, &id, error))
        return false;
    const char *where = writing_empties(entity) ? "" : arena_printf(arena, " WHERE (%s\n)", entity->entity->scope.text);
    const char *only = writing_empties(entity) && entity->into->kind == 'r' ? "ONLY " : "";
    const char *keep = arena_printf(arena, "INSERT INTO %s (rehome_undo, %s) SELECT %lld, %s FROM %s%s%s",
                                    quote_qualified(arena, "rehome", images), names, (long long)id, names, only,
                                    entity->into->sql_name, where);
    return (conn_exec(target, keep, NO_PARAMS, &rows, error) && undo_count(arena, target, id, 0, rows, error)) ||
           error_doing(error, "keeping the rows of %s that are replaced", entity->into->sql_name);
}

bool undo_keep_deleted(Arena *arena, Conn *target, UndoEntry entry, const Relation *into, const char *where,
                       Error *error)
{
    int64_t id = 0, rows = 0;
    StringList columns = undo_columns(arena, into);
    entry.kind = "replaced";
    entry.images = undo_images_name(arena, into);
    entry.columns = &columns;
    if (!make_images(arena, target, into->sql_name, entry.images, error) ||
        !undo_add(arena, target, &entry, &id, error))
        return false;
    const char *names = quote_names(arena, &columns, ""), *only = into->kind == 'r' ? "ONLY " : "";
    const char *keep = arena_printf(arena, "INSERT INTO %s (rehome_undo, %s) SELECT %lld, %s FROM %s%s AS t WHERE %s FOR UPDATE",
                                    quote_qualified(arena, "rehome", entry.images), names, (long long)id, names, only,
                                    into->sql_name, where);
    return (conn_exec(target, keep, NO_PARAMS, &rows, error) && undo_count(arena, target, id, 0, rows, error)) ||
           error_doing(error, "keeping the rows of %s that are deleted", into->sql_name);
}

/* Rows may be beyond their sequence already, by `furthest`. */
static char *standing_sql(Arena *arena, const Relation *table, const Column *column, const char *sequence)
{
    const char *name = quote_name(arena, column->name), *furthest = "NULL";
    if (column_is_integer(column))
        furthest = arena_printf(arena,
                                "(SELECT CASE WHEN s.seqincrement > 0 THEN (SELECT pg_catalog.max(%s) FROM %s) "
                                "ELSE (SELECT pg_catalog.min(%s) FROM %s) END FROM pg_catalog.pg_sequence s WHERE s.seqrelid = %s::pg_catalog.regclass)",
                                name, table->sql_name, name, table->sql_name, quote_literal(arena, sequence));
    return arena_printf(arena,
                        "SELECT pg_catalog.jsonb_build_object('last_value', last_value, 'is_called', is_called, 'furthest', %s) FROM %s",
                        furthest, sequence);
}

bool undo_look_at_sequence(Arena *arena, Conn *target, const Relation *table, const Column *column, const char **sequence, char **standing, Error *error)
{
    *standing = NULL;
    *sequence = column->sequence ? quote_qualified(arena, column->sequence_schema, column->sequence) : NULL;
    if (!*sequence)
        return true;
    AUTO(Result) *may = conn_query(target, "SELECT pg_catalog.has_sequence_privilege($1, 'SELECT')", PARAMS(*sequence), error);
    if (!may || !result_bool(may, 0, 0))
        return may != NULL;
    AUTO(Result) *now = conn_query(target, standing_sql(arena, table, column, *sequence), NO_PARAMS, error);
    if (now)
        *standing = result_copy(arena, now, 0, 0);
    return now != NULL;
}

/* A table is prepared once; a sequence that the role may not read is left to itself. */
bool undo_keep_sequences(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error)
{
    FOR_EACH(const Column, column, step->relation->columns) {
        const StringList key = {(const char *[]){column->name}, 1, 1};
        const char *sequence;
        char *standing;
        if (!undo_look_at_sequence(arena, target, step->relation, column, &sequence, &standing, error))
            return false;
        UndoEntry entry = {.migration = migration,
                           .kind = "sequence",
                           .step = step->name,
                           .relation = sequence,
                           .images = step->relation->sql_name,
                           .key = &key,
                           .before = standing};
        if (standing && !undo_add(arena, target, &entry, NULL, error))
            return false;
    }
    return true;
}

bool undo_keep_view(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error)
{
    const char *view = step->relation->sql_name;
    const char *action = step->relation->populated
                             ? arena_printf(arena, "REFRESH MATERIALIZED VIEW %s", view)
                             : arena_printf(arena, "REFRESH MATERIALIZED VIEW %s WITH NO DATA", view);
    AUTO(Result) *known =
        conn_query(target, "SELECT FROM rehome.undo WHERE migration = $1::bigint AND kind = 'view' AND relation = $2",
                   PARAMS(number_text(arena, migration), view), error);
    if (!known || result_rows(known) > 0)
        return known != NULL;
    UndoEntry entry = {.migration = migration, .kind = "view", .step = step->name, .relation = view, .action = action};
    return undo_add(arena, target, &entry, NULL, error);
}
