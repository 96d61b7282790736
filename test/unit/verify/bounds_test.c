#include "verify/bounds.h"

#include "base/text.h"
#include "tap.h"

static KeyBounds tens(Arena *arena)
{
    KeyBounds bounds = {.type = "bigint"};
    LIST_PUSH(arena, &bounds.keys, "10");
    LIST_PUSH(arena, &bounds.keys, "20");
    LIST_PUSH(arena, &bounds.keys, "30");
    return bounds;
}

TEST(a_key_is_in_the_bucket_that_begins_at_or_below_it)
{
    AUTO(Arena) *arena = arena_new();
    KeyBounds bounds = tens(arena);
    CHECK_TEXT(bounds_bucket(arena, &bounds, "k"),
               "coalesce(pg_catalog.width_bucket((k)::bigint, '{\"10\",\"20\",\"30\"}'::bigint[]), 0)");
}

TEST(wanted_buckets_are_ranges_open_at_both_ends_and_those_beside_each_other_are_one)
{
    AUTO(Arena) *arena = arena_new();
    KeyBounds bounds = tens(arena);
    CHECK_TEXT(bounds_ranges(arena, &bounds, "k", (const bool[]){true, false, false, false}),
               "(k IS NULL OR k < '10'::bigint)");
    CHECK_TEXT(bounds_ranges(arena, &bounds, "k", (const bool[]){false, true, true, false}),
               "(k >= '10'::bigint AND k < '30'::bigint)");
    CHECK_TEXT(bounds_ranges(arena, &bounds, "k", (const bool[]){true, false, false, true}),
               "(k IS NULL OR k < '10'::bigint OR k >= '30'::bigint)");
    CHECK_TEXT(bounds_ranges(arena, &bounds, "k", (const bool[]){true, true, true, true}), "(k IS NULL OR true)");
    CHECK_TEXT(bounds_ranges(arena, &bounds, "k", (const bool[]){false, false, false, false}), "(false)");
}
