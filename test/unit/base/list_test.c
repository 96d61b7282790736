#include "base/list.h"
#include "tap.h"

TEST(elements_keep_their_order_while_the_list_grows)
{
    AUTO(Arena) *arena = arena_new();
    LIST(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        LIST_PUSH(arena, &numbers, i);
    CHECK_NUMBER((long long)numbers.count, 1000);
    int expected = 0;
    FOR_EACH(int, number, numbers)
        CHECK(*number == expected++);
}

TEST(an_empty_list_can_be_walked)
{
    LIST(int) numbers = {0};
    FOR_EACH(int, number, numbers)
        CHECK(*number == 0 && false);
}

TEST(strings_are_found_and_joined)
{
    AUTO(Arena) *arena = arena_new();
    StringList names = {0};
    CHECK_TEXT(string_list_join(arena, &names, ", "), "");
    LIST_PUSH(arena, &names, "a");
    LIST_PUSH(arena, &names, "");
    LIST_PUSH(arena, &names, "c");
    CHECK_TEXT(string_list_join(arena, &names, ", "), "a, , c");
    CHECK(string_list_contains(&names, "c"));
    CHECK(!string_list_contains(&names, "b"));
}

TEST(the_nearest_word_is_offered_only_when_it_is_near)
{
    static const struct {
        const char *typed, *nearest;
    } cases[] = {
        {"jobz", "jobs"}, {"sorce", "source"}, {"taregt", "target"},     {"TARGET", "target"},
        {"x", NULL},      {"id", "ids"},       {"something_else", NULL}, {"", NULL},
    };
    AUTO(Arena) *arena = arena_new();
    StringList known = {0};
    LIST_PUSH(arena, &known, "source");
    LIST_PUSH(arena, &known, "target");
    LIST_PUSH(arena, &known, "jobs");
    LIST_PUSH(arena, &known, "ids");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(string_list_nearest(&known, cases[i].typed), cases[i].nearest);
}
