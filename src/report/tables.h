/* What a report tells, as rows of a table: sections, the tables in them, the columns of these. The page and the JSON
 * document are made of the same rows, so neither says what the other does not. */
#pragma once

#include "report/cell.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    REPORT_COLUMNS = 20,
    REPORT_MOST_ROWS = 1000 /* of a table; the page says when there are more, and where */
};

typedef struct ReportColumn {
    const char *name;  /* in JSON; NULL: there are no more */
    const char *title; /* on the page; NULL: below the value of the column before it */
    CellKind kind;
    bool if_any; /* on the page only when some row has something in it */
} ReportColumn;

typedef struct ReportTable {
    const char *name; /* in JSON */
    const char *caption;
    const char *note; /* a sentence about it; NULL */
    const char *none; /* what is said when it has no rows; NULL: then it is not there */
    const char *all;  /* where all of its rows are: "rehome.step" */
    const char
        *sql;    /* $1: the migration, further parameters are NULL; rows in their order, columns in that of `columns` */
    int nulls;   /* how many further parameters */
    bool totals; /* ends with the sums of its counts, over all rows */
    ReportColumn columns[REPORT_COLUMNS];
} ReportTable;

typedef enum ReportPicture { PICTURE_NONE, PICTURE_FLOW, PICTURE_TIMELINE } ReportPicture;

typedef struct ReportSection {
    const char *id, *title;
    const char *words; /* what it is about, in a sentence or two; NULL */
    ReportPicture picture;
    const ReportTable *tables; /* ends with one that has no name */
} ReportSection;

/* Ends with one that has no id. */
extern const ReportSection report_sections[];
