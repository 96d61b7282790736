/* How much disk and time a plan will take: a rough guess, for people. */
#pragma once

#include "plan/plan.h"

void estimate_build(Plan *plan, int jobs);
