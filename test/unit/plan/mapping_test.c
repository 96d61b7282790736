#include "plan/mapping.h"

#include "fixture.h"
#include "tap.h"

static Fixture *leads(Arena *arena, const char *target_columns)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !");
    fixture_add_columns(fixture, &fixture->target, "leads", target_columns);
    return fixture;
}

TEST(an_output_column_fills_the_target_column_of_its_name)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "email email; price numeric(10,2)");
    fixture_add_entity(fixture, "leads", "id int4; email text; price numeric");
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    const EntityPlan *entity = plan_entity(plan, "leads");
    CHECK(entity->mappings.count == 3);
    const Mapping *price = mapping_find(&entity->mappings, "price");
    CHECK_TEXT(price->select_sql, "\"q\".\"price\"");
    CHECK_TEXT(price->hash_from_sql, "pg_catalog.numeric_send((\"q\".\"price\")::pg_catalog.numeric(10,2))");
    CHECK_TEXT(price->hash_to_sql, "pg_catalog.numeric_send(\"t\".\"price\")");
    const Mapping *email = mapping_find(&entity->mappings, "email");
    CHECK_TEXT(email->hash_to_sql, "pg_catalog.varcharsend((\"t\".\"email\")::pg_catalog.varchar)");
    CHECK_TEXT(email->stage_type, "email");
    CHECK(entity->rejects.count == 2);
    CHECK_TEXT(entity->rejects.items[0].reason, "lossy:email");
    CHECK(entity->rejects.items[0].budgeted);
}

static const struct {
    const char *columns, *output, *mistake;
} wrong[] = {
    {"email text", "id int4; emial text",
     "sql/x.sql:1:1: entity \"leads\": the transform gives a column \"emial\" that \"public\".\"leads\" does not have; "
     "did you "
     "mean \"email\"?"},
    {"email text", "id int4; id int4", "sql/x.sql:1:1: entity \"leads\": the transform gives column \"id\" twice"},
    {"email text !", "id int4",
     "sql/x.sql:1:1: entity \"leads\": column \"email\" of \"public\".\"leads\" is NOT NULL, has no default, and the "
     "transform "
     "does not give it"},
    {"at here", "id int4",
     "sql/x.sql:1:1: entity \"leads\": column \"at\" of \"public\".\"leads\" is NOT NULL, has no default, and the "
     "transform does "
     "not give it"},
    {"at date", "id int4; at bool",
     "sql/x.sql:1:1: entity \"leads\": column \"at\" is bool in the transform and date in \"public\".\"leads\", and "
     "there is no "
     "cast; cast it in the transform"},
};

TEST(what_does_not_fit_is_a_mistake_at_its_place)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        AUTO(Arena) *arena = arena_new();
        Fixture *fixture = leads(arena, wrong[i].columns);
        fixture_add_entity(fixture, "leads", wrong[i].output);
        fixture_plan(fixture);
        CHECK(fixture->mistakes.list.count == 1);
        CHECK_TEXT(fixture_mistake(fixture), wrong[i].mistake);
    }
}

TEST(a_generated_column_cannot_be_given)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "sum int4");
    fixture_table(&fixture->target, "leads")->columns.items[1].generated = 's';
    fixture_add_entity(fixture, "leads", "id int4; sum int4");
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "is generated") != NULL);
}

TEST(a_default_or_an_identity_may_be_left_out)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "a int4 !; b int4 !");
    fixture_table(&fixture->target, "leads")->columns.items[1].has_default = true;
    fixture_table(&fixture->target, "leads")->columns.items[2].identity = 'd';
    fixture_add_entity(fixture, "leads", "id int4");
    fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
}

TEST(with_a_load_the_transform_fills_staged_columns)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena, "profile int4 !; price numeric(10,2)");
    fixture_add_entity(fixture, "leads", "id int4; author int8; price numeric(10,2)")->load =
        (Sql){.text = "id int4; profile int8; price numeric", .place = {"sql/load.sql", 1, 1}, .is_file = true};
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "leads");
    CHECK_TEXT(fixture_mistake(fixture), "");
    const Mapping *author = mapping_find(&entity->mappings, "author");
    CHECK(author->to == NULL);
    CHECK_TEXT(author->stage_type, "pg_catalog.text");
    CHECK_TEXT(author->select_sql, "(\"q\".\"author\")::pg_catalog.text");
    CHECK_TEXT(way_name(entity->way), "stage");
    const Mapping *price = mapping_find(&entity->load_mappings, "price");
    CHECK(text_starts_with(price->select_sql, "CASE WHEN \"q\".\"price\" IS NOT NULL AND "));
    CHECK(mapping_to_target(entity) == &entity->load_mappings);
}
