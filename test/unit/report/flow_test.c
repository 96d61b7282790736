#include "report/flow.h"

#include "base/text.h"
#include "tap.h"

static const FlowStyle wide = {"wide", 1000, 200, 20}, narrow = {"narrow", 340, 0, 20};

static FlowLayout lay_out(Arena *arena, const FlowLink *links, size_t count, const FlowStyle *style)
{
    FlowLinkList list = {0};
    for (size_t i = 0; i < count; i++)
        LIST_PUSH(arena, &list, links[i]);
    FlowLayout layout;
    FlowLinkList *kept = NEW(arena, FlowLinkList);
    *kept = list;
    flow_lay_out(arena, kept, style, &layout);
    return layout;
}

static const FlowNode *node(const FlowLayout *layout, const char *name, bool left)
{
    FOR_EACH(const FlowNode, one, layout->nodes)
        if (one->left == left && text_equal(one->name, name))
            return one;
    return NULL;
}

/* Those of one side do not touch, and all stand in the picture. */
static void check_places(const FlowLayout *layout)
{
    FOR_EACH(const FlowNode, one, layout->nodes) {
        CHECK(one->y >= 0 && one->y + one->height <= layout->height);
        FOR_EACH(const FlowNode, other, layout->nodes)
            if (other > one && other->left == one->left)
                CHECK(other->y >= one->y + one->height);
    }
    FOR_EACH(const FlowBand, band, layout->bands)
        CHECK(band->thickness > 0 && band->from_y > 0 && band->from_y < layout->height && band->to_y > 0 &&
              band->to_y < layout->height);
}

TEST(each_table_is_there_once_with_all_its_rows)
{
    AUTO(Arena) *arena = arena_new();
    const FlowLink links[] = {{"a", "users", "people", 100, 0, 0, 1},
                              {"b", "staff", "people", 50, 5, 0, 1},
                              {"c", "users", "roles", 10, 0, 2, 1}};
    const FlowLayout layout = lay_out(arena, links, 3, &wide);
    CHECK_NUMBER(node(&layout, "users", true)->rows, 112);
    CHECK_NUMBER(node(&layout, "staff", true)->rows, 55);
    CHECK_NUMBER(node(&layout, "people", false)->rows, 150);
    CHECK_NUMBER(node(&layout, "roles", false)->rows, 10);
    CHECK_NUMBER(node(&layout, "filtered", false)->rows, 5);
    CHECK_NUMBER(node(&layout, "rejected", false)->rows, 2);
    CHECK_NUMBER((long long)layout.nodes.count, 6);
    CHECK_NUMBER((long long)layout.bands.count, 5);
    check_places(&layout);
}

TEST(a_table_called_rejected_is_not_where_rejects_go)
{
    AUTO(Arena) *arena = arena_new();
    const FlowLink link = {"a", "rejected", "rejected", 7, 0, 3, 1};
    const FlowLayout layout = lay_out(arena, &link, 1, &wide);
    CHECK_NUMBER((long long)layout.nodes.count, 3);
    check_places(&layout);
}

TEST(bands_are_as_thick_as_they_have_rows)
{
    AUTO(Arena) *arena = arena_new();
    const FlowLink links[] = {
        {"a", "a", "a", 3000, 0, 0, 1}, {"b", "b", "b", 1000, 0, 0, 1}, {"c", "c", "c", 0, 0, 0, 1}};
    const FlowLayout layout = lay_out(arena, links, 3, &wide);
    CHECK_NUMBER((long long)(layout.bands.items[0].thickness / layout.bands.items[1].thickness), 3);
    CHECK(layout.bands.items[2].thickness > 0);
    CHECK(layout.bands.items[0].alone);
    check_places(&layout);
}

TEST(nothing_was_moved_yet_and_the_tables_are_there)
{
    AUTO(Arena) *arena = arena_new();
    const FlowLink links[] = {{"a", "users", "people", 0, 0, 0, 1}, {"b", "", "statuses", 0, 0, 0, 1}};
    const FlowLayout layout = lay_out(arena, links, 2, &narrow);
    CHECK(node(&layout, "nothing", true) != NULL);
    check_places(&layout);
}

TEST(what_is_folded_says_how_many_it_stands_for)
{
    AUTO(Arena) *arena = arena_new();
    FlowLink links[31];
    for (int i = 0; i < 30; i++)
        links[i] = (FlowLink){arena_printf(arena, "e%d", i),
                              arena_printf(arena, "s%d", i),
                              i % 3 ? "t" : arena_printf(arena, "t%d", i),
                              30 - i,
                              i,
                              1,
                              1};
    links[30] = (FlowLink){NULL, NULL, NULL, 12, 0, 0, 25};
    const FlowStyle *styles[] = {&wide, &narrow};
    for (size_t i = 0; i < 2; i++) {
        const FlowLayout layout = lay_out(arena, links, 31, styles[i]);
        CHECK_NUMBER(node(&layout, "25 more", true)->rows, 12);
        CHECK_NUMBER(node(&layout, "25 more", false)->rows, 12);
        check_places(&layout);
    }
}
