/* Params of an array type: what a person writes on the command line, as elements. Pure. */
#pragma once

#include "base/list.h"

/* "uuid" of "uuid[]"; NULL when the type is no array. */
char *param_array_element_type(Arena *arena, const char *type);

/* Adds the elements of `A,B` to the list. Blanks around an element do not count; one with a comma, a blank at its end
 * or nothing in it stands in double quotes, which are doubled inside: `"a,b","say ""x""",""`. An empty text has none.
 * NULL, or what is wrong. */
const char *param_array_split(Arena *arena, const char *text, StringList *elements);
