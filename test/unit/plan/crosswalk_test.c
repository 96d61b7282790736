#include "plan/crosswalk.h"

#include "fixture.h"
#include "tap.h"
#include "transform/reads.h"

/* Profiles, which keep a crosswalk, and posts. */
static Fixture *profiles(Arena *arena, const char *old_key, const char *new_key)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "posts", "id int4 !; author int4");
    fixture_add_table(fixture, &fixture->source, "profiles");
    fixture_add_table(fixture, &fixture->target, "profiles");
    fixture_add_columns(fixture, &fixture->source, "profiles", arena_printf(arena, "id %s !", old_key));
    fixture_add_columns(fixture, &fixture->target, "profiles", arena_printf(arena, "uid %s !", new_key));
    fixture_add_key(fixture, &fixture->source, "profiles", "profiles_pkey", 1);
    fixture_add_key(fixture, &fixture->target, "profiles", "profiles_pkey", 1);
    fixture_add_entity(fixture, "posts", "id int4; author int4");
    Entity *entity = fixture_add_entity(fixture, "profiles", arena_printf(arena, "uid %s", new_key));
    entity->crosswalk = true;
    entity->crosswalk_place = (Place){"migration.yaml", 12, 5};
    fixture_gather_all(fixture);
    ((Transform *)fixture->gathered.entities.items[1].transform)->shows_key = true;
    return fixture;
}

static const Crosswalk *define(Fixture *fixture)
{
    crosswalk_define(fixture->arena, &fixture->gathered, &fixture->gathered.crosswalks, &fixture->mistakes);
    return crosswalk_find(&fixture->gathered.crosswalks, "crosswalk_profiles");
}

static void let_read(Fixture *fixture, const char *sql)
{
    GatheredEntity *posts = &fixture->gathered.entities.items[0];
    Sql *text = (Sql *)posts->transform->sql;
    text->text = sql;
    SqlReads reads = {.sql = text, .what = "transform"};
    CHECK(reads_of_select(fixture->arena, sql, &reads.reads));
    LIST_PUSH(fixture->arena, &posts->texts, reads);
}

TEST(its_columns_are_the_keys_of_both_sides)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int8", "uuid");
    char *create = crosswalk_create(arena, define(fixture));
    CHECK(text_starts_with(
        create, "CREATE TABLE \"rehome\".\"crosswalk_profiles\" (migration bigint NOT NULL, entity text NOT NULL, "
                "source text NOT NULL, \"old_id\" \"pg_catalog\".\"int8\", \"new_uid\" \"pg_catalog\".\"uuid\");\n"
                "CREATE INDEX ON \"rehome\".\"crosswalk_profiles\" (\"old_id\", migration);\n"
                "CREATE INDEX ON \"rehome\".\"crosswalk_profiles\" (\"new_uid\", migration);\n"));
}

TEST(a_type_that_the_other_side_does_not_know_is_text)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "mood", "email");
    const Crosswalk *crosswalk = define(fixture);
    CHECK_TEXT(crosswalk->columns.items[0].type, "\"pg_catalog\".\"text\"");
    CHECK_TEXT(crosswalk->columns.items[1].type, "\"pg_catalog\".\"varchar\"");
    fixture->gathered.same = true;
    fixture->gathered.crosswalks = (CrosswalkList){0};
    CHECK_TEXT(define(fixture)->columns.items[0].type, "\"public\".\"mood\"");
}

TEST(what_an_earlier_migration_made_is_used_or_extended)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int8", "uuid");
    Crosswalk *there = LIST_ADD(arena, &fixture->gathered.crosswalks);
    *there = (Crosswalk){.table = "crosswalk_profiles", .sql_name = "c", .exists = true};
    LIST_PUSH(arena, &there->columns, ((CrosswalkColumn){"old_id", "\"pg_catalog\".\"int8\"", true, true}));
    CHECK_TEXT(crosswalk_create(arena, define(fixture)),
               "ALTER TABLE c ADD COLUMN IF NOT EXISTS \"new_uid\" \"pg_catalog\".\"uuid\";\n");
    there->columns.items[1].exists = true;
    CHECK(crosswalk_create(arena, there) == NULL);
    CHECK_TEXT(fixture_mistake(fixture), "");
}

TEST(another_type_than_an_earlier_migrations_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int8", "uuid");
    Crosswalk *there = LIST_ADD(arena, &fixture->gathered.crosswalks);
    *there = (Crosswalk){.table = "crosswalk_profiles", .sql_name = "c", .exists = true};
    LIST_PUSH(arena, &there->columns, ((CrosswalkColumn){"old_id", "\"pg_catalog\".\"uuid\"", true, true}));
    define(fixture);
    CHECK(text_starts_with(
        fixture_mistake(fixture),
        "migration.yaml:12:5: entity \"profiles\": c has \"old_id\" as \"pg_catalog\".\"uuid\" from an earlier "
        "migration, and it is \"pg_catalog\".\"int8\" here"));
}

TEST(items_of_one_list_share_a_table)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(crosswalk_table(arena, "audits[email_audit]"), "crosswalk_audits");
    CHECK_TEXT(crosswalk_table(arena, "audits"), "crosswalk_audits");
    Crosswalk crosswalk = {.table = "crosswalk_audits"};
    CHECK(crosswalk_is_of(&crosswalk, &(Entity){.name = "audits[x]", .crosswalk = true}));
    CHECK(!crosswalk_is_of(&crosswalk, &(Entity){.name = "audits_2[x]", .crosswalk = true}));
    CHECK(!crosswalk_is_of(&crosswalk, &(Entity){.name = "audits[x]"}));
}

TEST(while_nothing_is_in_it_columns_of_the_right_types_stand_for_it)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int8", "uuid");
    SeatList seats = {0};
    define(fixture);
    crosswalk_seat_empty(arena, &fixture->gathered.crosswalks, &seats);
    CHECK_TEXT(seats.items[0].select,
               "SELECT NULL::\"pg_catalog\".\"text\" AS entity, NULL::\"pg_catalog\".\"text\" AS source, "
               "NULL::\"pg_catalog\".\"int8\" AS \"old_id\", NULL::\"pg_catalog\".\"uuid\" AS \"new_uid\" WHERE false");
}

TEST(who_reads_it_comes_after_it)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int4", "int4");
    define(fixture);
    fixture->gathered.entities.items[0].texts.count = 0;
    SqlReads reads = {.sql = fixture->gathered.entities.items[0].transform->sql, .what = "transform"};
    CHECK(reads_of_select(arena, "SELECT 1 FROM posts p, rehome.crosswalk_profiles x", &reads.reads));
    LIST_PUSH(arena, &fixture->gathered.entities.items[0].texts, reads);
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(fixture_mistake(fixture), "");
    CHECK_TEXT(plan->entities.items[0].entity->name, "profiles");
    CHECK(string_list_contains(&plan_step(plan, "copy posts")->needs, "copy profiles"));
    CHECK(plan->entities.items[0].kept_keys.count == 2);
}

TEST(a_reader_of_what_nobody_keeps_is_told_what_was_meant)
{
    static const struct {
        const char *sql, *mistake;
    } cases[] = {
        {"SELECT 1\n  FROM rehome.crosswalk_profils",
         "sql/x.sql:2:8: entity \"posts\": no entity keeps rehome.crosswalk_profils; did you mean "
         "rehome.crosswalk_profiles?"},
        {"SELECT 1 FROM rehome.crosswalk_posts",
         "sql/x.sql:1:15: entity \"posts\": entity \"posts\" keeps no crosswalk; say `crosswalk: true` there"},
        {"SELECT 1 FROM rehome.crosswalk_profiles", ""},
        {"SELECT 1 FROM rehome.migration", ""},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture *fixture = profiles(arena, "int4", "int4");
        define(fixture);
        let_read(fixture, cases[i].sql);
        crosswalk_check_reads(&fixture->gathered, &fixture->manifest, &fixture->gathered.entities.items[0],
                              &fixture->mistakes);
        CHECK_TEXT(fixture_mistake(fixture), cases[i].mistake);
    }
}

TEST(rows_that_are_not_all_there_are_not_read)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int4", "int4");
    ((Crosswalk *)define(fixture))->waits_for = "profiles";
    let_read(fixture, "SELECT 1 FROM rehome.crosswalk_profiles");
    crosswalk_check_reads(&fixture->gathered, &fixture->manifest, &fixture->gathered.entities.items[0],
                          &fixture->mistakes);
    CHECK_TEXT(fixture_mistake(fixture),
               "sql/x.sql:1:15: entity \"posts\": it reads rehome.crosswalk_profiles, and \"profiles\" is "
               "not copied yet; run that first, or both together");
}

TEST(a_new_key_that_changes_each_time_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int4", "int4");
    define(fixture);
    Transform *transform = fixture->gathered.entities.items[1].transform;
    LIST_PUSH(arena, &transform->volatile_columns, "uid");
    fixture_plan(fixture);
    CHECK(text_starts_with(fixture_mistake(fixture),
                           "migration.yaml:12:5: entity \"profiles\" can keep no crosswalk: \"uid\", its "
                           "new key, is another one each time it is asked for; use rehome.uuid()"));
}

TEST(a_key_that_cannot_be_shown_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = profiles(arena, "int4", "int4");
    define(fixture);
    fixture->gathered.entities.items[1].transform->shows_key = false;
    fixture_plan(fixture);
    CHECK(strstr(fixture_mistake(fixture), "the key of \"public\".\"profiles\" cannot be shown beside the rows") !=
          NULL);
}
