/* What to run next, and what undoes what was done: law 9. A table over phase and state. */
#pragma once

#include <stdbool.h>

typedef struct Advice {
    const char *next;   /* a command, or a query */
    const char *reason; /* half a sentence: what it does now */
    const char *back;
} Advice;

/* `phase` NULL: never run. `over_budget`: there are rejects that none is planned for. `back`: of back.h. */
Advice advice_for(const char *phase, const char *state, bool over_budget, const char *back);
