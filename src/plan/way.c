#include "plan/way.h"

bool way_may_meet(const EntityPlan *one, const EntityPlan *other)
{
    bool siblings = one->entity->template && one->entity->template == other->entity->template;
    return one->into == other->into && !(siblings && one->entity->write == WRITE_DEFAULT);
}

const EntityPlan *way_previous_into(const Plan *plan, const EntityPlan *entity)
{
    const EntityPlan *previous = NULL;
    for (const EntityPlan *other = plan->entities.items; other < entity; other++)
        if (way_may_meet(other, entity))
            previous = other;
    return previous;
}

static void decide(EntityPlan *entity, Way way, const char *reason)
{
    entity->way = way;
    entity->way_reason = reason;
}

static void decide_way(Arena *arena, const Plan *plan, EntityPlan *entity)
{
    const EntityPlan *previous = way_previous_into(plan, entity);
    if (plan->gathered->same)
        decide(entity, WAY_INSIDE, "source and target are one database");
    else if (entity->load)
        decide(entity, WAY_STAGE, "\"load\" reads the staged rows");
    else if (entity->write == WRITE_SKIP)
        decide(entity, WAY_STAGE, "rows whose key is there already are kept");
    else if (entity->write == WRITE_UPSERT && !entity->gathered->into_empty)
        decide(entity, WAY_STAGE, "the table has rows that an upsert may meet");
    else if (entity->write == WRITE_UPSERT && previous)
        decide(entity, WAY_STAGE, arena_printf(arena, "\"%s\" fills the table before it", previous->entity->name));
    else if (entity->write == WRITE_UPSERT)
        decide(entity, WAY_STREAM, "the table is empty: there is nothing to conflict with");
    else
        decide(entity, WAY_STREAM,
               entity->write == WRITE_REPLACE ? "the table is emptied before" : "rows are only inserted");
}

void way_decide(Arena *arena, const Plan *plan, EntityPlan *entity)
{
    decide_way(arena, plan, entity);
    bool empty = entity->gathered->into_empty && !way_previous_into(plan, entity);
    entity->meets_rows = entity->write == WRITE_SKIP || (entity->write == WRITE_UPSERT && !empty);
    entity->binary = true;
    if (entity->way == WAY_INSIDE)
        return;
    FOR_EACH(const Mapping, mapping, entity->mappings) {
        if (mapping->binary)
            continue;
        entity->binary = false;
        entity->format_reason = arena_printf(arena, "column \"%s\" (%s) has no binary form that both sides share",
                                             mapping->name, mapping->to ? mapping->to->type_name : "text");
        return;
    }
}
