/* The third look: rows that differ are read once more, on both sides, and the columns are named in which they do.
 *
 * A row is read by its driving key on the source and by its key on the target, so that indexes serve; where one is not
 * known the units are read again, and rows chosen by the hash of their key. */
#pragma once

#include "verify/compare.h"

/* Fills the columns of the findings' different rows. Values of columns under `redact` read "(redacted)". */
bool named_fill(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, Finding *findings, Error *error);
