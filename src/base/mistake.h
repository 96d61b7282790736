/* Mistakes in what the user wrote: each with its place, all reported in one go.
 *
 *     migration.yaml:4:5: unknown key "jobz"; did you mean "jobs"? */
#pragma once

#include "base/error.h"
#include "base/list.h"

/* Where something stands in the user's files. `line` and `column` begin at 1; 0 means the file as a whole. */
typedef struct Place {
    const char *file; /* as the user would write it, relative to the migration folder */
    int line;
    int column;
} Place;

typedef struct Mistake {
    Place place;
    const char *message;
} Mistake;

typedef struct Mistakes {
    Arena *arena;
    LIST(Mistake) list;
} Mistakes;

void mistake_add(Mistakes *mistakes, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "migration.yaml:4:5: message", in the order of file, line, column. */
char *mistake_print(Arena *arena, const Mistake *mistake);
void mistakes_sort(Mistakes *mistakes);
/* True when there is none; otherwise sets an ERROR_INPUT whose message holds all of them, one a line. */
bool mistakes_none(Mistakes *mistakes, Error *error);
