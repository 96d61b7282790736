#include "base/mistake.h"
#include "base/text.h"
#include "tap.h"

TEST(mistakes_are_told_in_the_order_of_their_places)
{
    AUTO(Arena) *arena = arena_new();
    Mistakes mistakes = {.arena = arena};
    mistake_add(&mistakes, (Place){"migration.yaml", 10, 1}, "second");
    mistake_add(&mistakes, (Place){"sql/a.sql", 0, 0}, "fourth");
    mistake_add(&mistakes, (Place){"migration.yaml", 10, 5}, "third");
    mistake_add(&mistakes, (Place){"migration.yaml", 4, 5}, "unknown key \"%s\"", "jobz");
    Error error = {0};
    CHECK(!mistakes_none(&mistakes, &error));
    CHECK(error.kind == ERROR_INPUT);
    CHECK_TEXT(error.message, "migration.yaml:4:5: unknown key \"jobz\"\n"
                              "migration.yaml:10:1: second\n"
                              "migration.yaml:10:5: third\n"
                              "sql/a.sql: fourth");
}

TEST(too_many_mistakes_are_counted)
{
    AUTO(Arena) *arena = arena_new();
    Mistakes mistakes = {.arena = arena};
    for (int i = 1; i <= 500; i++)
        mistake_add(&mistakes, (Place){"migration.yaml", i, 1}, "this is wrong");
    Error error = {0};
    CHECK(!mistakes_none(&mistakes, &error));
    CHECK(text_starts_with(error.message, "migration.yaml:1:1: this is wrong\n"));
    CHECK(text_ends_with(error.message, " more"));
}

TEST(no_mistake_is_no_error)
{
    AUTO(Arena) *arena = arena_new();
    Mistakes mistakes = {.arena = arena};
    Error error = {0};
    CHECK(mistakes_none(&mistakes, &error));
    CHECK(error.kind == ERROR_NONE);
}
