/* The entities of a plan, for people: where rows come from and go to, and how. Items of a `for_each` of which the same
 * is to be said stand together. */
#pragma once

#include "base/text.h"
#include "plan/plan.h"

void print_entities(Text *text, const Plan *plan);
