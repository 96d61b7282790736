/* How an entity's rows are written when they are put right: always staged, by its key, and no column that verification
 * leaves out is touched in a row that is there. Pure. */
#pragma once

#include "plan/plan.h"

typedef struct Variant {
    EntityPlan entity;
    bool by_driving;    /* its transform can be run for some driving rows alone */
    bool by_key;        /* its rows have a key */
    const char *cannot; /* why missing rows cannot be written at all; NULL: they can */
} Variant;

Variant variant_of(Arena *arena, const EntityPlan *entity);
/* Rows with these keys of the target's rows, or of the driving table. */
KeySet variant_target_keys(Arena *arena, const EntityPlan *entity, const StringList *const *keys, size_t count);
KeySet variant_driving_keys(Arena *arena, const EntityPlan *entity, const StringList *const *keys, size_t count);
