/* Rows of one side, counted and summed per bucket of their key's hash. Sums are taken modulo 2^64, so the order of
 * adding does not matter. */
#pragma once

#include "base/arena.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Bucket {
    int64_t rows;
    uint64_t sum;
} Bucket;

typedef struct Buckets {
    int count;
    Bucket *items;
} Buckets;

Buckets buckets_new(Arena *arena, int count);
/* Adds what hashed_sums() gave; the rows it counted are returned. */
int64_t buckets_add(Buckets *buckets, const Result *sums);
/* Marks those that are not alike in `differ` (an array of `count`); how many there are. */
int buckets_compare(const Buckets *left, const Buckets *right, bool *differ);
/* An integer of any length, modulo 2^64. */
uint64_t bucket_sum_parse(const char *digits);
