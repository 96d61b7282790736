/* JSON documents as text in an arena. */
#pragma once

#include "base/arena.h"

#include <jansson.h>

/* `flags`: jansson's, JSON_COMPACT or JSON_INDENT(n) and so on. */
char *json_text(Arena *arena, const json_t *json, size_t flags);
