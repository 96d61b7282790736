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
}
