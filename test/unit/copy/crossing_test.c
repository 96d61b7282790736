#include "copy/crossing.h"

#include "tap.h"

#include <string.h>

typedef struct Made {
    Relation driving, into;
    Entity entity;
    GatheredEntity gathered;
    Crosswalk crosswalk;
    EntityPlan plan;
    KeySet keys;
    Move move;
} Made;

/* Profiles from people, whose key is region and id; their new key is uid. */
static Made *profiles(Arena *arena)
{
    static const Sql sql = {.text = "SELECT f(region, id) AS uid, name FROM people -- all", .place = {"x.sql", 1, 1}};
    Made *made = NEW(arena, Made);
    Mistakes mistakes = {.arena = arena};
    StringList columns = {0};
    LIST_PUSH(arena, &columns, "region");
    LIST_PUSH(arena, &columns, "id");
    LIST_PUSH(arena, &made->gathered.walk_key, ((KeyColumn){.name = "region", .type = "text"}));
    LIST_PUSH(arena, &made->gathered.walk_key, ((KeyColumn){.name = "id", .type = "integer"}));
    TransformRequest request = {.sql = &sql,
                                .driving_schema = "public",
                                .driving_name = "people",
                                .driving_in_search_path = true,
                                .key = &made->gathered.walk_key,
                                .driving_columns = &columns};
    made->driving = (Relation){.schema = "public", .name = "people"};
    made->into = (Relation){.schema = "public", .name = "profiles", .sql_name = "profiles"};
    made->entity.name = "profiles[o'x]";
    made->crosswalk = (Crosswalk){.table = "crosswalk_profiles", .sql_name = "rehome.crosswalk_profiles"};
    LIST_PUSH(arena, &made->crosswalk.columns,
              ((CrosswalkColumn){.name = "old_region", .type = "text", .is_old = true}));
    LIST_PUSH(arena, &made->crosswalk.columns, ((CrosswalkColumn){.name = "old_id", .type = "int4", .is_old = true}));
    LIST_PUSH(arena, &made->crosswalk.columns, ((CrosswalkColumn){.name = "new_uid", .type = "uuid"}));
    made->plan = (EntityPlan){.entity = &made->entity,
                              .gathered = &made->gathered,
                              .driving = &made->driving,
                              .into = &made->into,
                              .transform = transform_build(arena, &request, &mistakes),
                              .crosswalk = &made->crosswalk};
    LIST_PUSH(arena, &made->plan.mappings, ((Mapping){.name = "uid", .select_sql = "\"q\".\"uid\"::uuid"}));
    FOR_EACH(const CrosswalkColumn, column, made->crosswalk.columns)
        LIST_PUSH(arena, &made->plan.kept_keys, ((KeptKey){column, column->is_old ? column->name + 4 : "uid"}));
    LIST_PUSH(arena, &made->plan.rejects, ((RejectTest){.reason = "r", .condition = "name IS NULL"}));
    made->keys = (KeySet){.kind = KEYSET_EVERYTHING};
    made->move = (Move){.entity = &made->plan, .keys = &made->keys, .migration = 3};
    return made;
}

static const char KEYS[] = "SELECT 3::bigint, 'profiles[o''x]'::text, 'people'::text, \"q\".rehome_key_1::text, "
                           "\"q\".rehome_key_2::int4, ";
static const char COLUMNS[] = "(migration, entity, source, \"old_region\", \"old_id\", \"new_uid\")";

TEST(the_keys_of_the_rows_that_are_kept_come_from_the_transform_once_more)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = profiles(arena);
    char *expected = arena_printf(
        arena,
        "%s(\"q\".\"uid\"::uuid)::uuid FROM (SELECT \"people\".\"region\"::text AS \"rehome_key_1\", "
        "\"people\".\"id\"::text AS "
        "\"rehome_key_2\", f(region, id) AS uid, name FROM people\n) AS \"q\" WHERE ((name IS NULL\n)) IS NOT TRUE",
        KEYS);
    CHECK_TEXT(crossing_insert(arena, &made->move),
               arena_printf(arena, "INSERT INTO rehome.crosswalk_profiles %s %s", COLUMNS, expected));
    CHECK_TEXT(crossing_copy_out(arena, &made->move), arena_printf(arena, "COPY (%s) TO STDOUT", expected));
    CHECK_TEXT(crossing_copy_in(arena, &made->move),
               arena_printf(arena, "COPY rehome.crosswalk_profiles %s FROM STDIN", COLUMNS));
}

TEST(what_is_staged_with_its_key_is_read_from_there)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = profiles(arena);
    made->plan.way = WAY_STAGE;
    made->plan.staged_keys = true;
    CHECK_TEXT(
        crossing_insert(arena, &made->move),
        arena_printf(
            arena,
            "INSERT INTO rehome.crosswalk_profiles %s %s(\"q\".\"uid\")::uuid FROM pg_temp.staged_keyed AS \"q\"",
            COLUMNS, KEYS));
}

TEST(what_load_gives_has_its_key_from_the_staged_row_and_its_rules_are_kept)
{
    static const Sql load = {.text = "SELECT g(s.uid) AS uid, o.id AS owner FROM staged s, owners o"};
    static const KeyColumnList by_ctid = {0};
    AUTO(Arena) *arena = arena_new();
    Made *made = profiles(arena);
    Mistakes mistakes = {.arena = arena};
    TransformRequest request = {.sql = &load,
                                .driving_schema = "pg_temp",
                                .driving_name = "staged",
                                .driving_in_search_path = true,
                                .key = &by_ctid,
                                .whole = true};
    made->gathered.loading = transform_build(arena, &request, &mistakes);
    made->plan.load = load.text;
    made->plan.staged_keys = true;
    LIST_PUSH(arena, &made->plan.load_mappings, ((Mapping){.name = "uid", .select_sql = "\"q\".\"uid\""}));
    LIST_PUSH(arena, &made->plan.load_rejects, ((RejectTest){.reason = "r", .condition = "owner IS NULL"}));
    char *insert = crossing_insert(arena, &made->move);
    CHECK(
        strstr(insert,
               "rehome_staged.rehome_key_1::text, rehome_staged.rehome_key_2::int4, (\"q\".\"uid\")::uuid FROM (SELECT "
               "\"s\".\"ctid\"::text AS \"rehome_key_1\", g(s.uid) AS uid") != NULL);
    CHECK(text_ends_with(insert, " WHERE ((owner IS NULL\n)) IS NOT TRUE"));
}
