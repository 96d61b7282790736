/* Rows of the source asked for by the key that they have in the target. An index of the source serves where the transform
 * gives the key as it stands in a table; else all rows are read, but not hashed. Pure. */
#pragma once

#include "verify/subject.h"

/* Leaves only rows that have one of these keys: a KEYSET_LIST over the subject's key. */
void given_keep(Arena *arena, const Subject *subject, const Filling *filling, const KeySet *given, HashedRows *rows);
