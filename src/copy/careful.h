/* The careful way to move rows: those that the target refuses are found one by one and become rejects, all others
 * arrive.
 *
 * Rows travel through us in pages, are tried under a savepoint and, where the target refuses, in parts (splitter.h). One
 * SELECT gives them all, so a transform that fails for a row fails here; that is for piecewise.h. */
#pragma once

#include "copy/mover.h"

/* Like the three ways of mover.c: *given counts the transform's rows, refused ones too, which `books` has as rejected.
 * What a crosswalk keeps is written with the rows. */
bool careful_move(Arena *arena, const Move *move, int64_t *given, Books *books, Error *error);
