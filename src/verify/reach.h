/* How rows that differ are asked for again: by their keys, so that indexes serve. Pure. */
#pragma once

#include "verify/odd_row.h"
#include "verify/subject.h"

/* The rows of the target by their keys; false when they have none, or one of them is not known. */
bool reach_target(Arena *arena, const Subject *subject, const OddRowList *odd, KeySet *keys);
/* The rows of the source by their driving keys; false when they cannot be asked for by them. */
bool reach_source(Arena *arena, const Filling *filling, const OddRowList *odd, KeySet *keys);
/* Whether the transform's rows can be narrowed to some driving keys. */
bool reach_is_narrow(const Filling *filling);
