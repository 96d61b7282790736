/* What an auditor is handed: all that the ledger says of one migration, as one HTML page that needs nothing but itself,
 * or as one JSON document. Reads the ledger over a connection to the target, in one transaction that leaves nothing;
 * the source is not asked. */
#pragma once

#include "base/error.h"
#include "pg/conn.h"

#include <stdint.h>
#include <stdio.h>

typedef enum ReportFormat { REPORT_HTML, REPORT_JSON } ReportFormat;

/* However much the ledger holds, memory stays small: tables end after REPORT_MOST_ROWS, and say how many rows there
 * are. */
bool report_write(Conn *target, int64_t migration, ReportFormat format, FILE *out, Error *error);

/* "laiki-leads-4ee89595-report.html": the name and the values of its parameters, as far as they may be part of a file's
 * name. Pure. */
char *report_file_name(Arena *arena, const char *name, const char *const *values, size_t count, ReportFormat format);
/* Whether a file begins like one of our reports: then another may take its place. */
bool report_is_report(const char *path);
