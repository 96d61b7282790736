/* What a chunk records so that `rehome rollback` can undo it. */
#pragma once

#include "plan/plan.h"

/* Once the ways are decided; an insert into a table with rows is staged for its sake, because a COPY does not say which
 * rows it made. */
void undo_decide(Arena *arena, EntityPlan *entity);
/* The way back of the steps of a kind: "rehome rollback empties customers, orders", one string a line. */
StringList undo_ways_back(Arena *arena, const Plan *plan, StepKind kind);
