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

/* ---- both ---- */

static bool reset_counter(Arena *arena, Conn *target, Error *error)
{
    return conn_script(target,
                       arena_printf(arena,
                                    "CREATE TEMPORARY SEQUENCE IF NOT EXISTS rehome_changed;"
                                    " SELECT pg_catalog.setval('%s', 1, false)",
                                    images_counter),
                       error);
}

/* 0 where the statement gives no row. */
static bool query_number(Conn *target, const char *sql, int64_t *number, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql, NO_PARAMS, error);
    if (result)
        *number = result_rows(result) > 0 ? result_number(result, 0, 0) : 0;
    return result != NULL;
}

static bool write_noting(const Move *move, const UndoRows *rows, const char *sql, int64_t *noted, Error *error)
{
    return images_pack(move->entity, rows) ? query_number(move->target, sql, noted, error)
                                           : conn_exec(move->target, sql, NO_PARAMS, noted, error);
}

static bool read_counter(Arena *arena, Conn *target, int64_t *counted, Error *error)
{
    return query_number(
        target, arena_printf(arena, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM %s", images_counter),
        counted, error);
}

static bool came_between(const EntityPlan *entity, Error *error)
{
    error_set(error, ERROR_TRANSIENT, "somebody else wrote rows of %s while the chunk was written to it",
              entity->into->sql_name);
    strcpy(error->sqlstate, "40001");
    return false;
}

typedef struct Written {
    int64_t inserted, changed;
} Written;

/* Which rows are new is known when they are written. */
static bool write_keys(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, Written *written, Error *error)
{
    return write_noting(move, rows, images_write(arena, move->entity, rows, id), &written->inserted, error);
}

/* Best where most rows change one that is there: each is looked for once more. */
static bool keep_first(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, Written *written, Error *error)
{
    const EntityPlan *entity = move->entity;
    int64_t kept = 0, affected = 0, met = 0;
    if (!reset_counter(arena, move->target, error) ||
        !conn_exec(move->target, images_keep(arena, entity, rows->select, id), NO_PARAMS, &kept, error))
        return false;
    FAULT("undo.kept");
    const bool all = images_note(entity) && kept > 0 && kept == rows->count && !rows->met;
    if (!(all ? conn_exec(move->target, images_write_changes(arena, entity, rows), NO_PARAMS, &affected, error)
              : write_noting(move, rows, images_write(arena, entity, rows, id), &affected, error)))
        return false;
    FAULT("undo.recorded");
    if (!read_counter(arena, move->target, &met, error))
        return false;
    if (met != kept)
        return came_between(entity, error);
    if (met > 0 && images_keep_all(entity) &&
        !query_number(move->target, images_count_changed(arena, entity, id), &met, error))
        return false;
    written->changed = met;
    written->inserted = images_note(entity) && !all ? affected : affected - met;
    return true;
}

/* Best where most rows are new: then there is nothing to look for. Rows that are met are locked by that. */
static bool insert_first(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, Written *written,
                         Error *error)
{
    const EntityPlan *entity = move->entity;
    int64_t wanted = 0, met = 0;
    if (!reset_counter(arena, move->target, error) ||
        !write_noting(move, rows, images_write_new(arena, entity, rows, id), &written->inserted, error) ||
        !read_counter(arena, move->target, &wanted, error))
        return false;
    FAULT("undo.kept");
    if (wanted > 0 &&
        (!reset_counter(arena, move->target, error) ||
         !conn_exec(move->target, images_change(arena, entity, rows, id), NO_PARAMS, &written->changed, error) ||
         !read_counter(arena, move->target, &met, error)))
        return false;
    FAULT("undo.recorded");
    return (met == wanted && written->changed == wanted) || came_between(entity, error);
}

/* Of rows that are written in parts it has to be known in which order they were read: then there is one statement. */
static bool prefers_inserting(Arena *arena, const Move *move, const UndoRows *rows, bool *prefers, Error *error)
{
    int64_t changes = IMAGES_SAMPLE;
    if (images_note(move->entity) && !rows->read && !rows->met &&
        !query_number(move->target, images_sample(arena, move->entity, rows->select), &changes, error))
        return false;
    *prefers = changes < IMAGES_SAMPLE / 2;
    return true;
}

static bool write_kept(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, Written *written, Error *error)
{
    bool inserts = false;
    return prefers_inserting(arena, move, rows, &inserts, error) &&
           (inserts ? insert_first : keep_first)(arena, move, rows, id, written, error);
}

static bool insert_recorded(Arena *arena, const Move *move, const UndoRows *rows, int64_t id, int64_t *affected,
                            Error *error)
{
    Written written = {0};
    if (!(undo_stages(move->entity) ? write_kept : write_keys)(arena, move, rows, id, &written, error))
        return false;
    *affected = written.inserted + written.changed;
    return undo_count(arena, move->target, id, written.inserted, written.changed, error);
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
                        quote_names(arena, &entity->key, "\"t\"."), rows->met);
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
    return arena_printf(arena,
                        "INSERT INTO rehome.undo (migration, kind, entity, chunk, run, relation) VALUES (%" PRId64
                        ", '%s', %s, nullif(%" PRId64 ", 0), nullif(%" PRId64 ", 0), %s);",
                        move->migration, kind, quote_literal(arena, move->entity->entity->name), move->chunk, move->run,
                        quote_literal(arena, move->entity->into->sql_name));
}
