/* A value out of the ledger, as people read it and as programs do. Pure.
 *
 * Values come as the server writes them, NULL for NULL: numbers as digits, booleans as t and f, times in UTC, lists as
 * array literals. */
#pragma once

#include "base/arena.h"
#include "base/list.h"
#include "report/html.h"

#include <jansson.h>

typedef enum CellKind {
    CELL_TEXT,
    CELL_NAME,  /* of an entity, a table, a role */
    CELL_CODE,  /* a digest, an address, a file */
    CELL_STATE, /* a word that is good or bad, see cell_mood() */
    CELL_TIME,  /* a moment */
    CELL_COUNT,
    CELL_NUMBER, /* a count that is a number of something: not grouped, 2023 */
    CELL_BYTES,
    CELL_SECONDS,
    CELL_MS,
    CELL_REAL,    /* 0.5 */
    CELL_TIMES,   /* 12.5: twelve and a half times */
    CELL_BALANCE, /* a boolean: whether books balance */
    CELL_BOOL,
    CELL_NAMES,   /* a list, one behind the other */
    CELL_LINES,   /* a list, one below the other */
    CELL_KEY,     /* JSON */
    CELL_KEYS,    /* a list of them, one below the other */
    CELL_CHANGES, /* {"column": {"source", "target"}} */
    CELL_HIDDEN   /* not told */
} CellKind;

/* What a state means for who reads it: "good", "bad", "warn" or "calm". */
const char *cell_mood(const char *state);
/* Numbers stand at the right. */
bool cell_is_number(CellKind kind);
/* Those whose value is `items`. */
bool cell_is_list(CellKind kind);

/* `items`: of a list, instead of `text`. */
void cell_write(Arena *arena, CellKind kind, const char *text, const StringList *items, Html *html);
json_t *cell_json(CellKind kind, const char *text, const StringList *items);

/* A state with its sign and colour. */
void cell_write_state(const char *state, const char *mood, Html *html);
/* "2026-11-21 20:25:13" of "2026-11-21 20:25:13.123456+00". */
char *cell_time(Arena *arena, const char *text);
