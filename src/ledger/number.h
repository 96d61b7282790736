/* Numbers as the text that statement parameters want. */
#pragma once

#include "base/arena.h"

#include <inttypes.h>
#include <stdint.h>

static inline char *number_text(Arena *arena, int64_t number)
{
    return arena_printf(arena, "%" PRId64, number);
}
