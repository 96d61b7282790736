#include "assess/shadow.h"

#include "../plan/fixture.h"
#include "tap.h"

/* leads points to companies and to countries, which nobody fills. */
static Fixture *tables(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; company int4; country int4");
    fixture_add_both(fixture, "companies", "id int4 !");
    fixture_add_both(fixture, "countries", "id int4 !");
    fixture_add_foreign_key(fixture, "leads", "company", "companies");
    fixture_add_foreign_key(fixture, "leads", "country", "countries");
    fixture_add_entity(fixture, "leads", "id int4; company int4; country int4");
    fixture_add_entity(fixture, "companies", "id int4");
    return fixture;
}

static StringList all_steps(Arena *arena, const Plan *plan)
{
    StringList names = {0};
    FOR_EACH(const Step, step, plan->steps)
        LIST_PUSH(arena, &names, step->name);
    return names;
}

static const ShadowTable *table_named(const Shadow *shadow, const char *name)
{
    FOR_EACH(const ShadowTable, table, shadow->tables)
        if (text_equal(table->real->name, name))
            return table;
    return NULL;
}

TEST(what_is_filled_has_a_shadow_and_so_has_what_keys_refer_to)
{
    AUTO(Arena) *arena = arena_new();
    const Plan *plan = fixture_plan(tables(arena));
    const StringList open = all_steps(arena, plan);
    const Shadow *shadow = shadow_build(arena, plan, &open);
    CHECK_NUMBER((long long)shadow->tables.count, 3);
    CHECK(!table_named(shadow, "leads")->is_parent && !table_named(shadow, "companies")->is_parent);
    CHECK(table_named(shadow, "countries")->is_parent);
    CHECK(text_starts_with(table_named(shadow, "leads")->relation->sql_name, "\"pg_temp\".\"" SHADOW_PREFIX));
}

TEST(everything_of_the_plan_speaks_of_shadows_and_nothing_of_the_real_one_does)
{
    AUTO(Arena) *arena = arena_new();
    const Plan *plan = fixture_plan(tables(arena));
    const StringList open = all_steps(arena, plan);
    const Shadow *shadow = shadow_build(arena, plan, &open);
    const Relation *leads = table_named(shadow, "leads")->relation;
    CHECK(plan_entity(shadow->plan, "leads")->into == leads && plan_entity(shadow->plan, "leads")->gathered->into == leads);
    CHECK(catalog_relation_by_oid(shadow->plan->gathered->target, leads->oid) == leads);
    FOR_EACH(const Step, step, shadow->plan->steps) {
        const Step *real = &plan->steps.items[step - shadow->plan->steps.items];
        CHECK_TEXT(step->name, real->name);
        if (real->relation)
            CHECK(step->relation == shadow_of(shadow, real->relation)->relation && text_equal(real->relation->schema, "public"));
        if (real->entity)
            CHECK(step->entity->into == step->relation && real->entity->into == real->relation);
        if (real->foreign_key)
            CHECK(strstr(step->foreign_key->definition, "pg_temp") && !strstr(real->foreign_key->definition, "pg_temp"));
    }
}

TEST(what_a_step_brings_back_is_held_until_the_step_is_done)
{
    AUTO(Arena) *arena = arena_new();
    const Plan *plan = fixture_plan(tables(arena));
    const StringList open = all_steps(arena, plan), none = {0};
    const Index *index = plan_step(plan, "index leads_pkey")->index;
    const ForeignKey *key = plan_step(plan, "foreign key leads.leads_company_fkey")->foreign_key;
    const Shadow *before = shadow_build(arena, plan, &open), *after = shadow_build(arena, plan, &none);
    CHECK(shadow_holds_index(before, index) && shadow_holds_foreign_key(before, key));
    CHECK(!shadow_holds_index(after, index) && !shadow_holds_foreign_key(after, key));
}

TEST(messages_name_the_real_tables)
{
    AUTO(Arena) *arena = arena_new();
    const Plan *plan = fixture_plan(tables(arena));
    const StringList open = all_steps(arena, plan);
    const Shadow *shadow = shadow_build(arena, plan, &open);
    const char *message = arena_printf(arena, "null value in relation \"%s\", twice \"%s\"", table_named(shadow, "leads")->relation->name,
                                       table_named(shadow, "companies")->relation->name);
    CHECK_TEXT(shadow_reveal(arena, shadow, message), "null value in relation \"leads\", twice \"companies\"");
}
