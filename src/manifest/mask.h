/* What the user wrote, as a message may show it. */
#pragma once

#include "base/arena.h"

/* In double quotes, shortened, on one line, and without anything that may be a password: a text stops behind `://` and
 * behind the word password, and one with an @ behind its first colon. */
const char *mask_quote(Arena *arena, const char *text);
