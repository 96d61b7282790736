/* One row of a result, read from left to right. Texts are copied into the arena. Only for src/catalog. */
#pragma once

#include "catalog/catalog.h"
#include "pg/conn.h"

typedef struct Row {
    Arena *arena;
    const Result *result;
    int number;
    int column; /* the next one to read */
} Row;

/* A new element of a list that gets room for exactly `expected` elements when it is empty: a catalog has many short
 * lists. */
#define ROW_ADD(row, list, expected)                                                                        \
    ((list)->items ? NULL                                                                                   \
                   : ((list)->capacity = (expected),                                                        \
                      (list)->items = arena_alloc((row)->arena, (list)->capacity * sizeof *(list)->items)), \
     LIST_ADD((row)->arena, (list)))

/* How many rows the result has; how many from this one on begin with the same value. */
size_t row_count(const Row *row);
size_t row_siblings(const Row *row);

char *row_text(Row *row);       /* NULL for NULL */
const char *row_peek(Row *row); /* not copied: lives with the result */
int64_t row_number(Row *row);   /* 0 for NULL, as below */
double row_real(Row *row);
ObjectId row_oid(Row *row);
bool row_bool(Row *row);
char row_char(Row *row);                         /* of a "char" or the first of a text */
void row_numbers(Row *row, NumberList *numbers); /* "1 2 3" */
void row_texts(Row *row, StringList *texts);     /* of an array; none for NULL */
