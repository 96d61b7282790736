#include "copy/splitter.h"

#include "tap.h"

#include <stdlib.h>

enum { MOST = 512 };

/* A target that refuses some rows. */
typedef struct Target {
    bool bad[MOST], arrived[MOST], refused[MOST];
    bool names;   /* the line that it refuses */
    size_t later; /* it names a row only when so many more were read, as a multi-insert buffer does; 0: at once */
    int tries;
} Target;

/* The first bad row of a try that a row before it does not hide. */
static size_t first_bad(const Target *target, size_t from, size_t end)
{
    size_t first = end;
    for (size_t i = end; i > from; i--)
        if (target->bad[i - 1])
            first = i - 1;
    if (target->later)
        for (size_t i = first; i < end && i < first + target->later; i++)
            if (target->bad[i])
                first = i;
    return first;
}

static void try_rows(Splitter *splitter, Target *target)
{
    size_t from = splitter->at, end = splitter->end, bad = first_bad(target, from, end);
    target->tries++;
    SplitterVerdict verdict;
    if (bad == end) {
        for (size_t i = from; i < end; i++)
            target->arrived[i] = true;
        verdict = splitter_passed(splitter);
    } else {
        verdict = splitter_failed(splitter, target->names ? bad - from + 1 : 0);
    }
    if (verdict == SPLITTER_REFUSES)
        target->refused[splitter->at - 1] = true;
}

static void split(Splitter *splitter, Target *target, size_t count)
{
    splitter_begin(splitter, count);
    while (splitter_next(splitter) && target->tries < 100000)
        try_rows(splitter, target);
}

static bool is_right(const Target *target, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (target->refused[i] != target->bad[i] || target->arrived[i] == target->bad[i])
            return false;
    return true;
}

TEST(a_page_without_a_bad_row_is_sent_at_once)
{
    Target target = {.names = true};
    Splitter splitter = splitter_new();
    split(&splitter, &target, 100);
    CHECK(is_right(&target, 100));
    CHECK_NUMBER(target.tries, 1);
}

TEST(the_named_row_costs_two_tries_more)
{
    Target target = {.names = true, .bad = {[40] = true}};
    Splitter splitter = splitter_new();
    split(&splitter, &target, 100);
    CHECK(is_right(&target, 100));
    CHECK_NUMBER(target.tries, 3);
}

TEST(the_first_and_the_last_row_may_be_the_bad_ones)
{
    for (int names = 0; names < 2; names++) {
        Target target = {.names = names, .bad = {[0] = true, [99] = true}};
        Splitter splitter = splitter_new();
        split(&splitter, &target, 100);
        CHECK(is_right(&target, 100));
    }
}

TEST(a_page_of_bad_rows_alone_is_refused_row_by_row)
{
    for (int names = 0; names < 2; names++) {
        Target target = {.names = names};
        for (size_t i = 0; i < 64; i++)
            target.bad[i] = true;
        Splitter splitter = splitter_new();
        split(&splitter, &target, 64);
        CHECK(is_right(&target, 64));
        CHECK(target.tries < 3 * 64);
    }
}

TEST(without_a_line_halves_are_tried)
{
    Target target = {.bad = {[300] = true}};
    Splitter splitter = splitter_new();
    split(&splitter, &target, 512);
    CHECK(is_right(&target, 512));
    CHECK(target.tries <= 12 + 9); /* down to the row, and up again behind it */
}

TEST(behind_a_refused_row_the_tries_begin_small_and_double)
{
    Target target = {.names = true, .bad = {[10] = true}};
    Splitter splitter = splitter_new();
    splitter_begin(&splitter, 512);
    while (splitter.at < 11 && splitter_next(&splitter))
        try_rows(&splitter, &target);
    CHECK(splitter_next(&splitter));
    CHECK_NUMBER((long long)(splitter.end - splitter.at), 20);
    try_rows(&splitter, &target);
    CHECK(splitter_next(&splitter));
    CHECK_NUMBER((long long)(splitter.end - splitter.at), 40);
}

TEST(the_distance_of_bad_rows_is_kept_from_page_to_page)
{
    Target target = {.names = true, .bad = {[90] = true}}, next = {.names = true};
    Splitter splitter = splitter_new();
    split(&splitter, &target, 100);
    splitter_begin(&splitter, 512);
    CHECK(splitter_next(&splitter));
    CHECK(splitter.end < 512);
    split(&splitter, &next, 512);
    CHECK(is_right(&next, 512));
}

TEST(an_earlier_row_may_be_named_later_than_one_behind_it)
{
    Target target = {.names = true, .later = 30, .bad = {[50] = true, [60] = true, [61] = true, [200] = true}};
    Splitter splitter = splitter_new();
    split(&splitter, &target, 300);
    CHECK(is_right(&target, 300));
}

TEST(whatever_rows_are_bad_each_is_found_and_no_other)
{
    srand(7);
    for (int round = 0; round < 400; round++) {
        Target target = {.names = round % 3 != 0, .later = round % 3 == 1 ? 20 : 0};
        int one_in = 1 + rand() % 60;
        size_t count = (size_t)(1 + rand() % MOST);
        for (size_t i = 0; i < count; i++)
            target.bad[i] = rand() % one_in == 0;
        Splitter splitter = splitter_new();
        split(&splitter, &target, count);
        if (!CHECK(is_right(&target, count)))
            return;
    }
}
