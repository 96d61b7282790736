/* How rows are written into a target table: the write mode, the key that makes two rows one, what an upsert updates. */
#pragma once

#include "plan/plan.h"

/* Fills in key, write, in_key, updated and left_out of an entity whose mappings are there. */
void writing_decide(Arena *arena, EntityPlan *plan, Mistakes *mistakes);
/* Mistakes for what its role may not do, or what other entities on the same table forbid. */
void writing_check(const Plan *plan, const EntityPlan *entity, Mistakes *mistakes);

/* The whole table is emptied before. */
bool writing_empties(const EntityPlan *plan);
