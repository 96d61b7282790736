/* What to run next, and what undoes what was done: law 9. A table over phase and state. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Advice {
    const char *next;   /* a command, or a query */
    const char *reason; /* half a sentence: what it does now */
    const char *back;
} Advice;

/* `phase` NULL: never run. `migration` is its id in the ledger. `over_budget`: there are rejects that none is planned
 * for. */
Advice advice_for(Arena *arena, const char *phase, const char *state, bool over_budget, int64_t migration);
