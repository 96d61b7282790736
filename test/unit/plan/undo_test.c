#include "plan/undo.h"

#include "base/text.h"
#include "fixture.h"
#include "tap.h"

static Fixture *leads(Arena *arena, const char *columns)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", columns);
    fixture_add_entity(fixture, "leads", "id int4; name text");
    return fixture;
}

static void find_rows_in_target(Fixture *fixture)
{
    fixture_gather_all(fixture);
    fixture->gathered.entities.items[0].into_empty = false;
}

static Entity *entity(Fixture *fixture)
{
    return &fixture->manifest.entities.items[0];
}

TEST(of_an_empty_table_nothing_is_recorded)
{
    AUTO(Arena) *arena = arena_new();
    const EntityPlan *plan = plan_entity(fixture_plan(leads(arena, "id int4 !; name text")), "leads");
    CHECK(plan->undo == UNDO_EMPTY && plan->way == WAY_STREAM);
}

TEST(an_upsert_into_rows_keeps_them_as_they_were)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "id int4 !; name text");
    find_rows_in_target(fixture);
    const EntityPlan *plan = plan_entity(fixture_plan(fixture), "leads");
    CHECK(plan->undo == UNDO_ROWS && plan->undo_images && plan->way == WAY_STAGE);
    CHECK_TEXT(string_list_join(arena, &plan->undo_key, ","), "id");
}

TEST(an_insert_into_rows_is_staged_so_that_new_keys_are_known)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "id int4 !; name text");
    entity(fixture)->write = WRITE_INSERT;
    find_rows_in_target(fixture);
    const EntityPlan *plan = plan_entity(fixture_plan(fixture), "leads");
    CHECK(plan->undo == UNDO_ROWS && !plan->undo_images && plan->way == WAY_STAGE);
}

TEST(rows_without_a_key_are_recorded_whole)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "id int4; name text");
    find_rows_in_target(fixture);
    const EntityPlan *plan = plan_entity(fixture_plan(fixture), "leads");
    CHECK(plan->undo == UNDO_ROWS && plan->undo_key.count == 0);
}

TEST(undo_false_records_nothing_and_the_plan_says_so)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "id int4 !; name text");
    entity(fixture)->no_undo = true;
    find_rows_in_target(fixture);
    const Plan *plan = fixture_plan(fixture);
    const StringList ways = undo_ways_back(arena, plan, STEP_COPY);
    CHECK(plan_entity(plan, "leads")->undo == UNDO_OFF);
    CHECK_TEXT(string_list_join(arena, &ways, "|"), "nothing undoes leads: nothing is recorded: `undo: false`");
}

TEST(the_way_back_of_copies_names_tables)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "id int4 !; name text");
    find_rows_in_target(fixture);
    const StringList ways = undo_ways_back(arena, fixture_plan(fixture), STEP_COPY);
    CHECK_TEXT(string_list_join(arena, &ways, "|"), "rehome rollback deletes what is inserted, and restores what is changed, in leads");
}
