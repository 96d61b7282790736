/* Whose rows an entity's SQL looks up: what another entity fills has to be there first, foreign key or not. */
#pragma once

#include "plan/plan.h"

/* Finds the target's tables that each entity's SQL reads: `load` always, the rest inside one database; and the
 * crosswalks. A table that is still to be filled by an entity that --only leaves out is a mistake. */
void lookup_build(Arena *arena, Plan *plan, Mistakes *mistakes);
/* How `reader` reads the table that `filler` fills; or its crosswalk; NULL when it does not, or fills the
 * same table itself. */
const Lookup *lookup_find(const Plan *plan, const EntityPlan *reader, const EntityPlan *filler);
