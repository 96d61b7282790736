#include "cli/progress_view.h"

#include "cli/terminal.h"
#include "tap.h"

static const ProgressScreen screen = {.width = 100, .height = 24, .utf8 = false};

static ProgressView view_of(Arena *arena)
{
    return (ProgressView){.arena = arena};
}

static void take(Arena *arena, ProgressView *view, Event event, double now)
{
    progress_view_take(arena, view, &event, now);
}

static const char *only_line(Arena *arena, const ProgressView *view, ProgressScreen on, double now)
{
    StringList lines = {0};
    progress_view_draw(arena, view, on, now, &lines);
    return lines.count == 1 ? lines.items[0] : NULL;
}

TEST(rows_count_while_they_move_and_when_they_are_committed)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    progress_view_expect(&view, &(ProgressExpectation){.name = "leads", .rows = 1000});
    take(arena, &view, (Event){.kind = EVENT_CHUNK_STARTED, .entity = "leads", .chunk = 1}, 0);
    take(arena, &view, (Event){.kind = EVENT_CHUNK_DONE, .entity = "leads", .chunk = 1, .read = 100}, 1);
    take(arena, &view, (Event){.kind = EVENT_CHUNK_MOVED, .entity = "leads", .chunk = 2, .rows = 150}, 2);
    progress_view_tick(&view, 2);
    const char *line = only_line(arena, &view, screen, 2);
    CHECK(line && strstr(line, "25 %"));
    CHECK(line && strstr(line, "250 rows"));
    CHECK(line && strstr(line, "125/s"));
    CHECK(line && strstr(line, "6.0s left"));
}

TEST(a_chunk_that_is_rolled_back_takes_its_rows_along)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    take(arena, &view, (Event){.kind = EVENT_CHUNK_MOVED, .entity = "leads", .chunk = 2, .rows = 150, .worker = 3}, 0);
    take(arena, &view, (Event){.kind = EVENT_RETRY, .message = "gone", .worker = 3, .seconds = 1}, 0);
    const char *line = only_line(arena, &view, screen, 0);
    CHECK(line && strstr(line, " 0 rows"));
}

TEST(an_estimate_never_says_that_all_is_done)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    progress_view_expect(&view, &(ProgressExpectation){.name = "leads", .rows = 10});
    take(arena, &view, (Event){.kind = EVENT_CHUNK_DONE, .entity = "leads", .chunk = 1, .read = 500}, 0);
    const char *line = only_line(arena, &view, screen, 0);
    CHECK(line && strstr(line, "99 %"));
}

TEST(verification_is_a_line_that_moves_until_all_was_read)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    take(arena, &view, (Event){.kind = EVENT_PART_VERIFIED, .rows = 250, .read = 1000}, 0);
    const char *line = only_line(arena, &view, screen, 0);
    CHECK(line && text_starts_with(line, "verifying") && strstr(line, "25 %") && strstr(line, "250 rows"));
    take(arena, &view, (Event){.kind = EVENT_PART_VERIFIED, .rows = 990, .read = 990}, 1);
    CHECK(only_line(arena, &view, screen, 1) == NULL);
}

TEST(one_row_is_no_rows)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    take(arena, &view, (Event){.kind = EVENT_CHUNK_DONE, .entity = "leads", .chunk = 1, .read = 1}, 0);
    const char *line = only_line(arena, &view, screen, 0);
    CHECK(line && strstr(line, " 1 row ") && !strstr(line, "rows"));
    Event done = {.kind = EVENT_STEP_DONE, .entity = "leads", .step = "copy leads"};
    CHECK_TEXT(progress_view_take(arena, &view, &done, 12).text, "leads: 1 row  12s");
}

TEST(a_finished_entity_is_a_line_that_stays_and_no_more_one_that_moves)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    take(arena, &view, (Event){.kind = EVENT_CHUNK_DONE, .entity = "leads", .chunk = 1, .read = 1234}, 0);
    Event done = {.kind = EVENT_STEP_DONE, .entity = "leads", .step = "copy leads"};
    ProgressLine line = progress_view_take(arena, &view, &done, 12);
    CHECK(line.mark == MARK_DONE);
    CHECK_TEXT(line.text, "leads: 1,234 rows  12s");
    CHECK(only_line(arena, &view, screen, 12) == NULL);
}

TEST(steps_are_told_by_kind_when_all_of_a_kind_are_done)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    progress_view_expect_step(&view, "index a_idx");
    progress_view_expect_step(&view, "index b_idx");
    take(arena, &view, (Event){.kind = EVENT_STEP_DONE, .step = "index a_idx", .seconds = 1}, 0);
    CHECK(progress_view_take_kind(arena, &view, false).text == NULL);
    take(arena, &view, (Event){.kind = EVENT_STEP_DONE, .step = "index b_idx", .seconds = 2}, 0);
    CHECK_TEXT(progress_view_take_kind(arena, &view, false).text, "index: 2 steps  3.0s");
    CHECK(progress_view_take_kind(arena, &view, true).text == NULL);
}

TEST(no_line_is_wider_than_the_terminal_whatever_the_name)
{
    static const char name[] = "Ευρετήριο-πελατών-με-πολύ-μακρύ-όνομα-και-日本語の顧客";
    AUTO(Arena) *arena = arena_new();
    for (int width = 1; width < 130; width++) {
        ProgressView view = view_of(arena);
        progress_view_expect(&view, &(ProgressExpectation){.name = name, .rows = 1000});
        take(arena, &view, (Event){.kind = EVENT_CHUNK_DONE, .entity = name, .chunk = 1, .read = 300}, 0);
        const char *line = only_line(arena, &view, (ProgressScreen){.width = width, .height = 24, .utf8 = true}, 1);
        CHECK(line && terminal_columns(line) < width + (width == 1));
    }
}

TEST(a_claim_that_met_another_one_is_not_worth_a_word)
{
    AUTO(Arena) *arena = arena_new();
    ProgressView view = view_of(arena);
    Event met = {.kind = EVENT_CHUNK_FAILED, .message = "could not serialize access", .worker = 1};
    CHECK(progress_view_take(arena, &view, &met, 0).text == NULL);
}
