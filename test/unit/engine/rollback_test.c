#include "engine/rollback.h"

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
