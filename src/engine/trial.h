/* What was tried in vain: how often each chunk and each step, by whichever worker of this process, and until when it rests. */
#pragma once

#include "base/arena.h"

typedef struct Trials Trials;

Trials *trials_new(void);
void trials_free(Trials *trials);

/* One more failure of `name`; returns how many that makes. */
int trials_failed(Trials *trials, const char *name);
/* It is not taken up before `seconds` have passed. */
void trials_rest(Trials *trials, const char *name, double seconds);
/* It came to its end: nothing is held against it. */
void trials_forget(Trials *trials, const char *name);
/* The names that rest now, as an array literal of SQL. */
char *trials_resting(Arena *arena, Trials *trials);
