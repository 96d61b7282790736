#include "plan/lookup.h"

#include "fixture.h"
#include "tap.h"
#include "transform/reads.h"

static Fixture *tables(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        fixture_add_both(fixture, names[i], "id int4 !; ref int4");
        fixture_add_entity(fixture, names[i], "id int4; ref int4");
    }
    fixture_gather_all(fixture);
    return fixture;
}

/* Entity number `index` says this in its `load` (or on the source). */
static void let_read(Fixture *fixture, size_t index, const char *sql, bool on_target)
{
    Entity *entity = &fixture->manifest.entities.items[index];
    entity->load.place = (Place){"sql/load.sql", 1, 1};
    entity->load.is_file = true;
    entity->load.text = sql;
    SqlReads text = {.sql = &entity->load, .what = "load", .on_target = on_target};
    CHECK(reads_of_select(fixture->arena, sql, &text.reads));
    GatheredEntity *gathered = &fixture->gathered.entities.items[index];
    gathered->load_output = gathered->output;
    LIST_PUSH(fixture->arena, &gathered->texts, text);
}

static char *order_of(Arena *arena, const Plan *plan)
{
    Text names = text_new(arena);
    FOR_EACH(const EntityPlan, entity, plan->entities)
        text_addf(&names, "%s%s", names.length ? " " : "", entity->entity->name);
    return names.chars;
}

static bool needs(const Plan *plan, const char *step, const char *other)
{
    return string_list_contains(&plan_step(plan, step)->needs, other);
}

TEST(what_load_looks_up_is_copied_before_although_no_foreign_key_says_so)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "SELECT s.id, c.id AS ref FROM staged s JOIN c ON c.ref = s.id", true);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK_TEXT(order_of(arena, plan), "b c a");
    CHECK(needs(plan, "copy a", "copy c"));
    CHECK(!needs(plan, "copy a", "copy b"));
}

TEST(a_sub_select_of_load_looks_up_as_well)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "SELECT id, (SELECT max(id) FROM public.b WHERE b.ref = s.id) AS ref FROM staged s", true);
    CHECK(needs(fixture_plan(fixture), "copy a", "copy b"));
}

TEST(another_server_has_other_tables_of_that_name)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "SELECT a.id, c.id AS ref FROM a JOIN c ON c.ref = a.id", false);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(order_of(arena, plan), "a b c");
    CHECK(!needs(plan, "copy a", "copy c"));
}

TEST(inside_one_database_a_transform_looks_up_what_was_copied)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture->gathered.same = true;
    fixture->gathered.source = &fixture->target;
    let_read(fixture, 0, "SELECT b.id, c.id AS ref FROM b JOIN c ON c.ref = b.id", false);
    Plan *plan = fixture_plan(fixture);
    CHECK(needs(plan, "copy a", "copy c") && needs(plan, "copy a", "copy b"));
}

TEST(a_view_hides_no_table)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    ObjectId outer = fixture_add_table(fixture, &fixture->target, "outer_view");
    ObjectId inner = fixture_add_table(fixture, &fixture->target, "inner_view");
    fixture_table(&fixture->target, "outer_view")->kind = 'v';
    fixture_table(&fixture->target, "inner_view")->kind = 'v';
    *LIST_ADD(arena, &fixture->target.view_reads) = (ViewRead){outer, inner};
    *LIST_ADD(arena, &fixture->target.view_reads) = (ViewRead){inner, fixture_table(&fixture->target, "c")->oid};
    *LIST_ADD(arena, &fixture->target.view_reads) = (ViewRead){outer, fixture_table(&fixture->target, "c")->oid};
    FOR_EACH(GatheredEntity, entity, fixture->gathered.entities)
        entity->into = fixture_table(&fixture->target, entity->entity->name);
    let_read(fixture, 0, "SELECT s.id, v.id AS ref FROM staged s JOIN outer_view v ON v.ref = s.id", true);
    CHECK(needs(fixture_plan(fixture), "copy a", "copy c"));
}

TEST(a_query_of_with_is_no_table)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "WITH c AS (SELECT 1 AS id) SELECT s.id, c.id AS ref FROM staged s, c", true);
    CHECK(!needs(fixture_plan(fixture), "copy a", "copy c"));
}

TEST(those_who_look_each_other_up_are_a_mistake_with_its_place)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "SELECT s.id,\n       c.id AS ref\n  FROM staged s JOIN c ON true", true);
    let_read(fixture, 2, "SELECT s.id, a.id AS ref FROM staged s JOIN a ON true", true);
    Plan *plan = fixture_plan(fixture);
    CHECK(plan->entities.count == 3);
    CHECK(fixture->mistakes.list.count == 1);
    CHECK_TEXT(
        fixture_mistake(fixture),
        "sql/load.sql:3:22: entity \"a\": its load reads \"public\".\"c\", which entity \"c\" fills, and that one has "
        "to wait for \"a\" in turn; look rows up in one direction only");
}

TEST(a_foreign_key_that_is_held_back_gives_way_to_a_look_up)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    fixture_add_foreign_key(fixture, "c", "ref", "a");
    let_read(fixture, 0, "SELECT s.id, c.id AS ref FROM staged s JOIN c ON true", true);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK(needs(plan, "copy a", "copy c") && !needs(plan, "copy c", "copy a"));
}

TEST(who_looks_up_its_own_table_waits_for_nobody)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = tables(arena);
    let_read(fixture, 0, "SELECT s.id, a.id AS ref FROM staged s LEFT JOIN a ON a.id = s.ref", true);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK_TEXT(order_of(arena, plan), "a b c");
}
