#include "plan/compat.h"

#include "fixture.h"
#include "tap.h"

typedef struct CompatCase {
    Fixture *fixture;
    Compat *compat;
    Plan *plan;
    const CompatPlan *view;
} CompatCase;

/* users(id, email, name, price, born) move to people by this transform. */
static CompatCase people(Arena *arena, const char *columns, const char *output, const char *transform)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_table(fixture, &fixture->source, "users");
    fixture_add_columns(fixture, &fixture->source, "users",
                        "id int4 !; email varchar(20); name text; born timestamp; mood mood");
    fixture_add_key(fixture, &fixture->source, "users", "users_pkey", 1);
    fixture_add_table(fixture, &fixture->target, "people");
    fixture_add_columns(fixture, &fixture->target, "people", columns);
    fixture_add_key(fixture, &fixture->target, "people", "people_pkey", 1);
    Entity *entity = fixture_add_entity(fixture, "people", output);
    entity->from.items[0].name = entity->from.items[0].text = "users";
    fixture_gather_all(fixture);

    static const char *const names[] = {"id", "email", "name", "born", "mood"};
    static const StringList driving = {.items = (const char **)names, .count = 5};
    Sql *sql = NEW(arena, Sql);
    *sql = (Sql){.text = transform};
    GatheredEntity *gathered = &fixture->gathered.entities.items[0];
    TransformRequest request = {.sql = sql,
                                .driving_schema = "public",
                                .driving_name = "users",
                                .driving_in_search_path = true,
                                .key = &gathered->walk_key,
                                .driving_columns = &driving};
    gathered->transform = transform_build(arena, &request, &fixture->mistakes);
    Compat *compat = NEW(arena, Compat);
    *compat = (Compat){.view = {.text = "users_compat", .name = "users_compat", .place = {"migration.yaml", 20, 3}},
                       .entity = "people",
                       .entity_place = {"migration.yaml", 20, 25}};
    *LIST_ADD(arena, &fixture->gathered.compats) =
        (GatheredCompat){.compat = compat, .like = fixture_table(&fixture->source, "users")};
    return (CompatCase){.fixture = fixture, .compat = compat};
}

static const char *plan_view(CompatCase *people)
{
    people->plan = fixture_plan(people->fixture);
    people->view = &people->plan->compats.items[0];
    return people->view->action ? people->view->action : fixture_mistake(people->fixture);
}

#define PLAIN_COLUMNS "id int4 !; mail varchar(20); name text; born timestamp; mood mood"

static CompatCase plain(Arena *arena)
{
    return people(arena, PLAIN_COLUMNS, "id int4; mail varchar(20); name text; born timestamp; mood mood",
                  "SELECT id, email AS mail, name, born, mood FROM users");
}

TEST(a_view_of_plain_columns_has_no_trigger)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    const char *action = plan_view(&view);
    CHECK(view.view->updatable);
    CHECK(view.view->notes.count == 0);
    CHECK(
        strstr(action,
               "CREATE VIEW \"public\".\"users_compat\" WITH (security_invoker = true) AS\n"
               "SELECT t.\"id\" AS \"id\",\n       t.\"mail\" AS \"email\",\n       t.\"name\" AS \"name\",\n"
               "       t.\"born\" AS \"born\",\n       t.\"mood\" AS \"mood\"\n  FROM \"public\".\"people\" AS t;\n") !=
        NULL);
    CHECK(strstr(action, "CREATE TRIGGER") == NULL);
    CHECK(view.view->probe == NULL);
}

TEST(security_invoker_begins_with_postgresql_15)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    view.fixture->target.server_version = 140010;
    CHECK(strstr(plan_view(&view), "CREATE VIEW \"public\".\"users_compat\" AS\n") != NULL);
}

TEST(what_stands_in_the_way_of_a_plain_view_makes_it_one_with_a_trigger)
{
    for (int what = 0; what < 3; what++) {
        AUTO(Arena) *arena = arena_new();
        CompatCase view = plain(arena);
        CompatColumn given = {.name = {.text = "name", .name = "name"}, .sql = {.text = "upper(name)"}};
        if (what == 0)
            view.fixture->manifest.entities.items[0].where = (Sql){.text = "id > 1"};
        if (what == 1)
            LIST_PUSH(arena, &view.compat->columns, given);
        if (what == 2)
            *LIST_ADD(arena, &view.fixture->manifest.entities.items[0].rejects) =
                (RejectRule){.name = "odd", .sql = {.text = "id < 0"}};
        CHECK(strstr(plan_view(&view), "INSTEAD OF INSERT OR UPDATE OR DELETE") != NULL);
        CHECK(!view.view->updatable);
    }
}

TEST(a_delete_may_be_refused_by_itself)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    view.compat->delete = DELETE_REFUSE;
    CHECK(strstr(plan_view(&view), "INSTEAD OF DELETE ON \"public\".\"users_compat\"") != NULL);
    CHECK(view.view->updatable);
}

TEST(columns_are_cast_back_to_the_old_types_and_times_are_utc)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view =
        people(arena, "id int8 !; mail text; name text; born timestamptz", "id int4; mail varchar(20); born timestamp",
               "SELECT u.id, u.email AS mail, u.born FROM users u");
    const char *action = plan_view(&view);
    CHECK(strstr(action, "SELECT t.\"id\"::int4 AS \"id\",\n") != NULL);
    CHECK(strstr(action, "t.\"mail\"::varchar(20) AS \"email\"") != NULL);
    CHECK(strstr(action, "(t.\"born\" AT TIME ZONE 'UTC')::timestamp AS \"born\"") != NULL);
    CHECK(strstr(action, "NULL::text AS \"name\"") != NULL);
    CHECK(strstr(action, "NULL::mood AS \"mood\"") != NULL);
    CHECK(strstr(action, "WHERE t.\"id\" = OLD.\"id\"::pg_catalog.int8") != NULL);
    CHECK_TEXT(string_list_join(arena, &view.view->notes, "; "),
               "name is NULL, and what is written to it is lost: nothing carries it; "
               "mood is NULL, and what is written to it is lost: nothing carries it");
}

TEST(a_type_that_the_target_does_not_have_is_text)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = people(arena, "id int4 !; mood text", "id int4; mood text", "SELECT id, mood::text FROM users");
    FOR_EACH(Type, type, view.fixture->target.types)
        if (text_equal(type->name, "mood"))
            type->name = "temper";
    CHECK(strstr(plan_view(&view), "t.\"mood\"") != NULL);
    CHECK(strstr(view.view->action, "::mood") == NULL);
    CHECK(strstr(view.view->action, "NULL::varchar(20) AS \"email\"") != NULL);
}

TEST(a_computed_column_reads_back_only_under_its_own_name_and_type)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view =
        people(arena, "id int4 !; email text; title text; born text", "id int4; email text; title text; born text",
               "SELECT id, lower(email) AS email, upper(name) AS title, 'x' || born AS born FROM users");
    const char *action = plan_view(&view);
    CHECK(strstr(action, "t.\"email\"::varchar(20) AS \"email\"") != NULL);
    CHECK(strstr(action, "NULL::text AS \"name\"") != NULL);
    CHECK(strstr(action, "NULL::timestamp AS \"born\"") != NULL);
    CHECK_TEXT(view.view->notes.items[0], "email reads as the transform has made it");
}

TEST(the_transform_runs_over_the_row_that_is_written)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view =
        people(arena, "id int4 !; mail text", "id int4; mail text", "SELECT u.id, lower(u.email) AS mail FROM users u");
    const char *action = plan_view(&view);
    CHECK(strstr(action, "FROM (SELECT u.id, lower(u.email) AS mail FROM (SELECT * FROM (SELECT NEW.\"id\" AS \"id\", "
                         "NEW.\"email\" AS \"email\"") != NULL);
    CHECK(strstr(action, "SET \"id\" = CASE WHEN \"rehome_new\".\"id\" IS DISTINCT FROM \"rehome_old\".\"id\" THEN "
                         "\"rehome_new\".\"id\" ELSE t.\"id\" END") != NULL);
    CHECK(strstr(view.view->probe, "NULL::varchar(20) AS \"email\"") != NULL);
}

TEST(a_row_is_locked_and_compared_before_it_is_written)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view =
        people(arena, "id int4 !; mail text", "id int4; mail text", "SELECT u.id, lower(u.email) AS mail FROM users u");
    const char *action = plan_view(&view);
    const char *lock = strstr(action, "FOR NO KEY UPDATE"), *update = strstr(action, "UPDATE \"public\".\"people\"");
    CHECK(lock && update && lock < update);
    CHECK(strstr(action, "WHEN \"rehome_now\".\"id\" IS DISTINCT FROM OLD.\"id\" AND NEW.\"id\" IS DISTINCT FROM "
                         "OLD.\"id\" THEN 'id'") != NULL);
    CHECK(strstr(action, "CREATE FUNCTION \"public\".\"see_users_compat\"() RETURNS trigger LANGUAGE plpgsql STABLE") !=
          NULL);
    CHECK(strstr(action, "CREATE TRIGGER rehome_see INSTEAD OF UPDATE OR DELETE") != NULL);
    CHECK(strcmp("rehome_see", "rehome_write") < 0); /* PostgreSQL fires them in this order */
}

TEST(a_transform_over_many_rows_takes_no_row)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view =
        people(arena, "id int4 !; mail text", "id int4; mail text", "SELECT DISTINCT id, email AS mail FROM users");
    const char *action = plan_view(&view);
    CHECK(strstr(action, "rows cannot be inserted through users_compat: the transform cannot be run for one row: ") !=
          NULL);
    CHECK(strstr(action, "DELETE FROM \"public\".\"people\" AS t WHERE t.\"id\" = OLD.\"id\"") != NULL);
    CHECK(view.view->probe == NULL);
}

TEST(without_a_unique_key_that_can_be_read_rows_are_not_found_again)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = people(arena, "number int8 !; mail text", "number int8; mail text",
                             "SELECT id * 10 AS number, email AS mail FROM users");
    const char *action = plan_view(&view);
    CHECK(strstr(action, "rows cannot be updated through users_compat: no unique key of") != NULL);
    CHECK(strstr(action, "rows cannot be deleted through users_compat: no unique key of") != NULL);
}

TEST(nothing_in_a_text_can_end_the_body_of_the_function)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = people(arena, "id int4 !; mail text", "id int4; mail text",
                             "SELECT id, email || '$rehome$' AS mail FROM users");
    CHECK(strstr(plan_view(&view), "AS $rehome2$\n") != NULL);
}

TEST(somebody_elses_object_is_a_mistake_and_our_own_is_not)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    fixture_add_table(view.fixture, &view.fixture->target, "users_compat");
    view.fixture->gathered.entities.items[0].into = fixture_table(&view.fixture->target, "people");
    CHECK_TEXT(plan_view(&view),
               "migration.yaml:20:3: \"public\".\"users_compat\" is there already, and rehome has not made it; "
               "give the view another name, or drop what is there");
    view.fixture->mistakes.list.count = 0;
    fixture_table(&view.fixture->target, "users_compat")->kind = 'v';
    fixture_table(&view.fixture->target, "users_compat")->comment =
        "Made by rehome, migration crm: people in the shape of users.";
    CHECK(strstr(plan_view(&view), "CREATE VIEW") != NULL);
}

TEST(a_view_looks_like_the_table_that_its_entity_is_filled_from)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    fixture_add_table(view.fixture, &view.fixture->source, "other");
    view.fixture->gathered.entities.items[0].driving = fixture_table(&view.fixture->source, "users");
    view.fixture->gathered.compats.items[0].like = fixture_table(&view.fixture->source, "other");
    CHECK_TEXT(
        plan_view(&view),
        "migration.yaml:20:25: entity \"people\" is filled from \"public\".\"users\", so a view over it cannot look "
        "like \"public\".\"other\"");
}

TEST(a_step_makes_the_view_after_the_copy_and_before_the_checks)
{
    AUTO(Arena) *arena = arena_new();
    CompatCase view = plain(arena);
    *LIST_ADD(arena, &view.fixture->manifest.checks) = (Check){.name = "whole", .side = CHECK_TARGET};
    plan_view(&view);
    const Step *step = plan_step(view.plan, "compat users_compat"), *check = plan_step(view.plan, "check after whole");
    CHECK(string_list_contains(&step->needs, "copy people"));
    CHECK(string_list_contains(&check->needs, "compat users_compat"));
    CHECK_TEXT(step_action(arena, view.plan, step), view.view->action);
}
