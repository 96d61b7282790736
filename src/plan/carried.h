/* What the migration leaves behind: things of the source that no transform reads. */
#pragma once

#include "plan/plan.h"

void carried_build(Arena *arena, Plan *plan);
