/* Whether a SELECT or a condition gives the same for the same rows whenever it is run, as far as its text tells: it
 * reads neither the clock, chance nor the session, and calls no function that a user has written, which may read
 * anything. A doubt falls on the careful side: a column that is called like such a function counts, too. Pure. */
#pragma once

#include "transform/functions.h"

/* `routines`: names of the functions that users have written. A text that is not understood is not steady. */
bool steady_is(Arena *arena, const char *sql, bool is_condition, const Functions *functions,
               const StringList *routines);
