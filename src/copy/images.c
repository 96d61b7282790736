#include "copy/images.h"

#include "copy/statement.h"
#include "ledger/undo.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <inttypes.h>
#include <string.h>

const char images_counter[] = "pg_temp.rehome_changed";

#define COUNTED "pg_catalog.nextval('pg_temp.rehome_changed') > 0"

static bool has_row_trigger_before(const Relation *relation)
{
    FOR_EACH(const Trigger, trigger, relation->triggers)
        if (trigger->enabled != 'D' && strstr(trigger->definition, " BEFORE "))
            return true;
    return false;
}

bool images_keep_all(const EntityPlan *entity)
{
    return entity->load || has_row_trigger_before(entity->into);
}

/* Views and foreign tables do not. */
static bool shows_transaction(const EntityPlan *entity)
{
    return entity->undo_key.count > 0 && (entity->into->kind == 'r' || entity->into->kind == 'p');
}

bool images_note(const EntityPlan *entity)
{
    return entity->undo_images && shows_transaction(entity) && !images_keep_all(entity);
}

/* ---- pieces of SQL ---- */

static const char *images_of(Arena *arena, const EntityPlan *entity)
{
    return quote_qualified(arena, "rehome", undo_images_name(arena, entity->into));
}

/* Whether s changes t, compared with the column's own type, as the table will hold it. */
static char *changes(Arena *arena, const EntityPlan *entity)
{
    Text old = text_new(arena), new = text_new(arena);
    FOR_EACH(const Mapping, mapping, *mapping_to_target(entity)) {
        if (!mapping->updated)
            continue;
        const char *name = quote_name(arena, mapping->name);
        text_separate(&old, ", ");
        text_addf(&old, "\"t\".%s", name);
        text_separate(&new, ", ");
        text_addf(&new, "(\"s\".%s)::%s", name, mapping->to->type_name);
    }
    return arena_printf(arena, "ROW(%s)::record OPERATOR(pg_catalog.*<>) ROW(%s)::record", old.chars, new.chars);
}

/* ---- rows as they are before ---- */

char *images_keep(Arena *arena, const EntityPlan *entity, const char *select, int64_t id)
{
    StringList columns = undo_columns(arena, entity->into);
    Text sql = text_new(arena);
    text_addf(&sql,
              "INSERT INTO %s (rehome_undo, rehome_hash, rehome_xmin, %s) SELECT %" PRId64
              ", %s, \"t\".xmin, %s FROM (%s) AS \"s\" JOIN %s AS \"t\" ON %s",
              images_of(arena, entity), quote_names(arena, &columns, ""), id,
              images_note(entity) ? "0" : "NULL::bigint", quote_names(arena, &columns, "\"t\"."), select,
              entity->into->sql_name, quote_same(arena, &entity->key, "\"t\"", "\"s\""));
    if (!images_keep_all(entity))
        text_addf(&sql, " WHERE %s", changes(arena, entity));
    text_add(&sql, " FOR NO KEY UPDATE OF \"t\"");
    return sql.chars;
}

char *images_sample(Arena *arena, const EntityPlan *entity, const char *select)
{
    return arena_printf(
        arena, "SELECT count(*) FROM (SELECT * FROM (%s) AS \"r\" LIMIT %d) AS \"s\" JOIN %s AS \"t\" ON %s WHERE %s",
        select, IMAGES_SAMPLE, entity->into->sql_name, quote_same(arena, &entity->key, "\"t\"", "\"s\""),
        changes(arena, entity));
}

/* ---- rows as they are written ---- */

static const char *counting(const EntityPlan *entity)
{
    return !entity->undo_images      ? NULL
           : images_keep_all(entity) ? "CASE WHEN " COUNTED " THEN %s ELSE false END"
                                     : "CASE WHEN %s THEN " COUNTED " ELSE false END";
}

static const char *reading(const UndoRows *rows)
{
    return rows->read ? rows->read : rows->select;
}

/* The keys of rows that are written by now, for those who ask whether one is written twice. */
static char *met_too(Arena *arena, const EntityPlan *entity, const UndoRows *rows)
{
    Text names = text_new(arena);
    FOR_EACH(const char *, name, entity->key) {
        text_separate(&names, ", ");
        text_addf(&names, "rehome_key_%td", name - entity->key.items);
    }
    return rows->met ? arena_printf(arena, ", rehome_met_keys AS (INSERT INTO %s SELECT %s FROM rehome_written)",
                                    rows->met, names.chars)
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

bool images_pack(const EntityPlan *entity, const UndoRows *rows)
{
    return shows_transaction(entity) && !images_keep_all(entity) && entity->undo_key.count == 1 && rows->count > 0 &&
           rows->count <= IMAGES_MOST_PACKED;
}

/* `but`: a condition over rehome_written. */
static char *noted(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id, const char *insert,
                   const char *but)
{
    StringList columns = undo_columns(arena, entity->into);
    const StringList *kept = entity->undo_key.count ? &entity->undo_key : &columns;
    const char *names = quote_names(arena, kept, "");
    if (images_pack(entity, rows))
        return arena_printf(
            arena,
            "WITH rehome_written AS (%s RETURNING %s%s)%s INSERT INTO rehome.inserted_keys (undo, keys) SELECT %" PRId64
            ", pg_catalog.array_agg(%s::pg_catalog.text) FROM rehome_written%s HAVING count(*) > 0 "
            "RETURNING pg_catalog.cardinality(keys)",
            insert, quote_names(arena, kept, "\"t\"."), met_returned(arena, entity, rows), met_too(arena, entity, rows),
            id, names, but);
    const char *hash =
        shows_transaction(entity) ? "0::bigint" : undo_hash(arena, "\"t\"", columns.items, columns.count);
    return arena_printf(
        arena,
        "WITH rehome_written AS (%s RETURNING %s AS rehome_hash, %s%s)%s INSERT INTO %s (rehome_undo, rehome_hash, %s) "
        "SELECT %" PRId64 ", rehome_hash, %s FROM rehome_written%s",
        insert, hash, quote_names(arena, kept, "\"t\"."), met_returned(arena, entity, rows),
        met_too(arena, entity, rows), images_of(arena, entity), names, id, names, but);
}

char *images_write(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id)
{
    const char *but = "", *insert = statement_insert_counting(arena, entity, reading(rows), counting(entity));
    if (images_note(entity))
        but = arena_printf(arena, " WHERE NOT EXISTS (SELECT FROM %s AS i WHERE i.rehome_undo = %" PRId64 " AND %s)",
                           images_of(arena, entity), id, quote_same(arena, &entity->undo_key, "i", "rehome_written"));
    return noted(arena, entity, rows, id, insert, but);
}

char *images_write_changes(Arena *arena, const EntityPlan *entity, const UndoRows *rows)
{
    return statement_insert_counting(arena, entity, reading(rows), counting(entity));
}

/* ON CONFLICT locks the row also where its condition is false. */
char *images_write_new(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id)
{
    const char *never = "CASE WHEN %s THEN NOT " COUNTED " ELSE false END";
    return noted(arena, entity, rows, id, statement_insert_counting(arena, entity, rows->select, never), "");
}

char *images_change(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id)
{
    const char *key = quote_names(arena, &entity->key, "");
    const char *kept =
        arena_printf(arena, "SELECT \"s\".* FROM (%s) AS \"s\" WHERE (%s) IN (SELECT %s FROM rehome_kept)",
                     rows->select, quote_names(arena, &entity->key, "\"s\"."), key);
    return arena_printf(arena, "WITH rehome_kept AS (%s RETURNING %s) %s", images_keep(arena, entity, rows->select, id),
                        key, statement_insert_counting(arena, entity, kept, counting(entity)));
}

char *images_count_changed(Arena *arena, const EntityPlan *entity, int64_t id)
{
    const char *images = images_of(arena, entity);
    return arena_printf(arena,
                        "SELECT count(*) FROM %s AS n JOIN %s AS o ON %s AND n.rehome_undo = %" PRId64
                        " AND o.rehome_undo = %" PRId64 " WHERE n.rehome_hash IS NOT NULL AND o.rehome_hash IS NULL",
                        images, images, quote_same(arena, &entity->undo_key, "n", "o"), id, id);
}
