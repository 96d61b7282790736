#include "plan/writing.h"

#include "plan/mapping.h"

#include "fixture.h"
#include "tap.h"

static Fixture *leads(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; email text; updated_at timestamptz");
    fixture_add_entity(fixture, "leads", "id int4; email text; updated_at timestamptz");
    return fixture;
}

static Entity *entity_of(Fixture *fixture)
{
    return &fixture->manifest.entities.items[0];
}

static void add_name(Fixture *fixture, NameList *names, const char *name)
{
    *LIST_ADD(fixture->arena, names) = (Name){.text = name, .name = name, .place = {"migration.yaml", 12, 5}};
}

TEST(the_primary_key_is_the_key_and_the_rest_is_updated)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "leads");
    CHECK_NUMBER(entity->write, WRITE_UPSERT);
    CHECK(entity->key.count == 1);
    CHECK(mapping_find(&entity->mappings, "id")->in_key);
    CHECK(!mapping_find(&entity->mappings, "id")->updated);
    CHECK(mapping_find(&entity->mappings, "email")->updated);
}

TEST(without_a_usable_key_rows_are_inserted)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture_table(&fixture->target, "leads")->indexes.count = 0;
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "leads");
    CHECK_NUMBER(entity->write, WRITE_INSERT);
    CHECK(entity->key.count == 0);
    CHECK_TEXT(fixture_mistake(fixture), "");
}

TEST(an_upsert_needs_a_unique_index_over_its_key)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    entity_of(fixture)->write = WRITE_UPSERT;
    add_name(fixture, &entity_of(fixture)->key, "email");
    fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture),
               "migration.yaml:10:3: entity \"leads\": upsert needs a unique index over (email) in "
               "\"public\".\"leads\"; unique keys: (id)");
}

TEST(a_deferrable_key_cannot_be_upserted_onto)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture_table(&fixture->target, "leads")->indexes.items[0].deferrable = true;
    entity_of(fixture)->write = WRITE_SKIP;
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "deferrable, and ON CONFLICT cannot use it") != NULL);
}

TEST(columns_that_are_named_have_to_be_mapped)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    entity_of(fixture)->has_update = true;
    add_name(fixture, &entity_of(fixture)->update, "emial");
    add_name(fixture, &entity_of(fixture)->verify_except, "updated_at");
    const EntityPlan *entity = plan_entity(fixture_plan(fixture), "leads");
    CHECK(fixture->mistakes.list.count == 1);
    CHECK(strstr(fixture_mistake(fixture),
                 "12:5: entity \"leads\": update names column \"emial\", which is not mapped") != NULL);
    CHECK_TEXT(mapping_find(&entity->mappings, "updated_at")->left_out, "verify.except names it");
    CHECK(!mapping_find(&entity->mappings, "email")->updated);
}

TEST(a_key_column_that_is_not_there_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    add_name(fixture, &entity_of(fixture)->key, "emial");
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture),
                 "key column \"emial\" is not in \"public\".\"leads\"; did you mean \"email\"?") != NULL);
}

TEST(replace_needs_the_right_to_truncate_or_a_scope)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    entity_of(fixture)->write = WRITE_REPLACE;
    fixture_table(&fixture->target, "leads")->may_truncate = false;
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "may not TRUNCATE") != NULL);
}

TEST(replace_of_a_shared_table_needs_a_scope)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    entity_of(fixture)->write = WRITE_REPLACE;
    Entity *other = fixture_add_entity(fixture, "other", "id int4");
    other->into.name = other->from.items[0].name = "leads";
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "needs a \"scope\"") != NULL);
}
