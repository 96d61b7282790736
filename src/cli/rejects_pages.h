/* Rejects in pages, so that neither their number nor their size decides about memory; and as a file. */
#pragma once

#include "cli/command.h"
#include "cli/rejects_report.h"

typedef struct RejectPages {
    Conn *target;
    int64_t migration;
    RejectFilter filter;
} RejectPages;

typedef void RejectsTakePage(void *self, const RejectList *page, bool first);
/* At most `most` rejects; *rows: how many there were. */
bool rejects_each_page(RejectPages pages, int64_t most, RejectsTakePage *take, void *self, int64_t *rows, Error *error);

/* What --format says, or --json; CSV by default. */
bool rejects_format(const Options *options, RejectsFormat *format, Error *error);
bool rejects_write(RejectPages pages, RejectsFormat format, FILE *out, int64_t *rows, Error *error);
/* The file that was there stays until all of the new one is written; only its owner may read it. */
bool rejects_write_file(RejectPages pages, RejectsFormat format, const char *path, int64_t *rows, Error *error);
