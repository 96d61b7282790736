#include "plan/undo.h"

#include "plan/mapping.h"
#include "plan/title.h"
#include "plan/writing.h"

static const char *const names[] = {[UNDO_OFF] = "off", [UNDO_EMPTY] = "empty", [UNDO_ROWS] = "rows"};

const char *undo_name(UndoKind kind)
{
    return names[kind];
}

static bool is_updated(const EntityPlan *entity, const char *column)
{
    const Mapping *mapping = mapping_find(mapping_to_target(entity), column);
    return mapping && mapping->updated;
}

/* The columns that stay what they are, and that no other row has. */
static bool take_own_key(Arena *arena, EntityPlan *entity)
{
    const Index *index = relation_walk_key(entity->into);
    StringList key = {0};
    if (!index)
        return false;
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(entity->into, *number);
        if (!column || is_updated(entity, column->name))
            return false;
        LIST_PUSH(arena, &key, column->name);
    }
    entity->undo_key = key;
    return true;
}

static bool may_be_null(const EntityPlan *entity)
{
    FOR_EACH(const char *, name, entity->key) {
        const Column *column = relation_column(entity->into, *name);
        if (!column || !column->not_null)
            return true;
    }
    return false;
}

static void decide(EntityPlan *entity, UndoKind kind, const char *reason)
{
    entity->undo = kind;
    entity->undo_reason = reason;
}

static void decide_rows(Arena *arena, EntityPlan *entity)
{
    FOR_EACH(const Mapping, mapping, *mapping_to_target(entity))
        entity->undo_images = entity->undo_images || (entity->meets_rows && mapping->updated);
    if (!take_own_key(arena, entity) && entity->key.count > 0 && !may_be_null(entity))
        entity->undo_key = entity->key;
    if (entity->undo_key.count > 0)
        decide(entity, UNDO_ROWS,
               entity->undo_images ? "each chunk records the keys of rows that it inserts, and rows that it changes as they were"
                                   : "each chunk records the keys of rows that it inserts");
    else if (!entity->undo_images)
        decide(entity, UNDO_ROWS, "each chunk records the rows that it inserts, whole: the table has no key to find them by");
    else
        decide(entity, UNDO_OFF,
               "nothing is recorded: the upsert's key may be null, so a changed row could not be found again");
}

static bool may_meet_ours(const EntityPlan *entity)
{
    return entity->meets_rows && entity->write == WRITE_UPSERT;
}

void undo_decide(Arena *arena, EntityPlan *entity)
{
    if (entity->entity->no_undo)
        decide(entity, UNDO_OFF, "nothing is recorded: `undo: false`");
    else if (writing_empties(entity))
        decide(entity, UNDO_EMPTY, entity->gathered->into_empty ? "the table was empty: nothing is recorded"
                                                                : "the rows that are there are kept before they are removed");
    else if (entity->gathered->into_empty && !may_meet_ours(entity))
        decide(entity, UNDO_EMPTY, "the table was empty: nothing is recorded");
    else
        decide_rows(arena, entity);
    if (entity->undo != UNDO_ROWS || entity->way != WAY_STREAM)
        return;
    entity->way = WAY_STAGE;
    entity->way_reason = "the table has rows: which ones are new is recorded";
}

/* ---- the way back, for people ---- */

/* Tables of which this is true, with `what` before them; nothing without any. */
static void add_tables(Arena *arena, const Plan *plan, UndoKind kind, bool images, const char *what, StringList *lines)
{
    StringList tables = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        const char *title = entity->into ? title_of_relation(arena, entity->into) : NULL;
        if (title && entity->undo == kind && entity->undo_images == images && !string_list_contains(&tables, title))
            LIST_PUSH(arena, &tables, title);
    }
    if (tables.count > 0)
        LIST_PUSH(arena, lines, arena_printf(arena, "%s %s", what, string_list_join(arena, &tables, ", ")));
}

static void add_copies(Arena *arena, const Plan *plan, StringList *lines)
{
    StringList firing = {0};
    add_tables(arena, plan, UNDO_EMPTY, false, "rehome rollback empties", lines);
    add_tables(arena, plan, UNDO_ROWS, false, "rehome rollback deletes what is inserted into", lines);
    add_tables(arena, plan, UNDO_ROWS, true, "rehome rollback deletes what is inserted, and restores what is changed, in", lines);
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (entity->into && entity->undo == UNDO_OFF)
            LIST_PUSH(arena, lines, arena_printf(arena, "%s undoes %s: %s", entity->undo_marks ? "only rehome rollback --from-backup" : "nothing",
                                                 entity->entity->name, entity->undo_reason));
        if (entity->into && entity->triggers.count > 0 && !string_list_contains(&firing, title_of_relation(arena, entity->into)))
            LIST_PUSH(arena, &firing, title_of_relation(arena, entity->into));
    }
    if (firing.count > 0)
        LIST_PUSH(arena, lines, arena_printf(arena, "nothing undoes what triggers write elsewhere: they fire on %s",
                                             string_list_join(arena, &firing, ", ")));
}

StringList undo_ways_back(Arena *arena, const Plan *plan, StepKind kind)
{
    StringList lines = {0};
    if (kind == STEP_COPY)
        add_copies(arena, plan, &lines);
    if (lines.count == 0)
        LIST_PUSH(arena, &lines, step_rule(kind)->undo);
    for (size_t i = 0; kind == STEP_EXPAND && i < plan->gathered->not_undone.count; i++)
        LIST_PUSH(arena, &lines, arena_printf(arena, "nothing undoes this: %s", plan->gathered->not_undone.items[i]));
    return lines;
}
