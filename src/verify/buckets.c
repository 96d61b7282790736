#include "verify/buckets.h"

Buckets buckets_new(Arena *arena, int count)
{
    return (Buckets){.count = count, .items = NEW_ARRAY(arena, Bucket, count)};
}

uint64_t bucket_sum_parse(const char *digits)
{
    bool negative = *digits == '-';
    uint64_t sum = 0;
    for (const char *c = digits + negative; *c >= '0' && *c <= '9'; c++)
        sum = sum * 10 + (uint64_t)(*c - '0');
    return negative ? 0 - sum : sum;
}

int64_t buckets_add(Buckets *buckets, const Result *sums)
{
    int64_t rows = 0;
    for (int row = 0; row < result_rows(sums); row++) {
        Bucket *bucket = &buckets->items[result_number(sums, row, 0)];
        bucket->rows += result_number(sums, row, 1);
        bucket->sum += bucket_sum_parse(result_text(sums, row, 2));
        rows += result_number(sums, row, 1);
    }
    return rows;
}

int buckets_compare(const Buckets *left, const Buckets *right, bool *differ)
{
    int found = 0;
    for (int i = 0; i < left->count; i++) {
        const Bucket *one = &left->items[i], *other = &right->items[i];
        differ[i] = one->rows != other->rows || one->sum != other->sum;
        found += differ[i];
    }
    return found;
}
