/* What is not wrong but ought to be known before it happens. */
#pragma once

#include "plan/plan.h"

void warning_build(Arena *arena, Plan *plan);
