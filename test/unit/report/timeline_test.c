#include "report/timeline.h"

#include "tap.h"

TEST(a_lane_is_as_high_as_its_busiest_piece)
{
    AUTO(Arena) *arena = arena_new();
    const double pieces[] = {0, 5, 10};
    CHECK_TEXT(timeline_path(arena, pieces, 3, 100, 30, 0, 20), "M100.0 20.0V20.0H110.0V10.0H120.0V0.0H130.0V20.0Z");
}

TEST(a_lane_without_rows_is_flat)
{
    AUTO(Arena) *arena = arena_new();
    const double pieces[] = {0, 0};
    CHECK_TEXT(timeline_path(arena, pieces, 2, 0, 10, 5, 20), "M0.0 25.0V25.0H5.0V25.0H10.0V25.0Z");
}

TEST(an_axis_has_round_steps)
{
    CHECK(timeline_step(0.001, 10) == 0.001);
    CHECK(timeline_step(0.115, 10) == 0.02);
    CHECK(timeline_step(100, 10) == 10);
    CHECK(timeline_step(101, 10) == 15);
    CHECK(timeline_step(86400, 10) == 10800);
    CHECK(timeline_step(86400 * 1000.0, 10) >= 86400 * 100.0);
}
