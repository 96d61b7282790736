/* What was summed up of a table's rows as they were sent (copy/row_sum.h), in place of reading the source again: while the
 * source is in the very state in which they were read, and the transform gives the same for the same rows (versions.h: its
 * `ground` is known), it would give these rows once more. That they come from all driving rows is counted on the source all
 * the same. */
#pragma once

#include "verify/desk.h"
#include "verify/tally.h"

typedef struct Sent {
    bool told;        /* the others say nothing unless it is */
    const char *seen; /* snapshot_seen() of the source */
    int64_t *rows;    /* per filling */
    int64_t all_rows;
    uint64_t sum;
} Sent;

/* After versions_prepare(). `told` stays false where nobody can tell, which is no error. */
bool sent_read(Arena *arena, Desk *desk, const Subject *subject, Sent *sent, Error *error);
/* The target has just these rows, and the driving rows were counted in the state of the source that they are of. */
bool sent_agrees(const Sent *sent, const Subject *subject, const Tally *tally);
/* The tally gets them as the source's. */
void sent_settle(const Sent *sent, const Subject *subject, Tally *tally);
