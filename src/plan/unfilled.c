#include "plan/unfilled.h"

#include "plan/mapping.h"
#include "plan/reason.h"
#include "plan/title.h"

static bool fills(const Plan *plan, const Entity *entity, const Relation *relation)
{
    return catalog_relation(plan->gathered->target, entity->into.schema, entity->into.name) == relation;
}

/* Some entity fills it, and what all of them give is known: they are selected, and nothing is wrong with them. */
static bool is_known(const Plan *plan, const Relation *relation)
{
    bool filled = false;
    FOR_EACH(const Entity, entity, plan->manifest->entities) {
        if (!fills(plan, entity, relation))
            continue;
        const EntityPlan *entity_plan = plan_entity(plan, entity->name);
        if (!entity_plan || mapping_to_target(entity_plan)->count == 0)
            return false;
        filled = true;
    }
    return filled;
}

static bool is_given(const Plan *plan, const Relation *relation, const Column *column)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation && mapping_find(mapping_to_target(entity), column->name))
            return true;
    return false;
}

static bool is_filled_by_itself(const Column *column)
{
    return column->has_default || column->identity || column->generated;
}

static void list_column(Arena *arena, Plan *plan, const ReasonBook *book, const Relation *relation,
                        const Column *column)
{
    ColumnCount *count = &plan->new_columns;
    bool given = is_given(plan, relation, column);
    bool own = is_filled_by_itself(column);
    count->given += given;
    count->used += !given && own;
    if (given || own)
        return;
    const Reason *reason = reason_find(book, relation, column);
    count->explained += reason != NULL;
    count->left += !reason;
    *LIST_ADD(arena, &plan->not_filled) =
        (Uncovered){.relation = relation,
               .column = column,
               .title = arena_printf(arena, "%s.%s", title_of_relation(arena, relation), column->name),
               .kind = "column",
               .wanted = true,
               .reason = reason ? reason->because : NULL};
}

static bool has_source(void *self, const Relation *relation, const Column *column)
{
    const Plan *plan = self;
    return column && is_known(plan, relation) && (is_given(plan, relation, column) || is_filled_by_itself(column));
}

static void warn_of_reasons(Arena *arena, Plan *plan, const ReasonBook *book)
{
    ReasonList vain = {0};
    reason_find_vain(arena, book, has_source, plan, &vain);
    FOR_EACH(const Reason, reason, vain)
        LIST_PUSH(arena, &plan->warnings,
                  arena_printf(arena, "%s:%d:%d: \"%s\" is under \"unfilled\", and it has a source or a default",
                               reason->place.file, reason->place.line, reason->place.column, reason->text));
}

void unfilled_build(Arena *arena, Plan *plan)
{
    const ReasonBook book = reason_of_new(arena, plan);
    FOR_EACH(const Relation, relation, plan->gathered->target->relations)
        if (is_known(plan, relation))
            FOR_EACH(const Column, column, relation->columns)
                list_column(arena, plan, &book, relation, column);
    warn_of_reasons(arena, plan, &book);
}
