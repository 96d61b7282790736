/* Buckets that are ranges of the key: what differs is then read again through the key's index, and not by reading all.
 * Where the key is one column of a type that both servers order alike; else buckets go by the key's hash. */
#pragma once

#include "verify/subject.h"

/* Whether the subject's key can be cut into ranges. */
bool bounds_are_possible(const Subject *subject);
/* SELECT of about so many keys of the target, in order, each of which begins a range: taken from a sample. `blocks`: of the
 * target's heap, 0 where it has none of its own. */
char *bounds_sample(Arena *arena, const Subject *subject, int64_t rows, int64_t blocks, int buckets);
/* The bucket of a key, an int4; `key` is SQL of its value. */
char *bounds_bucket(Arena *arena, const KeyBounds *bounds, const char *key);
/* Whether a key is in one of the wanted buckets, as ranges that an index can serve. */
char *bounds_ranges(Arena *arena, const KeyBounds *bounds, const char *key, const bool *wanted);
