/* Names of any length and script in a picture, where no browser breaks lines. Pure. */
#pragma once

#include "base/arena.h"

/* How wide a text is, in characters of usual width; those of East Asia and pictures are two. */
int label_width(const char *text);
/* The text, or as much of its beginning as fits with "…" into `most` characters. Never cut within a character. */
char *label_cut(Arena *arena, const char *text, int most);
/* The same for a place in a line: whichever way it runs, what stands beside it stays where it is. */
char *label_isolated(Arena *arena, const char *text, int most);
