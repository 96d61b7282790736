/* The rows of a table of the report. */
#pragma once

#include "base/error.h"
#include "pg/conn.h"
#include "report/tables.h"

#include <stdint.h>

typedef struct ReportRows {
    const ReportTable *table;
    Result *result;               /* the first column is the number of all rows, the others those of the table */
    int64_t rows, total;          /* in the result; in the ledger */
    bool shown[REPORT_COLUMNS];   /* on the page, in a column of its own */
    int64_t sums[REPORT_COLUMNS]; /* of counts, over all rows, where the table has totals */
} ReportRows;
void ReportRows_cleanup(ReportRows *rows);

bool report_rows_load(Arena *arena, Conn *target, int64_t migration, const ReportTable *table, ReportRows *rows,
                      Error *error);
size_t report_columns(const ReportTable *table);

/* Nothing where there are no rows and nothing is said of that. */
void report_rows_write(const ReportRows *rows, Html *html);
json_t *report_rows_json(const ReportRows *rows);
json_t *report_sums_json(const ReportRows *rows);
