/* What is left behind and what stays empty, for people: what has no reason first, then the reasons with what they are
 * given for. */
#pragma once

#include "base/text.h"
#include "plan/plan.h"

/* With `all` each thing has a line of its own. */
void print_left(Text *text, const Plan *plan, bool all);
