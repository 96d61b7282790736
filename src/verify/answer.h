/* What a check found, and whether that is what it expects. Pure. */
#pragma once

#include "manifest/manifest.h"

#include <stdint.h>

typedef struct Answer {
    int64_t rows;
    int columns;
    const char *column; /* name of the first column */
    const char *first;  /* first value of the first row; NULL: NULL or no row */
} Answer;

bool answer_matches(const Check *check, const Answer *answer);
/* passed, or by the check's severity warned or failed. */
const char *answer_state(const Check *check, bool matches);
/* For people: "17", "3 rows", "NULL"; a lone 0 that is no count says why it is none. */
char *answer_print(Arena *arena, const Check *check, const Answer *answer);
/* At most `length` bytes, ending in "…" when cut; never in the middle of a character. */
char *answer_shorten(Arena *arena, const char *text, size_t length);
