/* What a writer of HTML has written, as text. */
#pragma once

#include "report/html.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Written {
    Html html;
    char *text;
    size_t length;
} Written;

static inline void written_begin(Written *written)
{
    *written = (Written){0};
    written->html.out = open_memstream(&written->text, &written->length);
}

/* It lives until written_free(). */
static inline const char *written_end(Written *written)
{
    fclose(written->html.out);
    return written->text;
}

static inline void written_free(Written *written)
{
    free(written->text);
}
