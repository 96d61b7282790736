/* The steps of a plan and which need which: every step stands after the ones it needs. */
#pragma once

#include "plan/hold.h"
#include "plan/plan.h"

/* Fills plan->steps from entities in their order and what is held back. */
void steps_build(Arena *arena, Plan *plan, const HoldList *holds);
/* The foreign key comes back NOT VALID and a step of its own validates it; else it comes back as it was, at once. */
bool steps_validate_later(const Catalog *target, const Relation *from, const ForeignKey *key);
/* A btree is built while others are built on the same table, and then made a constraint; any other constraint comes
 * back as a whole. */
bool steps_build_index_first(const Index *index);
