/* Columns of the target's tables that the migration gives nothing, and that have nothing by themselves. */
#pragma once

#include "plan/plan.h"

void unfilled_build(Arena *arena, Plan *plan);
