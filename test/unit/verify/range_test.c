#include "verify/range.h"

#include "base/text.h"
#include "tap.h"

TEST(a_small_heap_is_read_in_one)
{
    AUTO(Arena) *arena = arena_new();
    ChunkRangeList ranges = {0};
    ranges_cut(arena, 0, 4, &ranges);
    CHECK_NUMBER((long long)ranges.count, 1);
    CHECK(ranges.items[0].kind == KEYSET_EVERYTHING && !ranges.items[0].low && !ranges.items[0].high);
}

TEST(ranges_are_open_at_both_ends_and_leave_nothing_between)
{
    AUTO(Arena) *arena = arena_new();
    ChunkRangeList ranges = {0};
    ranges_cut(arena, 1000000, 2, &ranges);
    CHECK(ranges.count > 2);
    CHECK(!ranges.items[0].low && !ranges.items[ranges.count - 1].high);
    for (size_t i = 1; i < ranges.count; i++)
        CHECK_TEXT(ranges.items[i].low[0], ranges.items[i - 1].high[0]);
}

TEST(no_range_is_so_big_that_losing_one_hurts)
{
    AUTO(Arena) *arena = arena_new();
    ChunkRangeList ranges = {0};
    ranges_cut(arena, 131072LL * 1000, 4, &ranges);
    CHECK_NUMBER((long long)ranges.count, 1000);
}

TEST(ranges_of_blocks_need_a_heap_and_a_server_that_reads_them)
{
    Relation table = {.kind = 'r', .heap = true}, partitioned = {.kind = 'p'};
    CHECK(range_is_possible(&table, 140000));
    CHECK(!range_is_possible(&table, 130012));
    CHECK(!range_is_possible(&partitioned, 150000));
}
