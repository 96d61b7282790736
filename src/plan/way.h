/* How rows get to the target: inside one database, as a stream, or by way of a staging table; and COPY's format. */
#pragma once

#include "plan/plan.h"

/* `entity` is one of plan->entities; the ones before it on the same table count. */
void way_decide(Arena *arena, const Plan *plan, EntityPlan *entity);
/* The entity before this one that fills the same table; NULL: it is the first. */
const EntityPlan *way_previous_into(const Plan *plan, const EntityPlan *entity);
