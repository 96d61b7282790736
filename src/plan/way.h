/* How rows get to the target: inside one database, as a stream, or by way of a staging table; and COPY's format. */
#pragma once

#include "plan/plan.h"

/* `entity` is one of plan->entities; the ones before it on the same table count. */
void way_decide(Arena *arena, const Plan *plan, EntityPlan *entity);
/* Both fill one table, and the one may give a row that the other has given. Items of one list are thought to have rows
 * of their own as long as nobody says how they are written: so they need not wait for each other, and where two do give
 * the same key, the table's unique index refuses the second or, where it was not empty, verification finds it. */
bool way_may_meet(const EntityPlan *one, const EntityPlan *other);
/* The entity before this one whose rows it may meet; NULL: there is none. */
const EntityPlan *way_previous_into(const Plan *plan, const EntityPlan *entity);
