/* Rows as hashes: the SQL that reads rows of either side as (key hash, row hash), summed or one by one. Pure.
 *
 * The hash of the key (or its place among bounds) decides the bucket, and its hash seeds the hash of the other columns, so that values exchanged between two
 * rows are noticed. Without a key the hash of the whole row takes the key's place, and what is compared is how many
 * rows there are of each. */
#pragma once

#include "plan/plan.h"

/* How the columns of a row become one number; the better ones need servers that agree on them. */
typedef enum HashBy {
    HASH_BY_ARRAY, /* of the columns' binary forms */
    HASH_BY_ROW,   /* of values as they are where their type's hash sees every bit, else of their binary forms: a fifth
                      cheaper */
    HASH_BY_MD5    /* for servers whose own hashes do not agree */
} HashBy;

/* Keys that begin the buckets but the first, in ascending order; none: the hash of the key decides about the bucket. */
typedef struct KeyBounds {
    StringList keys;
    const char *type; /* of the key, as SQL */
} KeyBounds;

/* Where rows come from, and what is hashed of them. */
typedef struct HashedRows {
    const char *from;    /* a FROM item called `alias` */
    const char *alias;   /* "q" or "t" */
    const char *entity;  /* SQL: the number of the entity that a row counts for */
    StringList identity; /* SQL of bytes: what tells rows apart; empty: the whole row does */
    StringList key;      /* SQL of text: the same columns for people; empty without a key */
    LIST(StringList)
    compared; /* SQL of bytes: the other columns; several lists where entities fill different columns of one table */
    HashBy by;
    const KeyBounds *bounds; /* NULL: none */
    const char *bounded;     /* SQL of the key's value that has them */
    bool indexed;            /* an index may serve for that */
    const char *also; /* for hashed_pairs(): SQL of further columns over `alias`; NULL: none */
} HashedRows;

/* SELECT bucket, rows, sum of row hashes … GROUP BY bucket; `buckets` is a power of two. Only the first list of columns
 * is hashed. */
char *hashed_sums(Arena *arena, const HashedRows *rows, int buckets);
/* Which buckets are wanted: all of them when `wanted` is NULL, else those for which it is true. */
typedef struct BucketFilter {
    int buckets;
    const bool *wanted;
} BucketFilter;
/* SELECT entity, kh, h, key … one by one; h is an array over the lists of columns when there are several. */
char *hashed_pairs(Arena *arena, const HashedRows *rows, BucketFilter filter);
/* The power of two that leaves about 2,000 rows in each, at most 4,096. */
int hashed_buckets(int64_t rows);
