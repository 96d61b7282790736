/* COPY … FROM STDIN of some of a page's rows, and what the server says of the row that it refuses. */
#pragma once

#include "pg/conn.h"
#include "pg/row_page.h"

/* Where in the COPY an error arose, as far as its context tells: foreign keys, AFTER triggers and a server whose
 * language puts "COPY" elsewhere tell nothing. */
typedef struct CopyPlace {
    int64_t line;     /* counted from 1; 0: not told */
    char column[128]; /* "": not told */
} CopyPlace;

/* `sql`: any statements, the last one a COPY of the table that is called `relation` there, without its schema. */
typedef struct CopyRows {
    const char *sql, *relation;
    const RowPage *page;
    size_t from, count;
} CopyRows;

/* All of the rows are taken, or none with the error and its place. Stays usable for the next try after ROLLBACK TO. */
bool copy_rows(Conn *to, const CopyRows *rows, int64_t *taken, CopyPlace *place, Error *error);

/* Reads `COPY leads, line 17, column email: …` out of a CONTEXT of several lines. Only the words are translated, so
 * neither "line" nor "column" is looked for. Pure. */
CopyPlace copy_place_parse(const char *context, const char *relation);
