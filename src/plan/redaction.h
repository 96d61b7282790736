/* `redact:` of an entity: which columns' values never enter a reject or a conflict. */
#pragma once

#include "plan/plan.h"

/* Fills plan->hidden: the columns that are named, what the transform makes of such a column of the driving table, and
 * the driving columns that such an output is made of. A name that is no column is a mistake: it would hide nothing. */
void redaction_build(Arena *arena, EntityPlan *plan, Mistakes *mistakes);
