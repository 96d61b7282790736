#include "repair/page.h"

#include "copy/crossing.h"
#include "copy/refusal.h"
#include "copy/statement.h"
#include "copy/undo.h"
#include "ledger/number.h"
#include "ledger/redo.h"
#include "ledger/undo.h"

#include "base/fault.h"
#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <string.h>

/* A part of a page: rows that are tried together. */
typedef struct Part {
    Arena *arena;
    Mending *mending;
    const RepairRow *rows;
    size_t count;
} Part;

static const char *ids_of(const Part *part)
{
    StringList ids = {0};
    for (size_t i = 0; i < part->count; i++)
        LIST_PUSH(part->arena, &ids, part->rows[i].id);
    return quote_array(part->arena, ids.items, ids.count);
}

static KeySet keys_of(const Part *part, bool driving)
{
    const StringList **keys = NEW_ARRAY(part->arena, const StringList *, part->count);
    for (size_t i = 0; i < part->count; i++)
        keys[i] = driving ? &part->rows[i].driving : &part->rows[i].key;
    const EntityPlan *entity = &part->mending->variant.entity;
    return (driving ? variant_driving_keys : variant_target_keys)(part->arena, entity, keys, part->count);
}

static bool all_driving_known(const Part *part)
{
    for (size_t i = 0; i < part->count; i++)
        if (part->rows[i].driving.count == 0)
            return false;
    return true;
}

/* ---- the rows of the target that go ---- */

static bool key_is_null(const RepairRow *row)
{
    for (size_t i = 0; i < row->key.count; i++)
        if (!row->key.items[i])
            return true;
    return false;
}

static const char *column_name(Arena *arena, const Relation *relation, int number)
{
    return quote_name(arena, relation_column_by_number(relation, number)->name);
}

/* Deleting a row must not take others along that refer to it. */
static bool refuse_followed(const Part *part, const char *where, Error *error)
{
    Arena *arena = part->arena;
    const Session *session = part->mending->session;
    const Relation *into = part->mending->variant.entity.into;
    FOR_EACH(const ForeignKey, key, session->gathered.target->foreign_keys) {
        const Relation *from = catalog_relation_by_oid(session->gathered.target, key->from);
        if (key->to != into->oid || !from || !strstr(key->definition, " ON DELETE "))
            continue;
        Text sql = text_new(arena);
        text_addf(&sql, "SELECT FROM %s AS rehome_child JOIN %s AS t ON ", from->sql_name, into->sql_name);
        for (size_t i = 0; i < key->columns.count; i++)
            text_addf(&sql, "%srehome_child.%s = t.%s", i ? " AND " : "",
                      column_name(arena, from, key->columns.items[i]), column_name(arena, into, key->to_columns.items[i]));
        text_addf(&sql, " WHERE %s LIMIT 1", where);
        AUTO(Result) *found = conn_query(session->target, sql.chars, NO_PARAMS, error);
        if (!found)
            return false;
        if (result_rows(found) == 0)
            continue;
        error_set(error, ERROR_DATA, "rows of %s refer to it, and would be changed with it (%s)", from->sql_name,
                  key->name);
        strcpy(error->sqlstate, "23503");
        return false;
    }
    return true;
}

static bool delete_rows(const Part *part, int64_t *deleted, Error *error)
{
    Arena *arena = part->arena;
    const Session *session = part->mending->session;
    const EntityPlan *entity = &part->mending->variant.entity;
    KeySet keys = keys_of(part, false);
    Text where = text_new(arena);
    keyset_predicate(&where, &keys, "t");
    const char *sql = arena_printf(arena, "DELETE FROM %s AS t WHERE %s", relation_own_rows(arena, entity->into), where.chars);
    UndoEntry entry = {.migration = session->migration,
                       .entity = entity->entity->name,
                       .relation = entity->into->sql_name};
    return refuse_followed(part, where.chars, error) &&
           (entity->undo == UNDO_OFF ||
            undo_keep_deleted(arena, session->target, entry, entity->into, where.chars, error)) &&
           conn_exec(session->target, sql, NO_PARAMS, deleted, error);
}

/* ---- the rows of the source that come ---- */

static bool fill_staged(const Part *part, const EntityPlan *entity, const KeySet *keys, Conn *source, Error *error)
{
    Arena *arena = part->arena;
    Conn *target = part->mending->session->target;
    CopyResult copied = {0};
    if (!conn_script(target, statement_create_staged(arena, entity), error))
        return false;
    if (source == target)
        return conn_exec(target, statement_fill_staged(arena, entity, keys), NO_PARAMS, NULL, error);
    return copy_stream_relay(source, statement_copy_out(arena, entity, keys), target, statement_copy_in(arena, entity),
                             NULL, &copied, error);
}

static const MappingList *written_mappings(const EntityPlan *entity)
{
    return entity->load ? &entity->load_mappings : &entity->mappings;
}

/* A driving row may give rows that are right, and a transform that cannot be narrowed gives all of them: by their keys
 * only those that are to be written are taken. A key was written down as the source gives it, 2.5, and is compared as the
 * column of the target has it, 2.50. */
static const char *wanted_rows(const Part *part, const EntityPlan *entity)
{
    Arena *arena = part->arena;
    const char *rows = statement_staged_rows(arena, entity);
    if (!part->mending->variant.by_key)
        return rows;
    Text names = text_new(arena), key = text_new(arena), kept = text_new(arena);
    FOR_EACH(const Mapping, mapping, *written_mappings(entity)) {
        text_separate(&names, ", ");
        text_add(&names, quote_name(arena, mapping->name));
    }
    FOR_EACH(const char *, name, entity->key) {
        const char *type = relation_column(entity->into, *name)->type_name;
        text_separate(&key, ", ");
        text_addf(&key, "(w.%s)::%s::pg_catalog.text", quote_name(arena, *name), type);
        text_separate(&kept, ", ");
        text_addf(&kept, "(key[%td])::%s::pg_catalog.text", name - entity->key.items + 1, type);
    }
    return arena_printf(arena,
                        "SELECT %s FROM (%s) AS w (%s) WHERE ARRAY[%s]::pg_catalog.text[] IN (SELECT "
                        "ARRAY[%s]::pg_catalog.text[] FROM rehome.repair WHERE id = ANY (%s::pg_catalog.int8[]))",
                        names.chars, rows, names.chars, key.chars, kept.chars, quote_literal(arena, ids_of(part)));
}

static bool count_rows(Conn *target, Arena *arena, const char *rows, int64_t *count, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, arena_printf(arena, "SELECT count(*) FROM (%s) AS r", rows), NO_PARAMS, error);
    if (result)
        *count = result_number(result, 0, 0);
    return result != NULL;
}

/* What the crosswalk says of these driving rows is written anew. */
static bool cross(const Part *part, const Move *move, Error *error)
{
    Arena *arena = part->arena;
    const EntityPlan *entity = move->entity;
    if (!entity->crosswalk || move->keys->kind != KEYSET_LIST)
        return true;
    KeyColumnList *old = NEW(arena, KeyColumnList);
    FOR_EACH(const KeptKey, kept, entity->kept_keys)
        if (kept->column->is_old)
            LIST_PUSH(arena, old, ((KeyColumn){.name = kept->column->name, .type = kept->column->type}));
    KeySet keys = *move->keys;
    keys.key = old;
    Text where = text_new(arena);
    keyset_predicate(&where, &keys, NULL);
    const char *forget = arena_printf(arena, "DELETE FROM %s WHERE migration = %lld AND entity = %s AND %s",
                                      entity->crosswalk->sql_name, (long long)move->migration,
                                      quote_literal(arena, entity->entity->name), where.chars);
    return conn_exec(move->target, forget, NO_PARAMS, NULL, error) && crossing_move(arena, move, error);
}

static bool see_source(const Mending *mending, Error *error)
{
    return !mending->snapshot || snapshot_import(mending->snapshot, mending->session->source, error);
}

static bool write_rows(const Part *part, int64_t *written, int64_t *unchanged, Error *error)
{
    Arena *arena = part->arena;
    Mending *mending = part->mending;
    Session *session = mending->session;
    bool narrow = mending->variant.by_driving && all_driving_known(part);
    KeySet keys = narrow ? keys_of(part, true) : (KeySet){.kind = KEYSET_EVERYTHING};
    int64_t given = 0, replaced = 0;
    if (!see_source(mending, error) || (mending->replaces && !delete_rows(part, &replaced, error)))
        return false;
    Move move = {.entity = &mending->variant.entity,
                 .gathered = &session->gathered,
                 .keys = &keys,
                 .migration = session->migration,
                 .source = session->gathered.same ? session->target : session->source,
                 .target = session->target,
                 .snapshot = mending->snapshot};
    if (!mover_seat(arena, &move, error) || !fill_staged(part, move.entity, &keys, move.source, error) ||
        !conn_exec(move.target, sql_plan_prefer_staged, NO_PARAMS, NULL, error))
        return false;
    const UndoRows rows = {.select = wanted_rows(part, move.entity)};
    if (!count_rows(move.target, arena, rows.select, &given, error) ||
        !undo_insert(arena, &move, &rows, written, error) || !undo_mark(arena, &move, error))
        return false;
    *unchanged = given - *written;
    return cross(part, &move, error) &&
           conn_exec(move.target, "DROP TABLE IF EXISTS pg_temp.staged CASCADE", NO_PARAMS, NULL, error);
}

/* ---- parts ---- */

typedef bool PartWork(const Part *part, Error *error);

static bool write_part(const Part *part, Error *error)
{
    int64_t written = 0, unchanged = 0;
    if (!write_rows(part, &written, &unchanged, error))
        return false;
    part->mending->done->written += written;
    part->mending->done->unchanged += unchanged;
    return true;
}

static bool delete_part(const Part *part, Error *error)
{
    int64_t deleted = 0;
    if (!delete_rows(part, &deleted, error))
        return false;
    part->mending->done->deleted += deleted;
    return true;
}

/* Deferred constraints speak up now, and wait for the end of the next part again. */
static bool try_part(const Part *part, PartWork *work, Error *error)
{
    Conn *target = part->mending->session->target;
    return conn_exec(target, "SAVEPOINT rehome_repair", NO_PARAMS, NULL, error) && work(part, error) &&
           conn_exec(target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error) &&
           conn_exec(target, "SET CONSTRAINTS ALL DEFERRED", NO_PARAMS, NULL, error) &&
           conn_exec(target, "RELEASE SAVEPOINT rehome_repair", NO_PARAMS, NULL, error) &&
           repair_done(target, ids_of(part), error);
}

/* The reason as a reject would have it: the server's own message may hold values. */
static bool leave(const Part *part, const Error *refused, Error *error)
{
    Refusal refusal = refusal_of(part->arena, &part->mending->variant.entity, refused, NULL);
    return repair_left(part->mending->session->target, ids_of(part), refusal.reason, error);
}

static bool do_part(const Part *part, PartWork *work, Error *error)
{
    Repair before = *part->mending->done;
    if (try_part(part, work, error))
        return true;
    if (!refusal_is_possible(error) || !conn_in_transaction(part->mending->session->target))
        return false;
    Error refused = *error;
    error_clear(error);
    *part->mending->done = before;
    if (!conn_exec(part->mending->session->target, "ROLLBACK TO SAVEPOINT rehome_repair", NO_PARAMS, NULL, error))
        return false;
    if (part->count == 1)
        return leave(part, &refused, error);
    Part first = *part, second = *part;
    first.count = part->count / 2;
    second.rows += first.count;
    second.count -= first.count;
    return do_part(&first, work, error) && do_part(&second, work, error);
}

bool page_write(Arena *arena, Mending *mending, const RepairRow *rows, size_t count, Error *error)
{
    const Part part = {arena, mending, rows, count};
    FAULT("repair.page.write");
    return do_part(&part, write_part, error);
}

/* A row whose key has a null is found by none. */
bool page_delete(Arena *arena, Mending *mending, const RepairRow *rows, size_t count, Error *error)
{
    FAULT("repair.page.delete");
    RepairRowList known = {0}, unknown = {0};
    for (size_t i = 0; i < count; i++)
        if (rows[i].key.count == 0 || key_is_null(&rows[i]))
            LIST_PUSH(arena, &unknown, rows[i]);
        else
            LIST_PUSH(arena, &known, rows[i]);
    const Part some = {arena, mending, known.items, known.count}, others = {arena, mending, unknown.items, unknown.count};
    if (unknown.count > 0 &&
        !repair_left(mending->session->target, ids_of(&others), "the row has no key to find it by", error))
        return false;
    return known.count == 0 || do_part(&some, delete_part, error);
}

bool page_try(Arena *arena, Mending *mending, bool extra, const RepairRow *rows, size_t count, Error *error)
{
    const Part part = {arena, mending, rows, count};
    return (extra ? delete_part : write_part)(&part, error) &&
           repair_done(mending->session->target, ids_of(&part), error);
}

bool page_begin(Arena *arena, const Mending *mending, Error *error)
{
    const Session *session = mending->session;
    const EntityPlan *entity = mending->done->entity;
    const char *fingerprint = NULL, *into = NULL;
    if (!redo_lock(arena, session->target, session->migration, entity->entity->name, &fingerprint, &into, error))
        return false;
    if (text_equal(fingerprint, entity->fingerprint))
        return true;
    error_set(error, ERROR_STATE, "entity \"%s\" is written differently now than when it was copied", entity->entity->name);
    return error_hint(error, "rehome run");
}

bool page_tell(Arena *arena, const Mending *mending, const Repair *before, Error *error)
{
    const Repair *done = mending->done;
    const char *told = arena_printf(arena, "%" PRId64 " written, %" PRId64 " deleted", done->written - before->written,
                                    done->deleted - before->deleted);
    Params values = PARAMS(number_text(arena, mending->session->migration), "entity.repaired",
                           done->entity->entity->name, told);
    return (done->written == before->written && done->deleted == before->deleted) ||
           conn_exec(mending->session->target, sql_ledger_add_event, values, NULL, error);
}
