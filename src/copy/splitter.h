/* Which rows of a page to try next, so that every one that the target refuses is found and all others arrive. Pure.
 *
 * Rows are tried in their order, some at once. Where the server names the line that it refused, the rows before it are
 * tried again and it alone is left out; where it names none, halves are tried. Behind a refused row the tries begin
 * small, twice the distance of the last two, and double with each success: rows behind a bad one are rarely sent in
 * vain (slow start). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Splitter {
    size_t count;  /* rows of the page */
    size_t at;     /* those before it are settled */
    size_t end;    /* of the rows that are being tried */
    size_t stride; /* how many are tried at once; goes on from page to page */
    size_t since;  /* good rows since the last refused one, likewise */
    bool named;    /* the row at `end` was refused while those before it were with it */
    size_t failing; /* somewhere before it is a row that is refused; 0: nobody knows */
} Splitter;

Splitter splitter_new(void);
/* Another page; all of the last one is settled. */
void splitter_begin(Splitter *splitter, size_t count);
/* The rows to try: at … end - 1. False: every row is settled. */
bool splitter_next(Splitter *splitter);

typedef enum SplitterVerdict {
    SPLITTER_GOES_ON,
    SPLITTER_NAMES,  /* the failure is that of the row behind those that are tried next: keep it */
    SPLITTER_REFUSES /* the row `at` - 1 is refused: after a failure by it, after a success by the one that was kept */
} SplitterVerdict;
SplitterVerdict splitter_passed(Splitter *splitter);
/* `line`: which of the tried rows it was, counted from 1; 0: nobody knows. */
SplitterVerdict splitter_failed(Splitter *splitter, size_t line);
