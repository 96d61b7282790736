/* Some rows, held in the form in which COPY … FROM STDIN takes them, each with the key that tells whose row it is. Pure.
 *
 * The first columns of what is added are the key (texts); the others are the row. A page keeps its memory when it is
 * cleared, so that a relay of any length needs no more than its biggest page. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum RowFormat { ROW_TEXT, ROW_BINARY } RowFormat;

typedef struct RowPlace {
    size_t key, start, end; /* bytes of the page; an end is the next row's key */
} RowPlace;

typedef struct RowPage {
    Arena *arena;
    RowFormat format;
    size_t key_columns;
    bool sends_key; /* the key is part of the row, too */
    char *bytes;
    size_t length, capacity;
    RowPlace *rows;
    size_t count, rows_capacity;
} RowPage;

RowPage row_page_new(Arena *arena, RowFormat format, size_t key_columns, bool sends_key);
void row_page_clear(RowPage *page);

/* Adds a row: `columns` values with those of the key, NULL for null. */
void row_page_add(RowPage *page, size_t columns, const char *const *values, const size_t *lengths);

/* The key of a row: as many texts as the key has columns, each NULL for null. They live with the page. */
const char **row_page_key(Arena *arena, const RowPage *page, size_t row);
/* The values of a row in text format, as texts; their number in *count. */
const char **row_page_texts(Arena *arena, const RowPage *page, size_t row, size_t *count);

/* What stands before the first row and behind the last one of a COPY. */
const char *row_page_header(RowFormat format, size_t *length);
const char *row_page_trailer(RowFormat format, size_t *length);
