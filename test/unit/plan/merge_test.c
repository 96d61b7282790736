#include "plan/merge.h"

#include "fixture.h"
#include "tap.h"

typedef struct Made {
    Fixture *fixture;
    Merge wanted;
    GatheredMerge merge;
} Made;

/* A source that gives "email text; age int4" by a transform over its table, walked by `key`. */
static void add_source(Made *made, const char *name, const char *key, const char *key_type, const char *output)
{
    Arena *arena = made->fixture->arena;
    Entity *entity = NEW(arena, Entity);
    GatheredEntity *source = LIST_ADD(arena, &made->merge.sources);
    entity->name = name;
    *source = (GatheredEntity){.entity = entity};
    fixture_read_output(made->fixture, &made->fixture->source, output, &source->output);
    Text sql = text_new(arena);
    FOR_EACH(const OutputColumn, column, source->output)
        text_addf(&sql, "%s%s", column == source->output.items ? "SELECT " : ", ", column->name);
    text_addf(&sql, " FROM %s", name);
    entity->transform =
        (Sql){.text = sql.chars, .place = {arena_printf(arena, "sql/%s.sql", name), 1, 1}, .is_file = true};
    StringList columns = {0};
    if (key)
        LIST_PUSH(arena, &source->walk_key, ((KeyColumn){.name = key, .type = key_type}));
    TransformRequest request = {.sql = &entity->transform,
                                .driving_schema = "public",
                                .driving_name = name,
                                .driving_in_search_path = true,
                                .key = &source->walk_key,
                                .driving_columns = &columns};
    source->transform = transform_build(arena, &request, &made->fixture->mistakes);
}

static void add_rule(Made *made, const char *column, MergeHow how, const char *newest)
{
    LIST_PUSH(made->fixture->arena, &made->wanted.columns,
              ((MergeRule){.column = {.text = column, .name = column}, .how = how, .newest = {.name = newest}}));
}

/* Two sources, merged by email. */
static Made *make(Arena *arena)
{
    Made *made = NEW(arena, Made);
    made->fixture = fixture_new(arena);
    made->merge = (GatheredMerge){.wanted = &made->wanted, .catalog = &made->fixture->source};
    LIST_PUSH(arena, &made->wanted.key, ((Name){.text = "email", .name = "email"}));
    add_source(made, "users", "id", "bigint", "email text; age int4; tags text[]");
    add_source(made, "people", "code", "text", "email text; phone varchar(20)");
    merge_list_columns(arena, &made->merge);
    return made;
}

static bool has(const char *sql, const char *part)
{
    bool found = strstr(sql, part) != NULL;
    if (!found)
        printf("# not in it: %s\n# %s\n", part, sql);
    return found;
}

TEST(columns_are_those_of_all_sources_in_the_order_in_which_they_come)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    StringList names = {0};
    FOR_EACH(const OutputColumn, column, made->merge.columns)
        LIST_PUSH(arena, &names, column->name);
    CHECK_TEXT(string_list_join(arena, &names, " "), "email age tags phone");
    CHECK_TEXT(merge_place(&made->merge, "phone").file, "sql/people.sql");
}

TEST(what_a_source_does_not_give_is_a_null_of_the_others_type)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    CHECK_TEXT(merge_union(arena, &made->merge, 2, NULL),
               "SELECT \"q\".\"email\", \"q\".\"age\", \"q\".\"tags\", NULL::pg_catalog.varchar(20) AS \"phone\" "
               "FROM (SELECT email, age, tags FROM users\n) AS \"q\" UNION ALL "
               "SELECT \"q\".\"email\", NULL::pg_catalog.int4 AS \"age\", NULL::pg_catalog.text[] AS \"tags\", "
               "\"q\".\"phone\" "
               "FROM (SELECT email, phone FROM people\n) AS \"q\"");
    CHECK_TEXT(merge_union(arena, &made->merge, 1, "age"),
               "SELECT \"q\".\"age\" FROM (SELECT email, age, tags FROM users\n) AS \"q\"");
}

TEST(rows_are_ordered_by_source_and_by_keys_with_their_types)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    const MergeRule first = {.how = MERGE_FIRST}, last = {.how = MERGE_LAST};
    Text order = text_new(arena), reversed = text_new(arena), rows = text_new(arena);
    merge_add_order(&order, &made->merge, &first);
    merge_add_order(&reversed, &made->merge, &last);
    merge_add_rows(&rows, &made->merge);
    CHECK_TEXT(order.chars, "s.rehome_source, s.rehome_order_1, s.rehome_order_2 COLLATE \"C\"");
    CHECK_TEXT(reversed.chars, "s.rehome_source DESC, s.rehome_order_1 DESC, s.rehome_order_2 COLLATE \"C\" DESC");
    CHECK(has(
        rows.chars,
        "SELECT 1 AS rehome_source, \"q\".rehome_key_1, \"q\".rehome_key_1::bigint AS rehome_order_1, NULL::text AS "
        "rehome_order_2"));
    CHECK(has(
        rows.chars,
        "SELECT 2 AS rehome_source, \"q\".rehome_key_1, NULL::bigint AS rehome_order_1, \"q\".rehome_key_1::text AS "
        "rehome_order_2"));
}

TEST(a_source_without_a_key_is_ordered_by_the_text_of_its_rows)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    const MergeRule first = {.how = MERGE_FIRST};
    Text order = text_new(arena), rows = text_new(arena);
    add_source(made, "imports", NULL, NULL, "email text; phone varchar(20)");
    merge_add_order(&order, &made->merge, &first);
    merge_add_rows(&rows, &made->merge);
    CHECK(text_ends_with(order.chars, ", s.rehome_text COLLATE \"C\""));
    CHECK(has(rows.chars, "NULL::pg_catalog.text AS rehome_text"));
    CHECK(has(rows.chars, "ROW(\"q\".\"email\", \"q\".\"phone\")::pg_catalog.text AS rehome_text"));
}

TEST(each_rule_is_a_rank_and_the_end_of_it_that_wins)
{
    static const struct {
        MergeHow how;
        const char *rank, *value;
    } cases[] = {
        {MERGE_FIRST, NULL,
         "pg_catalog.array_agg(s.rehome_rank), pg_catalog.min(s.rehome_rank) FILTER (WHERE s.\"age\" IS DISTINCT FROM NULL)"},
        {MERGE_ERROR, NULL,
         "pg_catalog.array_agg(s.rehome_rank), pg_catalog.min(s.rehome_rank) FILTER (WHERE s.\"age\" IS DISTINCT FROM NULL)"},
        {MERGE_LAST, NULL,
         "pg_catalog.array_agg(s.rehome_rank), pg_catalog.max(s.rehome_rank) FILTER (WHERE s.\"age\" IS DISTINCT FROM NULL)"},
        {MERGE_NEWEST, "ORDER BY s.\"phone\" COLLATE \"C\" DESC NULLS LAST, s.rehome_source",
         "pg_catalog.min(s.rehome_rank_1) FILTER (WHERE s.\"age\" IS DISTINCT FROM NULL)"},
        {MERGE_LONGEST, "ORDER BY pg_catalog.length((s.\"age\")::pg_catalog.text) DESC NULLS LAST, s.rehome_source",
         "pg_catalog.min(s.rehome_rank_1) FILTER (WHERE s.\"age\" IS DISTINCT FROM NULL)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Made *made = make(arena);
        add_rule(made, "age", cases[i].how, "phone");
        const char *sql = merge_select(arena, &made->merge);
        CHECK(has(sql, cases[i].value));
        CHECK(!cases[i].rank || has(sql, cases[i].rank));
        CHECK((strstr(sql, "HAVING") != NULL) == (cases[i].how == MERGE_ERROR));
    }
}

TEST(keys_are_compared_byte_by_byte_and_rows_without_one_are_left_out)
{
    AUTO(Arena) *arena = arena_new();
    const char *sql = merge_select(arena, &make(arena)->merge);
    CHECK(text_starts_with(sql, "SELECT (s.\"email\" COLLATE \"C\") COLLATE pg_catalog.\"default\" AS \"email\", "));
    CHECK(text_ends_with(sql, ") AS s WHERE s.\"email\" IS NOT NULL) AS s GROUP BY s.\"email\" COLLATE \"C\""));
}

TEST(arrays_go_as_text_and_lengths_are_given_back)
{
    AUTO(Arena) *arena = arena_new();
    const char *sql = merge_select(arena, &make(arena)->merge);
    CHECK(has(sql, "(pg_catalog.array_agg(s.\"tags\"::pg_catalog.text))["));
    CHECK(has(sql, "]::pg_catalog.text[] AS \"tags\""));
    CHECK(has(sql, "]::pg_catalog.varchar(20) AS \"phone\""));
    CHECK(has(sql, "] AS \"age\""));
}

TEST(an_error_rule_leaves_out_keys_whose_values_differ)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    add_rule(made, "age", MERGE_ERROR, NULL);
    add_rule(made, "phone", MERGE_ERROR, NULL);
    CHECK(text_ends_with(merge_select(arena, &made->merge),
                         " HAVING (pg_catalog.min(s.\"age\") <> pg_catalog.max(s.\"age\")) IS NOT TRUE AND "
                         "(pg_catalog.min((s.\"phone\")::pg_catalog.text COLLATE \"C\") <> "
                         "pg_catalog.max((s.\"phone\")::pg_catalog.text COLLATE \"C\")) IS NOT TRUE"));
}

TEST(rules_of_the_manifest_come_before_the_merges_own_and_losses_after_them)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = make(arena);
    GatheredEntity gathered = {.merge = &made->merge};
    EntityPlan plan = {.gathered = &gathered};
    StringList reasons = {0};
    add_rule(made, "age", MERGE_LAST, NULL);
    add_rule(made, "phone", MERGE_ERROR, NULL);
    LIST_PUSH(arena, &plan.rejects, ((RejectTest){.reason = "mine", .condition = "true"}));
    LIST_PUSH(arena, &plan.rejects,
              ((RejectTest){.reason = "lossy:age", .condition = "true", .column = "age", .budgeted = true}));
    const RejectTestList tests = merge_reject_tests(arena, &plan);
    FOR_EACH(const RejectTest, test, tests)
        LIST_PUSH(arena, &reasons, test->reason);
    CHECK_TEXT(string_list_join(arena, &reasons, " "), "mine no_key conflict:phone lossy:age");
    CHECK_TEXT(tests.items[2].condition, "\"q\".rehome_conflict_2");
    CHECK(has(merge_flags(arena, &made->merge), " AS rehome_conflict_2"));
}
