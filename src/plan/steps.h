/* The steps of a plan and which need which: every step stands after the ones it needs. */
#pragma once

#include "plan/hold.h"
#include "plan/plan.h"

/* Fills plan->steps from entities in their order and what is held back. */
void steps_build(Arena *arena, Plan *plan, const HoldList *holds);
