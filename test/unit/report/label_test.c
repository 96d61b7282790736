#include "report/label.h"

#include "tap.h"

TEST(a_label_that_fits_stays_as_it_is)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(label_cut(arena, "orders", 6), "orders");
    CHECK_TEXT(label_cut(arena, "", 6), "");
}

TEST(a_longer_one_ends_with_an_ellipsis)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(label_cut(arena, "customers", 6), "custo…");
    CHECK_TEXT(label_cut(arena, "πελάτες", 4), "πελ…");
}

TEST(what_runs_the_other_way_moves_nothing_beside_it)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(label_isolated(arena, "orders", 6), "orders");
    CHECK_TEXT(label_isolated(arena, "עברית", 4), "\xE2\x81\xA8"
                                                  "עבר…"
                                                  "\xE2\x81\xA9");
}

TEST(wide_characters_take_two_places_and_marks_none)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_NUMBER(label_width("東京"), 4);
    CHECK_NUMBER(label_width("🚀a"), 3);
    CHECK_NUMBER(label_width("e\xCC\x81"), 1);
    CHECK_NUMBER(label_width("\xE2\x80\xAE"
                             "a"),
                 1);
    CHECK_TEXT(label_cut(arena, "東京都庁", 6), "東京…");
}
