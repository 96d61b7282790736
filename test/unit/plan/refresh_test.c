#include "plan/refresh.h"

#include "fixture.h"
#include "tap.h"

/* Tables a and b, which are filled, and c, which is not; the view `v` and the materialised views `m`, `n`. */
static Fixture *views(Arena *arena)
{
    static const char *const kinds[] = {"v", "m", "n"};
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "a", "id int4 !");
    fixture_add_both(fixture, "b", "id int4 !");
    fixture_add_table(fixture, &fixture->target, "c");
    fixture_add_entity(fixture, "a", "id int4");
    fixture_add_entity(fixture, "b", "id int4");
    for (size_t i = 0; i < 3; i++) {
        fixture_add_table(fixture, &fixture->target, kinds[i]);
        fixture_table(&fixture->target, kinds[i])->kind = i == 0 ? 'v' : 'm';
    }
    return fixture;
}

static void reads(Fixture *fixture, const char *view, const char *relation)
{
    *LIST_ADD(fixture->arena, &fixture->target.view_reads) =
        (ViewRead){fixture_table(&fixture->target, view)->oid, fixture_table(&fixture->target, relation)->oid};
}

static void list(Fixture *fixture, const char *name)
{
    *LIST_ADD(fixture->arena, &fixture->manifest.refresh) =
        (Name){.text = name, .name = name, .place = {"migration.yaml", 9, 12}};
}

static bool needs(const Plan *plan, const char *step, const char *before)
{
    const Step *found = plan_step(plan, step);
    return found && string_list_contains(&found->needs, before);
}

static const char *warnings(Arena *arena, const Plan *plan)
{
    Text text = text_new(arena);
    FOR_EACH(const char *, warning, plan->warnings)
        text_addf(&text, "%s\n", *warning);
    return text.chars;
}

static void add_index(Fixture *fixture, const char *view, Index index)
{
    *LIST_ADD(fixture->arena, &fixture_table(&fixture->target, view)->indexes) = index;
}

TEST(a_view_is_refreshed_after_all_copies_and_before_the_checks)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    *LIST_ADD(arena, &fixture->manifest.checks) = (Check){.name = "total", .side = CHECK_TARGET};
    reads(fixture, "m", "a");
    list(fixture, "m");
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK(needs(plan, "refresh m", "copy a") && needs(plan, "refresh m", "copy b"));
    CHECK(needs(plan, "refresh m", "constraint a.a_pkey") && needs(plan, "refresh m", "analyze a"));
    CHECK(!needs(plan, "refresh m", "analyze b"));
    CHECK(needs(plan, "check after total", "refresh m"));
    CHECK(plan_step(plan, "refresh m") < plan_step(plan, "verify a"));
    FOR_EACH(const Step, step, plan->steps)
        FOR_EACH(const char *, name, step->needs)
            CHECK(plan_step(plan, *name) && plan_step(plan, *name) < step);
}

TEST(a_view_comes_after_the_views_that_it_reads)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    reads(fixture, "m", "v");
    reads(fixture, "m", "n");
    reads(fixture, "m", "b");
    reads(fixture, "n", "b");
    list(fixture, "m");
    list(fixture, "n");
    Plan *plan = fixture_plan(fixture);
    CHECK(needs(plan, "refresh m", "refresh n"));
    CHECK(plan_step(plan, "refresh n") < plan_step(plan, "refresh m"));
    CHECK(needs(plan, "refresh m", "analyze b"));
    CHECK_TEXT(plan_step(plan, "refresh m")->reason,
               "it reads b; it cannot be read meanwhile, because no unique index tells its rows apart");
}

TEST(views_in_a_circle_are_taken_as_they_come)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    reads(fixture, "m", "n");
    reads(fixture, "n", "m");
    list(fixture, "m");
    list(fixture, "n");
    MaterialisedViewList found = {0};
    refresh_build(arena, &fixture->manifest, &fixture->target, &found, &fixture->mistakes);
    CHECK_NUMBER((long long)found.count, 2);
    CHECK_TEXT(found.items[0]->name, "m");
}

TEST(a_populated_view_with_a_unique_index_can_be_read_meanwhile)
{
    static const struct {
        Index index;
        bool populated;
        const char *sql;
    } cases[] = {
        {{.unique = true, .valid = true}, true, "REFRESH MATERIALIZED VIEW CONCURRENTLY \"public\".\"m\""},
        {{.unique = true, .valid = true}, false, "REFRESH MATERIALIZED VIEW \"public\".\"m\""},
        {{.unique = false, .valid = true}, true, "REFRESH MATERIALIZED VIEW \"public\".\"m\""},
        {{.unique = true, .valid = false}, true, "REFRESH MATERIALIZED VIEW \"public\".\"m\""},
        {{.unique = true, .valid = true, .partial = true}, true, "REFRESH MATERIALIZED VIEW \"public\".\"m\""},
        {{.unique = true, .valid = true, .has_expression = true}, true, "REFRESH MATERIALIZED VIEW \"public\".\"m\""},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture *fixture = views(arena);
        add_index(fixture, "m", cases[i].index);
        fixture_table(&fixture->target, "m")->populated = cases[i].populated;
        list(fixture, "m");
        const Plan *plan = fixture_plan(fixture);
        CHECK_TEXT(step_action(arena, plan, plan_step(plan, "refresh m")), arena_printf(arena, "%s;\n", cases[i].sql));
    }
}

TEST(what_is_no_materialised_view_is_a_mistake)
{
    static const struct {
        const char *name, *mistake;
    } cases[] = {
        {"a", "migration.yaml:9:12: a on the target is a table, not a materialised view"},
        {"v", "migration.yaml:9:12: v on the target is a view, not a materialised view"},
        {"l2_dayly", "migration.yaml:9:12: no materialised view l2_dayly on the target; did you mean l2_daily?"},
        {"zzzzzzzzz", "migration.yaml:9:12: no materialised view zzzzzzzzz on the target"},
        {"L2",
         "migration.yaml:9:12: no materialised view L2 on the target; there is one spelled exactly so: write '\"L2\"' "
         "with double quotes"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture *fixture = views(arena);
        fixture_add_table(fixture, &fixture->target, "l2_daily");
        fixture_table(&fixture->target, "l2_daily")->kind = 'm';
        fixture_add_table(fixture, &fixture->target, "L2");
        fixture_table(&fixture->target, "L2")->kind = 'm';
        list(fixture, cases[i].name);
        if (i == 4)
            fixture->manifest.refresh.items[0].name = "l2";
        fixture_plan(fixture);
        CHECK_TEXT(fixture_mistake(fixture), cases[i].mistake);
    }
    Fixture *fixture = views(arena);
    list(fixture, "m");
    list(fixture, "m");
    fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "migration.yaml:9:12: m stands here a second time");
}

TEST(a_view_that_goes_stale_is_warned_of)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    reads(fixture, "m", "v");
    reads(fixture, "m", "b");
    reads(fixture, "n", "c");
    const Plan *plan = fixture_plan(fixture);
    CHECK(strstr(warnings(arena, plan), "materialised view m reads b and is not under `refresh`"));
    CHECK(!strstr(warnings(arena, plan), "view n reads"));
}

TEST(a_view_of_another_role_is_warned_of)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    fixture_table(&fixture->target, "m")->is_owner = false;
    list(fixture, "m");
    CHECK(strstr(warnings(arena, fixture_plan(fixture)), "role \"mover\" does not own materialised view m"));
}

TEST(with_some_entities_only_their_views_are_refreshed)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = views(arena);
    reads(fixture, "m", "a");
    reads(fixture, "n", "b");
    Plan plan = {.manifest = &fixture->manifest, .gathered = &fixture->gathered};
    *LIST_ADD(arena, &plan.entities) = (EntityPlan){.into = fixture_table(&fixture->target, "a")};
    CHECK(refresh_is_due(&plan, fixture_table(&fixture->target, "m")));
    CHECK(!refresh_is_due(&plan, fixture_table(&fixture->target, "n")));
    CHECK(refresh_is_due(&plan, fixture_table(&fixture->target, "c")));
}
