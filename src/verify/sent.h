/* What was summed up of a table's rows as they were sent (copy/row_sum.h), in place of reading the source again: while the
 * source is in the very state in which they were read, and the transform gives the same whenever it is run, it would give
 * these rows once more. That they come from all driving rows is counted on the source all the same. */
#pragma once

#include "verify/desk.h"
#include "verify/tally.h"

typedef struct Sent {
    bool told; /* the others say nothing unless it is */
    int64_t *rows; /* per filling */
    int64_t all_rows;
    uint64_t sum;
} Sent;

/* `told` stays false where nobody can tell, which is no error. */
bool sent_read(Arena *arena, Desk *desk, const Subject *subject, Sent *sent, Error *error);
/* The target has just these rows: the tally gets them as the source's. */
bool sent_agrees(const Sent *sent, const Subject *subject, Tally *tally);
