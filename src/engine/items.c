#include "engine/items.h"

#include "engine/describe.h"
#include "manifest/items.h"

#include "base/text.h"

#include <string.h>

/* ---- the lists ---- */

static void take_rows(Arena *arena, const Result *result, ItemRows *rows)
{
    const int columns = result_columns(result);
    for (int column = 0; column < columns; column++)
        LIST_PUSH(arena, &rows->columns, arena_strdup(arena, result_column_name(result, column)));
    for (int row = 0; row < result_rows(result); row++) {
        const char **values = NEW_ARRAY(arena, const char *, columns);
        for (int column = 0; column < columns; column++)
            values[column] = result_copy(arena, result, row, column);
        LIST_PUSH(arena, &rows->rows, values);
    }
}

static bool ask(Arena *arena, Conn *source, const Entity *entity, ItemRows *rows, Mistakes *mistakes, Error *error)
{
    AUTO(Result) *result = conn_query(source, entity->for_each.text, NO_PARAMS, error);
    if (!result)
        return describe_refusal(&entity->for_each, "", error, mistakes) ||
               error_doing(error, "reading the list of entity \"%s\"", entity->name);
    rows->entity = entity;
    if (result_columns(result) == 0)
        mistake_add(mistakes, entity->for_each.place, "the query of for_each gives no column");
    else
        take_rows(arena, result, rows);
    return true;
}

/* A query that was refused ends the transaction, and so the asking. */
static bool ask_all(Session *session, ItemRowsList *lists, Mistakes *mistakes, Error *error)
{
    FOR_EACH(const Entity, entity, session->manifest->entities)
        if (entity->for_each.text && mistakes->list.count == 0 &&
            !ask(session->arena, session->source, entity, LIST_ADD(session->arena, lists), mistakes, error))
            return false;
    return true;
}

/* A process that joins others reads the rows that they read: an item that came later has none there, and would be done
 * without them. Inside one database each chunk reads what is there by then; the session may write, but a list must not.
 */
static bool begin(Session *session, Error *error)
{
    char *offered = NULL;
    if (session->moves_rows && session->migration && !session->gathered.same &&
        !ledger_offered_snapshot(session->arena, session->target, session->migration, &offered, error))
        return false;
    return snapshot_join(session->source, offered, error);
}

static bool read_lists(Session *session, ItemRowsList *lists, Mistakes *mistakes, Error *error)
{
    if (!begin(session, error))
        return false;
    bool read = ask_all(session, lists, mistakes, error);
    conn_rollback(session->source);
    return read;
}

/* ---- --only ---- */

static bool is_item_of(const Entity *entity, const char *name)
{
    return text_starts_with(name, entity->name) && name[strlen(entity->name)] == '[';
}

bool items_may_name(const Manifest *manifest, const char *name)
{
    FOR_EACH(const Entity, entity, manifest->entities)
        if (text_equal(entity->name, name) || (entity->for_each.text && is_item_of(entity, name)))
            return true;
    return false;
}

bool items_refuse_name(Session *session, const char *name, Error *error)
{
    StringList names = {0};
    FOR_EACH(const Entity, entity, session->manifest->entities)
        LIST_PUSH(session->arena, &names, entity->name);
    const char *nearest = string_list_nearest(&names, name);
    error_set(error, ERROR_INPUT, "--only names no entity: \"%s\"", name);
    return nearest ? error_hint(error, "Did you mean \"%s\"?", nearest) : false;
}

static bool is_entity(const Manifest *manifest, const char *name)
{
    FOR_EACH(const Entity, entity, manifest->entities)
        if (text_equal(entity->name, name))
            return true;
    return false;
}

/* An entity with a list stands for all its items. None at all must not become everything. */
static bool select_items(Session *session, const Manifest *before, Error *error)
{
    StringList only = {0};
    FOR_EACH(const char *, name, session->only) {
        const size_t found = only.count;
        FOR_EACH(const Entity, entity, session->manifest->entities)
            if (text_equal(entity->name, *name) || (entity->template && text_equal(entity->base, *name)))
                LIST_PUSH(session->arena, &only, entity->name);
        if (only.count == found && !is_entity(before, *name))
            return items_refuse_name(session, *name, error);
    }
    if (session->only.count > 0 && only.count == 0)
        return error_set(error, ERROR_INPUT, "--only names nothing: the list of \"%s\" has no row",
                         session->only.items[0]);
    session->only = only;
    return true;
}

bool items_load(Session *session, Error *error)
{
    Mistakes mistakes = {.arena = session->arena};
    ItemRowsList lists = {0};
    const Manifest *before = session->manifest;
    if (!manifest_has_lists(before))
        return true;
    if (!read_lists(session, &lists, &mistakes, error) || !mistakes_none(&mistakes, error))
        return false;
    const Manifest *filled = items_fill(session->arena, before, &lists, &mistakes);
    if (!mistakes_none(&mistakes, error))
        return false;
    session->manifest = filled;
    return select_items(session, before, error);
}
