#include "verify/buckets.h"

#include "tap.h"

TEST(a_sum_is_read_modulo_2_to_the_64)
{
    CHECK(bucket_sum_parse("0") == 0);
    CHECK(bucket_sum_parse("18446744073709551615") == UINT64_MAX);
    CHECK(bucket_sum_parse("18446744073709551617") == 1);
    CHECK(bucket_sum_parse("-1") == UINT64_MAX);
    CHECK(bucket_sum_parse("-18446744073709551617") == UINT64_MAX);
}

TEST(buckets_differ_by_rows_or_by_sum)
{
    Bucket one[] = {{1, 5}, {2, 7}, {0, 0}, {3, 9}}, other[] = {{1, 5}, {1, 7}, {0, 0}, {3, 8}};
    bool differ[4];
    CHECK_NUMBER(buckets_compare(&(Buckets){4, one}, &(Buckets){4, other}, differ), 2);
    CHECK(!differ[0] && differ[1] && !differ[2] && differ[3]);
}

TEST(new_buckets_are_empty)
{
    AUTO(Arena) *arena = arena_new();
    Buckets buckets = buckets_new(arena, 2);
    CHECK_NUMBER(buckets.items[0].rows + buckets.items[1].rows, 0);
}
