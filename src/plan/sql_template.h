/* SQL with marks that are filled in: how the rule tables of casts write their expressions. */
#pragma once

#include "base/arena.h"

/* What the marks stand for; NULL stays as written. */
typedef struct SqlMarks {
    const char *value; /* $v */
    const char *type;  /* $t: target type with typmod */
    const char *bare;  /* $b: target type without */
    const char *n;     /* $n: length or precision */
    const char *scale; /* $s */
    const char *limit; /* $l */
} SqlMarks;

/* A `$` before any other character stays. */
char *sql_template_fill(Arena *arena, const char *text, const SqlMarks *marks);
