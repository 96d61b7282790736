/* The first words of somebody's query, for people: what it does, and never a value. */
#pragma once

#include "base/arena.h"

/* Literals become `…`, comments go, white space is one blank; names stay. At most about `most` bytes. Where it cannot be told what is
 * a value (a backslash in a plain literal, a text that the server has cut) the rest is left out. */
char *outline_of(Arena *arena, const char *sql, size_t most);
