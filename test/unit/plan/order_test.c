#include "plan/order.h"

#include "fixture.h"
#include "tap.h"

/* The names of the entities in the order of copying. */
static char *order_of(Arena *arena, const Plan *plan)
{
    Text names = text_new(arena);
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        text_separate(&names, " ");
        text_add(&names, entity->entity->name);
    }
    return names.chars;
}

static Fixture *tables(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        fixture_add_both(fixture, names[i], "id int4 !; ref int4");
        fixture_add_entity(fixture, names[i], "id int4; ref int4");
    }
    return fixture;
}

static void keep_all(Fixture *fixture)
{
    FOR_EACH(Entity, entity, fixture->manifest.entities)
        entity->keep_indexes = true;
}

#define CHECK_ORDER(plan, expected)           \
    do {                                      \
        char *order_ = order_of(arena, plan); \
        CHECK_TEXT(order_, expected);         \
    } while (0)

TEST(parents_come_first_and_ties_stay_as_written)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "c");
    CHECK_ORDER(fixture_plan(fixture), "b c a");
}

TEST(a_child_whose_key_stays_waits_for_its_parent)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "c");
    keep_all(fixture);
    Plan *plan = fixture_plan(fixture);
    CHECK(string_list_contains(&plan_step(plan, "copy a")->needs, "copy c"));
    CHECK(!string_list_contains(&plan_step(plan, "copy b")->needs, "copy c"));
}

TEST(a_child_whose_key_is_held_back_waits_for_nobody)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "c");
    Plan *plan = fixture_plan(fixture);
    CHECK(!string_list_contains(&plan_step(plan, "copy a")->needs, "copy c"));
}

TEST(a_table_that_refers_to_itself_is_written_by_one_statement)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "a");
    keep_all(fixture);
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "a");
    CHECK_NUMBER(entity->chunks, CHUNKS_ONE);
    CHECK_TEXT(entity->cycle,
               "refers to itself (\"a_ref_fkey\"): one statement writes all its rows, and its end checks them");
}

TEST(a_table_that_refers_to_itself_is_cut_where_the_key_comes_back_later)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "a");
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "a");
    CHECK_NUMBER(entity->chunks, CHUNKS_BY_KEY);
    CHECK_TEXT(entity->cycle, "refers to itself: its foreign key \"a_ref_fkey\" comes back after the copy");
}

TEST(a_circle_that_nothing_opens_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "b");
    fixture_add_foreign_key(fixture, "b", "ref", "a");
    keep_all(fixture);
    Plan *plan = fixture_plan(fixture);
    CHECK(plan->entities.count == 3);
    CHECK(fixture->mistakes.list.count == 1);
    CHECK(strstr(fixture_mistake(fixture), "need each other's rows first (foreign key \"a_ref_fkey\")") != NULL);
}

TEST(a_circle_that_is_held_back_is_none)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "b");
    fixture_add_foreign_key(fixture, "b", "ref", "a");
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK_ORDER(plan, "c a b");
    CHECK(plan_entity(plan, "a")->cycle && plan_entity(plan, "b")->cycle && !plan_entity(plan, "c")->cycle);
}

TEST(a_key_whose_columns_stay_null_orders_nothing)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "b");
    fixture_add_foreign_key(fixture, "b", "ref", "a");
    fixture->manifest.entities.items[0].transform.text = "id int4";
    keep_all(fixture);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK_ORDER(plan, "a b c");
}

TEST(entities_of_one_table_keep_their_order)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "a", "ref", "c");
    Entity *more = fixture_add_entity(fixture, "more_a", "id int4; ref int4");
    more->into.name = "a";
    more->from.items[0].name = "b";
    CHECK_ORDER(fixture_plan(fixture), "b c a more_a");
}
