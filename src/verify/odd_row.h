/* A row that differs. */
#pragma once

#include "ledger/difference.h"

typedef struct OddRow {
    Difference told; /* its columns are filled by named.h */
    size_t filling;  /* whose it is, from 0 */
    const char *kh, *source_hash, *target_hash; /* the latter NULL where that side has no such row */
    const char *const *key;                     /* as text, in the order of the subject's key; NULL: it has none */
    const char *const *driving;                 /* the driving key as text; NULL: not known */
} OddRow;
typedef LIST(OddRow) OddRowList;

/* A key as it was staged: an array of so many texts; NULL when it is none. */
const char *const *odd_row_texts(Arena *arena, const Result *result, int row, int column, size_t expected);
