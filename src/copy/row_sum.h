/* What the rows of a stream sum up to as they pass, so that verification can compare the target with what was sent
 * instead of reading the source again: the sum, modulo 2^64, of the very hashes that the servers compute of rows
 * (HASH_BY_ROW, see verify/hashed.h). Pure.
 *
 * Those are hash_record_extended() of PostgreSQL 14 and later, which folds the hashes of a row's values (pg/value_hash.h). */
#pragma once

#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* Which columns of a COPY tell rows apart, and which are compared. */
typedef struct RowShape {
    size_t columns;
    const WireHash *hashes; /* of each column */
    size_t key_count, rest_count;
    const size_t *key, *rest; /* numbers of columns, in the order in which verification hashes them */
} RowShape;

/* Of what statement_copy_out() sends. False: the client cannot compute the hash of some column, or COPY is not binary. */
bool row_shape_of(Arena *arena, const EntityPlan *entity, RowShape *shape);

typedef struct RowField {
    const char *bytes; /* NULL: null */
    size_t length;
} RowField;

typedef struct RowSum {
    const RowShape *shape;
    RowField *fields; /* of the row at hand */
    bool begun;       /* COPY's header has passed */
    bool lost;        /* something was not a row of this shape: the sum says nothing */
    int64_t rows;
    uint64_t sum;
} RowSum;

RowSum row_sum_new(Arena *arena, const RowShape *shape);
/* The `take` of a CopyTap: `self` is a RowSum. A message of the server holds one row; the header may stand before it. */
void row_sum_take(void *self, const char *message, size_t length);
