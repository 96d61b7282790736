/* The order of copying: parents before children, by the target's foreign keys, and what is looked up before whoever
 * looks it up; circles are broken where a key is held back. */
#pragma once

#include "plan/hold.h"
#include "plan/plan.h"

/* Sorts plan->entities and says in `cycle` how self-references and circles are handled. A circle that nothing opens is
 * a mistake. */
void order_build(Arena *arena, Plan *plan, const HoldList *holds, Mistakes *mistakes);

/* The parent has to be complete before rows of the child can be written: a foreign key of the child's table to the
 * parent's stays, or the child looks the parent's rows up. */
bool order_must_follow(const Plan *plan, const HoldList *holds, const EntityPlan *child, const EntityPlan *parent);
/* A foreign key from its table to itself that stays while it is filled. */
bool order_is_self_referencing(const Catalog *catalog, const HoldList *holds, const EntityPlan *entity);
