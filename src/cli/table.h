/* A table for people: columns as wide as their widest cell, numbers to the right. */
#pragma once

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct TableColumn {
    const char *title;
    bool right;
} TableColumn;

typedef struct Table {
    Arena *arena;
    const TableColumn *columns;
    size_t width;             /* number of columns */
    LIST(const char **) rows; /* NULL: a line across */
} Table;

Table table_new(Arena *arena, const TableColumn *columns, size_t count);
/* A new row of empty cells. */
const char **table_add_row(Table *table);
void table_add_line(Table *table);
void table_print(const Table *table, FILE *out);
