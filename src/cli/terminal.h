/* What the terminal can do, and how wide text is on it. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* A terminal on which the cursor can be moved. */
bool terminal_is_live(int descriptor);
/* Unless --no-color, NO_COLOR or a terminal that is none. */
bool terminal_has_color(int descriptor, bool no_color);
/* Whether characters beyond ASCII can be shown. */
bool terminal_is_utf8(void);

typedef struct TerminalSize {
    int width, height;
} TerminalSize;
/* COLUMNS and LINES, else what the terminal says, else 80 × 24. */
TerminalSize terminal_size(int descriptor);

/* Columns that UTF-8 text takes. */
int terminal_columns(const char *text);
/* Adds `text` cut to `width` columns, ending in "…" when cut, filled up with blanks: on its right, or on its left with
 * `right`. */
void terminal_add_cell(Text *line, const char *text, int width, bool right);
