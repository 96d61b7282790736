#include "copy/undo.h"

#include "copy/statement.h"
#include "ledger/number.h"
#include "ledger/undo.h"

#include "base/fault.h"
#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <inttypes.h>
#include <string.h>

bool undo_stages(const EntityPlan *entity)
{
    return entity->undo == UNDO_ROWS && entity->undo_images;
}

static bool has_row_trigger_before(const Relation *relation)
{
    FOR_EACH(const Trigger, trigger, relation->triggers)
        if (trigger->enabled != 'D' && strstr(trigger->definition, " BEFORE "))
            return true;
    return false;
}

/* What the upsert compares is not known before: then every row that is met is kept, changed or not. */
static bool keeps_all(const EntityPlan *entity)
{
    return entity->load || has_row_trigger_before(entity->into);
}

static const char *images_of(Arena *arena, const EntityPlan *entity)
{
    return quote_qualified(arena, "rehome", undo_images_name(arena, entity->into));
}

static char *names_of(Arena *arena, const StringList *columns, const char *alias)
{
    Text sql = text_new(arena);
    FOR_EACH(const char *, name, *columns) {
        text_separate(&sql, ", ");
        text_addf(&sql, "%s%s", alias, quote_name(arena, *name));
    }
    return sql.chars;
}

/* ---- rows as they are before ---- */

/* With the column's own type, as the table will hold it. */
static void add_change(Text *sql, const EntityPlan *entity)
{
    Text old = text_new(sql->arena), new = text_new(sql->arena);
    FOR_EACH(const Mapping, mapping, *mapping_to_target(entity)) {
        if (!mapping->updated)
            continue;
        const char *name = quote_name(sql->arena, mapping->name);
        text_separate(&old, ", ");
        text_addf(&old, "\"t\".%s", name);
        text_separate(&new, ", ");
        text_addf(&new, "(\"s\".%s)::%s", name, mapping->to->type_name);
    }
    text_addf(sql, " WHERE ROW(%s)::record OPERATOR(pg_catalog.*<>) ROW(%s)::record", old.chars, new.chars);
}

char *undo_images_insert(Arena *arena, const EntityPlan *entity, const char *select, int64_t id)
{
    StringList columns = undo_columns(arena, entity->into);
    Text sql = text_new(arena);
    text_addf(&sql, "INSERT INTO %s (rehome_undo, rehome_xmin, %s) SELECT %" PRId64 ", \"t\".xmin, %s FROM (%s) AS \"s\" JOIN %s AS \"t\" ON ",
              images_of(arena, entity), names_of(arena, &columns, ""), id, names_of(arena, &columns, "\"t\"."), select,
              entity->into->sql_name);
    FOR_EACH(const char *, name, entity->key) {
        const char *quoted = quote_name(arena, *name);
        text_addf(&sql, "%s\"t\".%s = \"s\".%s", name == entity->key.items ? "" : " AND ", quoted, quoted);
    }
    if (!keeps_all(entity))
        add_change(&sql, entity);
    text_add(&sql, " FOR NO KEY UPDATE OF \"t\"");
    return sql.chars;
}

/* ---- rows as they are written ---- */

/* A sequence of the session's own counts the rows that are changed; all that are met where all were kept. */
#define MET "pg_catalog.nextval('pg_temp.rehome_changed') > 0"

static const char *counting(const EntityPlan *entity)
{
    return !undo_stages(entity) ? NULL : keeps_all(entity) ? "CASE WHEN " MET " THEN %s ELSE false END"
                                                           : "CASE WHEN %s THEN " MET " ELSE false END";
}

/* The keys of rows that are written by now, for those who ask whether one is written twice. */
static char *met_too(Arena *arena, const EntityPlan *entity, const UndoRows *rows)
{
    Text names = text_new(arena);
    FOR_EACH(const char *, name, entity->key) {
        text_separate(&names, ", ");
        text_addf(&names, "rehome_key_%td", name - entity->key.items);
    }
    return rows->met ? arena_printf(arena, ", rehome_met_keys AS (INSERT INTO %s SELECT %s FROM rehome_written)", rows->met, names.chars)
                     : arena_strdup(arena, "");
}

static char *met_returned(Arena *arena, const EntityPlan *entity, const UndoRows *rows)
{
    Text names = text_new(arena);
    text_add(&names, "");
    FOR_EACH(const char *, name, entity->key)
        text_addf(&names, ", \"t\".%s AS rehome_key_%td", quote_name(arena, *name), name - entity->key.items);
    return rows->met ? names.chars : arena_strdup(arena, "");
}

char *undo_recorded_insert(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id)
{
    StringList columns = undo_columns(arena, entity->into);
    const StringList *kept = entity->undo_key.count ? &entity->undo_key : &columns;
    const char *names = names_of(arena, kept, "");
    const char *insert = statement_insert_counting(arena, entity, rows->read ? rows->read : rows->select, counting(entity));
    return arena_printf(
        arena,
        "WITH rehome_written AS (%s RETURNING %s AS rehome_hash, %s%s)%s INSERT INTO %s (rehome_undo, rehome_hash, %s) "
        "SELECT %" PRId64 ", rehome_hash, %s FROM rehome_written",
        insert, undo_hash(arena, "\"t\"", columns.items, columns.count), names_of(arena, kept, "\"t\"."),
        met_returned(arena, entity, rows), met_too(arena, entity, rows), images_of(arena, entity), names, id, names);
}

/* ---- both ---- */

static bool make_counter(Conn *target, Error *error)
{
    return conn_script(target,
                       "CREATE TEMPORARY SEQUENCE IF NOT EXISTS rehome_changed;"
                       " SELECT pg_catalog.setval('pg_temp.rehome_changed', 1, false)",
                       error);
}

static bool read_counter(Conn *target, int64_t *met, Error *error)
{
    AUTO(Result) *result = conn_query(
        target, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM pg_temp.rehome_changed", NO_PARAMS, error);
    if (result)
        *met = result_number(result, 0, 0);
    return result != NULL;
}

static bool came_between(const EntityPlan *entity, Error *error)
{
    error_set(error, ERROR_TRANSIENT, "somebody else wrote rows of %s while the chunk was written to it",
              entity->into->sql_name);
    strcpy(error->sqlstate, "40001");
    return false;
}

/* Where all rows that are met were kept, only some of them may have been changed. */
static bool count_changed(Arena *arena, const Move *move, int64_t id, int64_t *changed, Error *error)
{
    const EntityPlan *entity = move->entity;
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT count(*) FROM %s AS n JOIN %s AS o ON ", images_of(arena, entity), images_of(arena, entity));
    FOR_EACH(const char *, name, entity->undo_key)
        text_addf(&sql, "n.%s = o.%s AND ", quote_name(arena, *name), quote_name(arena, *name));
    text_addf(&sql, "n.rehome_undo = %" PRId64 " AND o.rehome_undo = %" PRId64
              " WHERE n.rehome_hash IS NOT NULL AND o.rehome_hash IS NULL", id, id);
    AUTO(Result) *result = conn_query(move->target, sql.chars, NO_PARAMS, error);
    if (result)
        *changed = result_number(result, 0, 0);
    return result != NULL;
}

static bool insert_recorded(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, int64_t *affected,
                            Error *error)
{
    const EntityPlan *entity = move->entity;
    int64_t kept = 0, met = 0;
    if (undo_stages(entity) &&
        (!make_counter(move->target, error) ||
         !conn_exec(move->target, undo_images_insert(arena, entity, rows->select, id), NO_PARAMS, &kept, error)))
        return false;
    FAULT("undo.kept");
    if (!conn_exec(move->target, undo_recorded_insert(arena, entity, rows, id), NO_PARAMS, affected, error))
        return false;
    FAULT("undo.recorded");
    if (undo_stages(entity) && !read_counter(move->target, &met, error))
        return false;
    if (met != kept)
        return came_between(entity, error);
    if (met > 0 && keeps_all(entity) && !count_changed(arena, move, id, &met, error))
        return false;
    return undo_count(arena, move->target, id, *affected - met, met, error);
}

static bool add_entry(Arena *arena, const Move *move, const char *kind, int64_t *id, Error *error)
{
    const EntityPlan *entity = move->entity;
    StringList columns = {0};
    UndoEntry entry = {.migration = move->migration,
                       .chunk = move->chunk,
                       .run = move->run,
                       .kind = kind,
                       .entity = entity->entity->name,
                       .relation = entity->into->sql_name};
    if (entity->undo == UNDO_ROWS) {
        columns = undo_columns(arena, entity->into);
        entry.images = undo_images_name(arena, entity->into);
        entry.columns = &columns;
        entry.key = &entity->undo_key;
    }
    return undo_add(arena, move->target, &entry, id, error);
}

/* Without a record, but perhaps with the keys that it met. */
static char *plain_insert(Arena *arena, const EntityPlan *entity, const UndoRows *rows)
{
    const char *insert = statement_insert(arena, entity, rows->read ? rows->read : rows->select);
    if (!rows->met)
        return arena_strdup(arena, insert);
    return arena_printf(arena, "WITH w AS (%s RETURNING %s) INSERT INTO %s SELECT * FROM w", insert,
                        names_of(arena, &entity->key, "\"t\"."), rows->met);
}

bool undo_insert(Arena *arena, const Move *move, const UndoRows *rows, int64_t *affected, Error *error)
{
    int64_t id = 0;
    if (move->entity->undo != UNDO_ROWS)
        return conn_exec(move->target, plain_insert(arena, move->entity, rows), NO_PARAMS, affected, error);
    return add_entry(arena, move, "rows", &id, error) && insert_recorded(arena, move, rows, id, affected, error);
}

/* The kind of the entry by whose transaction the rows are known; NULL: there is none. */
static const char *mark_kind(const EntityPlan *entity)
{
    return entity->undo == UNDO_EMPTY ? "empty" : entity->undo_marks ? "mark" : NULL;
}

bool undo_mark(Arena *arena, const Move *move, Error *error)
{
    const char *kind = mark_kind(move->entity);
    return !kind || add_entry(arena, move, kind, NULL, error);
}

char *undo_mark_sql(Arena *arena, const Move *move)
{
    const char *kind = mark_kind(move->entity);
    if (!kind)
        return arena_strdup(arena, "");
    return arena_printf(
        arena,
        "INSERT INTO rehome.undo (migration, kind, entity, chunk, run, relation) VALUES (%" PRId64 ", '%s', %s, nullif(%" PRId64
        ", 0), nullif(%" PRId64 ", 0), %s);",
        move->migration, kind, quote_literal(arena, move->entity->entity->name), move->chunk, move->run,
        quote_literal(arena, move->entity->into->sql_name));
}
