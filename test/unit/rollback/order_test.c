#include "rollback/order.h"

#include "tap.h"

TEST(children_are_undone_before_their_parents)
{
    AUTO(Arena) *arena = arena_new();
    RollbackPairList pairs = {0};
    ObjectId tables[] = {1, 2, 3};
    LIST_PUSH(arena, &pairs, ((RollbackPair){2, 1})); /* 2 refers to 1, 3 to 2 */
    LIST_PUSH(arena, &pairs, ((RollbackPair){3, 2}));
    rollback_order(arena, tables, 3, &pairs);
    CHECK(tables[0] == 3 && tables[1] == 2 && tables[2] == 1);
}

TEST(a_circle_is_cut_somewhere)
{
    AUTO(Arena) *arena = arena_new();
    RollbackPairList pairs = {0};
    ObjectId tables[] = {1, 2, 3};
    LIST_PUSH(arena, &pairs, ((RollbackPair){2, 1}));
    LIST_PUSH(arena, &pairs, ((RollbackPair){1, 2}));
    LIST_PUSH(arena, &pairs, ((RollbackPair){3, 1}));
    rollback_order(arena, tables, 3, &pairs);
    CHECK(tables[0] == 3 && tables[1] != tables[2]);
}

TEST(tables_that_nobody_refers_to_stay_as_they_came)
{
    AUTO(Arena) *arena = arena_new();
    RollbackPairList pairs = {0};
    ObjectId tables[] = {7, 5};
    LIST_PUSH(arena, &pairs, ((RollbackPair){9, 7}));
    rollback_order(arena, tables, 2, &pairs);
    CHECK(tables[0] == 7 && tables[1] == 5);
}

TEST(tables_that_reach_each_other_are_a_circle)
{
    AUTO(Arena) *arena = arena_new();
    static const RollbackPair keys[] = {{1, 2}, {2, 3}, {3, 1}, {4, 1}, {5, 5}, {6, 9}, {9, 6}, {0, 0}};
    RollbackPairList pairs = {0};
    ObjectIdList tables = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        LIST_PUSH(arena, &pairs, keys[i]);
    for (ObjectId table = 0; table <= 7; table++)
        LIST_PUSH(arena, &tables, table);
    const size_t *circles = rollback_circles(arena, &tables, &pairs);
    CHECK(circles[0] == 0); /* gone */
    CHECK(circles[1] == 1 && circles[2] == 1 && circles[3] == 1);
    CHECK(circles[4] == 0);                    /* refers to a circle */
    CHECK(circles[5] == 2);                    /* refers to itself */
    CHECK(circles[6] == 0 && circles[7] == 0); /* by way of a table that is not undone */
}
