/* Which row it was: when a chunk fails with a data error, smaller and smaller parts of it are tried, each rolled back,
 * until one row is left. */
#pragma once

#include "copy/mover.h"
#include "pg/snapshot.h"

/* Adds `key: (id) = (17)` to the error's message. Leaves the error as it is when the entity cannot be narrowed or the
 * row cannot be found again. Both connections are outside a transaction on the target side before and after, unless
 * `inside`. */
typedef struct Isolation {
    const Move *move;
    Snapshot *snapshot;     /* of the source; NULL inside one database */
    const char *begin_mode; /* of the target's transactions */
    bool inside;            /* both are in transactions that must go on: savepoints take the place of transactions */
} Isolation;
void isolate_row(Arena *arena, const Isolation *isolation, Error *failure);
