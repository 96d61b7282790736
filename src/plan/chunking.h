/* How an entity is cut into chunks: by key, by place in the heap, or not at all; and how big they are. */
#pragma once

#include "plan/plan.h"

/* `whole`: why it has to be one chunk whatever its transform allows; NULL: nothing says so. */
void chunking_decide(Arena *arena, const Gathered *gathered, EntityPlan *plan, int jobs, const char *whole);
