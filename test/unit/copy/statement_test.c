#include "copy/statement.h"

#include "tap.h"

#include <string.h>

typedef struct Made {
    Relation into;
    Entity entity;
    GatheredEntity gathered;
    EntityPlan plan;
} Made;

static const char *const low[] = {"7"}, *const high[] = {"9"};

static void add_mapping(Arena *arena, Made *made, const char *name, bool updated)
{
    Mapping *mapping = LIST_ADD(arena, &made->plan.mappings);
    *mapping = (Mapping){.name = name, .stage_type = "text", .updated = updated};
    mapping->select_sql = arena_printf(arena, "\"q\".\"%s\"", name);
}

static Made *leads(Arena *arena)
{
    Made *made = NEW(arena, Made);
    static const Sql sql = {
        .text = "SELECT id, email FROM leads -- all of them", .place = {"sql/leads.sql", 1, 1}, .is_file = true};
    StringList columns = {0};
    Mistakes mistakes = {.arena = arena};
    LIST_PUSH(arena, &columns, "id");
    LIST_PUSH(arena, &columns, "email");
    LIST_PUSH(arena, &made->gathered.walk_key, ((KeyColumn){.name = "id", .type = "bigint"}));
    TransformRequest request = {.sql = &sql,
                                .driving_schema = "public",
                                .driving_name = "leads",
                                .driving_in_search_path = true,
                                .key = &made->gathered.walk_key,
                                .driving_columns = &columns};
    made->into = (Relation){.schema = "public", .name = "leads", .sql_name = "\"public\".\"leads\"", .kind = 'r'};
    made->entity.name = "leads";
    made->plan = (EntityPlan){.entity = &made->entity,
                              .gathered = &made->gathered,
                              .into = &made->into,
                              .transform = transform_build(arena, &request, &mistakes),
                              .write = WRITE_UPSERT,
                              .way = WAY_STREAM,
                              .binary = true};
    add_mapping(arena, made, "id", false);
    add_mapping(arena, made, "email", true);
    LIST_PUSH(arena, &made->plan.key, "id");
    return made;
}

static KeySet range(const Made *made)
{
    return (KeySet){.kind = KEYSET_RANGE, .key = &made->gathered.walk_key, .low = low, .high = high};
}

TEST(a_stream_copies_the_narrowed_transform_into_the_table)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    KeySet keys = range(made);
    char *out = statement_copy_out(arena, &made->plan, &keys);
    CHECK(text_starts_with(out, "COPY (SELECT \"q\".\"id\" AS \"id\", \"q\".\"email\" AS \"email\" FROM ("));
    CHECK(strstr(out, "'7'::bigint") != NULL && strstr(out, "'9'::bigint") != NULL);
    CHECK(text_ends_with(out, ") TO STDOUT (FORMAT binary)"));
    CHECK_TEXT(statement_copy_in(arena, &made->plan),
               "COPY \"public\".\"leads\" (\"id\", \"email\") FROM STDIN (FORMAT binary)");
}

TEST(an_upsert_that_meets_rows_updates_what_differs_and_nothing_else)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    made->plan.way = WAY_STAGE;
    made->plan.meets_rows = true;
    CHECK_TEXT(statement_insert(arena, &made->plan, statement_staged_rows(arena, &made->plan)),
               "INSERT INTO \"public\".\"leads\" AS \"t\" (\"id\", \"email\") OVERRIDING SYSTEM VALUE SELECT \"id\", "
               "\"email\" "
               "FROM pg_temp.staged ON CONFLICT (\"id\") DO UPDATE SET \"email\" = excluded.\"email\" WHERE "
               "ROW(\"t\".\"email\")::record OPERATOR(pg_catalog.*<>) ROW(excluded.\"email\")::record");
    CHECK_TEXT(statement_copy_in(arena, &made->plan),
               "COPY pg_temp.staged (\"id\", \"email\") FROM STDIN (FORMAT binary)");
}

TEST(skip_and_an_upsert_that_updates_nothing_keep_what_is_there)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    made->plan.meets_rows = true;
    made->plan.write = WRITE_SKIP;
    CHECK(text_ends_with(statement_insert(arena, &made->plan, "SELECT 1"), " ON CONFLICT (\"id\") DO NOTHING"));
    made->plan.write = WRITE_UPSERT;
    made->plan.mappings.items[1].updated = false;
    CHECK(text_ends_with(statement_insert(arena, &made->plan, "SELECT 1"), " ON CONFLICT (\"id\") DO NOTHING"));
}

TEST(rejected_rows_go_to_the_ledger_and_not_to_the_table)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    KeySet keys = range(made);
    LIST_PUSH(arena, &made->plan.rejects, ((RejectTest){.reason = "no_contact", .condition = "email IS NULL -- none"}));
    LIST_PUSH(arena, &made->gathered.output, ((OutputColumn){.name = "email"}));
    CHECK(strstr(statement_select(arena, &made->plan, &keys), "WHERE ((email IS NULL -- none\n)) IS NOT TRUE") != NULL);
    char *rejects = statement_rejects(arena, &made->plan, &keys, 3, 14);
    CHECK(text_starts_with(
        rejects,
        "SELECT 3::bigint, 'leads'::text, 14::bigint, CASE WHEN (email IS NULL -- none\n) THEN 'no_contact' END"));
    CHECK(strstr(rejects, "pg_catalog.jsonb_build_object('id', \"q\".rehome_key_1)") != NULL);
    CHECK(text_ends_with(rejects, "WHERE (email IS NULL -- none\n)"));
    CHECK(strstr(rejects, "\"q\".\"email\" AS \"email\"") != NULL);
    LIST_PUSH(arena, &made->plan.hidden, "email");
    rejects = statement_rejects(arena, &made->plan, &keys, 3, 14);
    CHECK(strstr(rejects, "'(redacted)'::pg_catalog.text AS \"email\"") != NULL);
    CHECK(strstr(rejects, "\"q\".\"email\" AS") == NULL);
}

TEST(rows_of_a_key_are_counted_by_the_whole_key)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    KeySet keys = range(made);
    char *counted = statement_rows_by_key(arena, &made->plan, &keys);
    CHECK(text_starts_with(counted, "SELECT rehome_key_1, count(*) FROM ("));
    CHECK(text_ends_with(counted, " GROUP BY rehome_key_1"));
}

/* Leads whose load looks up an owner, and a rule over what it gives. */
static Made *loaded_leads(Arena *arena, bool with_key)
{
    static const Sql load = {.text = "SELECT s.*, o.id AS owner FROM staged s JOIN owners o ON true"};
    static const KeyColumnList by_ctid = {0};
    Made *made = leads(arena);
    Mistakes mistakes = {.arena = arena};
    TransformRequest request = {.sql = &load,
                                .driving_schema = "pg_temp",
                                .driving_name = "staged",
                                .driving_in_search_path = true,
                                .key = &by_ctid,
                                .whole = true};
    made->gathered.loading = transform_build(arena, &request, &mistakes);
    made->plan.load = load.text;
    made->plan.way = WAY_STAGE;
    made->plan.staged_keys = with_key;
    made->plan.load_mappings = made->plan.mappings;
    LIST_PUSH(arena, &made->plan.load_rejects, ((RejectTest){.reason = "no_owner", .condition = "owner IS NULL"}));
    LIST_PUSH(arena, &made->gathered.load_output, ((OutputColumn){.name = "owner"}));
    return made;
}

TEST(the_driving_key_travels_where_load_does_not_see_it)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = loaded_leads(arena, true);
    KeySet keys = range(made);
    CHECK_TEXT(statement_create_staged(arena, &made->plan),
               "CREATE TEMPORARY TABLE IF NOT EXISTS staged (\"id\" text, \"email\" text) ON COMMIT DROP; CREATE TEMPORARY TABLE "
               "IF NOT EXISTS staged_keyed (rehome_key_1 pg_catalog.text) INHERITS (pg_temp.staged) ON COMMIT DROP");
    CHECK_TEXT(statement_copy_in(arena, &made->plan),
               "COPY pg_temp.staged_keyed (rehome_key_1, \"id\", \"email\") FROM STDIN (FORMAT binary)");
    CHECK(
        text_starts_with(statement_select(arena, &made->plan, &keys), "SELECT rehome_key_1, \"q\".\"id\" AS \"id\", "));
}

TEST(what_a_rule_of_load_takes_goes_to_the_ledger_with_the_driving_key)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = loaded_leads(arena, true);
    CHECK_TEXT(statement_staged_rows(arena, &made->plan), "SELECT \"q\".\"id\", \"q\".\"email\" FROM (SELECT s.*, o.id "
                                                          "AS owner FROM staged s JOIN owners o ON true\n) AS "
                                                          "\"q\" WHERE ((owner IS NULL\n)) IS NOT TRUE");
    char *rejects = statement_reject_loaded(arena, &made->plan, 3, 14);
    CHECK(strstr(rejects, "pg_catalog.jsonb_build_object('id', rehome_staged.rehome_key_1)") != NULL);
    CHECK(strstr(rejects, " FROM (SELECT \"s\".\"ctid\"::text AS \"rehome_key_1\", s.*, o.id AS owner FROM") != NULL);
    CHECK(text_ends_with(rejects, " FROM pg_temp.staged_keyed) AS rehome_staged ON rehome_staged.rehome_place = "
                                  "\"q\".rehome_key_1::pg_catalog.tid WHERE (owner IS NULL\n)"));
}

TEST(without_a_driving_key_a_row_of_load_has_its_mapped_key_or_none)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = loaded_leads(arena, false);
    CHECK(strstr(statement_reject_loaded(arena, &made->plan, 3, 14),
                 "jsonb_build_object('id', (\"q\".\"id\")::text)") != NULL);
    made->plan.key.count = 0;
    CHECK(strstr(statement_reject_loaded(arena, &made->plan, 3, 14), ", NULL::jsonb, ") != NULL);
}
