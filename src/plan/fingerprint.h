/* A hash of all that decides what an entity writes: another one means that the manifest or a schema was changed in
 * between. */
#pragma once

#include "plan/plan.h"

char *fingerprint_build(Arena *arena, const EntityPlan *plan);
/* The same of a bench: another one means that it has to be measured again. */
char *fingerprint_bench(Arena *arena, const Bench *bench);
