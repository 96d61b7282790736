/* The careful mover over all of a KeySet, in smaller pieces where a statement fails that cannot be told row by row: a
 * transform that divides by zero, a rule of the manifest, a `load` that needs all rows at once. What is left in the end
 * is one driving row, which becomes a reject. */
#pragma once

#include "copy/mover.h"

/* In the target's open transaction, which has failed in nothing yet; the source's is begun anew when it has failed.
 * Deferred constraints have spoken when it succeeds. Fails where no smaller piece can be made, and for whatever is not
 * the data's fault. */
bool piecewise_move(Arena *arena, const Move *move, Books *books, Error *error);
