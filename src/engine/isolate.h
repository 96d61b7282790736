/* Which row it was: when a chunk fails with a data error, smaller and smaller parts of it are tried, each rolled back, until one row is left. */
#pragma once

#include "copy/mover.h"

/* Adds `key: (id) = (17)` to the error's message. Leaves the error as it is when the entity cannot be narrowed or the row cannot be found again. Both
 * connections are outside a transaction on the target side before and after. */
void isolate_row(Arena *arena, const Move *move, const char *begin_mode, Error *failure);
