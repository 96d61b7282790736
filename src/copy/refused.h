/* Rows that were refused, on their way into rehome.reject: with the row as the transform gives it and as the source
 * holds it, which are asked for by their keys. */
#pragma once

#include "copy/mover.h"
#include "copy/refusal.h"

typedef struct Refused {
    const char *const *key;   /* statement_key_width() texts, or plan_driving_key()'s where the transform failed */
    const char *const *texts; /* of the columns that were relayed; NULL: not known */
    Refusal why;
} Refused;
typedef LIST(Refused) RefusedList;

/* Whether the typed row can be asked for: a key gives one row at most. */
bool refused_can_ask(const EntityPlan *entity);
/* One reject for each, in the chunk's transaction. The source must be free for other statements. `driving`: the keys are
 * those of driving rows of which the transform gives no row. */
bool refused_write(Arena *arena, const Move *move, const RefusedList *refused, bool driving, Error *error);
