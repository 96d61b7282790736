#include "plan/hold.h"

#include "fixture.h"
#include "tap.h"

/* leads points to companies; both have primary keys. */
static Fixture *two_tables(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; company int4");
    fixture_add_both(fixture, "companies", "id int4 !");
    fixture_add_foreign_key(fixture, "leads", "company", "companies");
    fixture_add_entity(fixture, "leads", "id int4; company int4");
    fixture_add_entity(fixture, "companies", "id int4");
    return fixture;
}

TEST(an_empty_table_of_ours_gets_its_keys_back_after_the_rows)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(two_tables(arena));
    CHECK(plan_entity(plan, "leads")->hold);
    CHECK(plan_step(plan, "index leads_pkey") != NULL);
    CHECK(plan_step(plan, "constraint leads.leads_pkey") != NULL);
    CHECK(plan_step(plan, "foreign key leads.leads_company_fkey") != NULL);
    CHECK(plan_step(plan, "validate leads.leads_company_fkey") != NULL);
}

static void fill(Fixture *fixture)
{
    fixture->gathered.entities.items[0].into_empty = false;
}

static void keep(Fixture *fixture)
{
    fixture->manifest.entities.items[0].keep_indexes = true;
}

static void skip(Fixture *fixture)
{
    fixture->manifest.entities.items[0].write = WRITE_SKIP;
}

static void disown(Fixture *fixture)
{
    fixture_table(&fixture->target, "leads")->is_owner = false;
}

static const struct {
    void (*change)(Fixture *fixture);
    const char *reason;
} objections[] = {
    {fill, "the table is not empty"},
    {keep, "indexes: keep"},
    {skip, "rows that are there are kept, so it needs its keys"},
    {disown, "the role does not own the table"},
};

TEST(a_table_that_others_use_keeps_what_it_has)
{
    for (size_t i = 0; i < sizeof objections / sizeof objections[0]; i++) {
        AUTO(Arena) *arena = arena_new();
        Fixture *fixture = two_tables(arena);
        fixture_gather_all(fixture);
        objections[i].change(fixture);
        Plan *plan = fixture_plan(fixture);
        CHECK(!plan_entity(plan, "leads")->hold);
        CHECK_TEXT(plan_entity(plan, "leads")->hold_reason, objections[i].reason);
        CHECK(plan_step(plan, "index leads_pkey") == NULL);
        CHECK(plan_step(plan, "foreign key leads.leads_company_fkey") == NULL);
        CHECK(plan_step(plan, "index companies_pkey") == NULL); /* the foreign key that stays needs it */
    }
}

TEST(an_index_that_a_foreign_table_needs_stays)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    fixture_add_both(fixture, "audits", "id int4 !; company int4");
    fixture_add_foreign_key(fixture, "audits", "company", "companies");
    Plan *plan = fixture_plan(fixture);
    CHECK(plan_step(plan, "index companies_pkey") == NULL);
    CHECK(plan_step(plan, "index leads_pkey") != NULL);
}

TEST(a_primary_key_that_a_view_groups_by_stays)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    ((Index *)relation_primary_key(fixture_table(&fixture->target, "leads")))->views_depend = true;
    Plan *plan = fixture_plan(fixture);
    CHECK(plan_step(plan, "index leads_pkey") == NULL);
    CHECK(plan_step(plan, "constraint leads.leads_pkey") == NULL);
    CHECK(plan_step(plan, "foreign key leads.leads_company_fkey") != NULL);
}

TEST(an_upsert_that_meets_rows_of_another_entity_keeps_its_key)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "people", "id int4 !");
    fixture_add_entity(fixture, "people", "id int4");
    Entity *second = fixture_add_entity(fixture, "more", "id int4");
    second->into.name = second->from.items[0].name = "people";
    Plan *plan = fixture_plan(fixture);
    CHECK(plan_entity(plan, "people")->hold);
    CHECK(!plan_entity(plan, "people")->meets_rows);
    CHECK(plan_entity(plan, "more")->meets_rows);
    CHECK_NUMBER(plan_entity(plan, "people")->way, WAY_STREAM);
    CHECK_NUMBER(plan_entity(plan, "more")->way, WAY_STAGE);
    CHECK(plan_step(plan, "index people_pkey") == NULL);
    CHECK(string_list_contains(&plan_step(plan, "copy more")->needs, "copy people"));
}

TEST(a_child_is_prepared_before_the_parent_loses_its_index)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(two_tables(arena));
    CHECK(string_list_contains(&plan_step(plan, "prepare companies")->needs, "prepare leads"));
    CHECK(string_list_contains(&plan_step(plan, "cut companies")->needs, "prepare leads"));
    const char *sql = step_action(arena, plan, plan_step(plan, "prepare leads"));
    CHECK(strstr(sql, "ALTER TABLE \"public\".\"leads\" DROP CONSTRAINT IF EXISTS \"leads_company_fkey\";\n"
                      "ALTER TABLE \"public\".\"leads\" DROP CONSTRAINT IF EXISTS \"leads_pkey\";\n") != NULL);
    CHECK(text_starts_with(sql, "LOCK TABLE \"public\".\"leads\" IN ACCESS EXCLUSIVE MODE;\n"));
    CHECK(strstr(sql, "is not empty any more") != NULL);
}

TEST(of_a_circle_the_first_table_drops_the_keys_of_both)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    fixture_add_columns(fixture, &fixture->target, "companies", "lead int4");
    fixture_add_foreign_key(fixture, "companies", "lead", "leads");
    fixture->manifest.entities.items[1].transform.text = "id int4; lead int4";
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    const Step *first = plan_step(plan, "prepare leads"), *second = plan_step(plan, "prepare companies");
    if (first > second) {
        const Step *swap = first;
        first = second;
        second = swap;
    }
    CHECK(string_list_contains(&second->needs, first->name));
    CHECK(strstr(step_action(arena, plan, first), "leads_company_fkey") != NULL);
    CHECK(strstr(step_action(arena, plan, first), "companies_lead_fkey") != NULL);
    CHECK(plan_entity(plan, "leads")->cycle != NULL);
}

TEST(a_partitioned_table_keeps_its_indexes_and_checks_its_keys_at_once)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    fixture_table(&fixture->target, "leads")->kind = 'p';
    Plan *plan = fixture_plan(fixture);
    CHECK(plan_step(plan, "index leads_pkey") == NULL);
    CHECK(plan_step(plan, "foreign key leads.leads_company_fkey") != NULL);
    CHECK(plan_step(plan, "validate leads.leads_company_fkey") == NULL);
}

TEST(replace_cannot_truncate_under_a_foreign_key_that_stays)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    fixture->manifest.entities.items[1].write = WRITE_REPLACE;
    keep(fixture);
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "replace cannot TRUNCATE \"public\".\"companies\" while foreign key "
                                           "\"leads_company_fkey\"") != NULL);
}
