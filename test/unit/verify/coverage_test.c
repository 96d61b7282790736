#include "verify/coverage.h"

#include "tap.h"


#include "../transform/build_transform.h"

/* An entity "shops" driven by companies. */
typedef struct Fixture {
    Entity entity;
    GatheredEntity gathered;
    EntityPlan plan;
} Fixture;

static Fixture *fixture(Arena *arena, const char *key, const char *where)
{
    Fixture *made = NEW(arena, Fixture);
    made->entity.name = "shops";
    made->gathered.walk_key = key_of(arena, key);
    made->plan = (EntityPlan){.entity = &made->entity,
                              .gathered = &made->gathered,
                              .transform = build(arena, "SELECT id, name FROM companies", "companies", key, where).transform};
    return made;
}

static CoveredChunk chunk_of(const Fixture *made, int64_t id, const char *const *low, const char *const *high)
{
    return (CoveredChunk){.id = id, .keys = {.kind = KEYSET_RANGE, .key = &made->gathered.walk_key, .low = low, .high = high}};
}

static const char *const five[] = {"5", "50"}, *const nine[] = {"9", "90"};

TEST(what_is_wrong_names_the_entity_the_chunk_and_its_keys)
{
    AUTO(Arena) *arena = arena_new();
    const Fixture *made = fixture(arena, "id", NULL);
    CoveredChunk chunk = chunk_of(made, 17, five, nine);
    CHECK_TEXT(coverage_say(arena, "shops", "gap", 1, &chunk), "entity \"shops\": no chunk begins where chunk 17 (id >= 5 and < 9) ends");
    CHECK_TEXT(coverage_say(arena, "shops", "overlap", 1, &chunk), "entity \"shops\": no chunk ends where chunk 17 (id >= 5 and < 9) begins");
    CHECK_TEXT(coverage_say(arena, "shops", "begins twice", 1, &chunk),
               "entity \"shops\": another chunk begins where chunk 17 (id >= 5 and < 9) does");
    CHECK_TEXT(coverage_say(arena, "shops", "pending", 2, &chunk), "entity \"shops\": chunk 17 (id >= 5 and < 9) is not done");
    CHECK_TEXT(coverage_say(arena, "shops", "unbalanced", 2, &chunk),
               "entity \"shops\": the books of chunk 17 (id >= 5 and < 9) do not balance");
    CHECK_TEXT(coverage_say(arena, "shops", "disorder", 1, &chunk), "entity \"shops\": chunk 17 (id >= 5 and < 9) ends before it begins");
}

TEST(what_is_of_no_chunk_is_said_without_one)
{
    AUTO(Arena) *arena = arena_new();
    const Fixture *made = fixture(arena, "id", NULL);
    CoveredChunk open = chunk_of(made, 3, NULL, five);
    CHECK_TEXT(coverage_say(arena, "shops", "open below", 0, NULL), "entity \"shops\": no chunk is open below: keys are missing there");
    CHECK_TEXT(coverage_say(arena, "shops", "open below", 2, &open),
               "entity \"shops\": 2 chunks are open below, one of them is chunk 3 (id < 5)");
    CHECK_TEXT(coverage_say(arena, "shops", "open above", 0, NULL), "entity \"shops\": no chunk is open above: keys are missing there");
    CHECK_TEXT(coverage_say(arena, "shops", "rejects", -2, NULL),
               "entity \"shops\": its chunks have counted 2 rejects less than rehome.reject holds");
}

TEST(no_complaint_is_no_error_and_the_first_of_several_is_the_message)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    StringList complaints = {0};
    CHECK(coverage_refuse(arena, "shops", &complaints, &error));
    LIST_PUSH(arena, &complaints, "a gap");
    LIST_PUSH(arena, &complaints, "an overlap");
    LIST_PUSH(arena, &complaints, "a chunk");
    CHECK(!coverage_refuse(arena, "shops", &complaints, &error));
    CHECK(error.kind == ERROR_DIFFERENT);
    CHECK_TEXT(error.message, "a gap");
    CHECK_TEXT(error.detail, "an overlap; a chunk");
    CHECK(strstr(error.hint, "rehome rollback --entity shops") != NULL);
}

TEST(the_order_of_bounds_is_that_of_the_columns)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena, "id parent_id", "name > ''");
    made->gathered.walk_key.items[0].collate_c = true;
    CoveredChunkList chunks = {0};
    StringList params = {0};
    LIST_PUSH(arena, &chunks, chunk_of(made, 1, NULL, five));
    CHECK(coverage_disorder(arena, &made->plan, &chunks, &params) == NULL);
    LIST_PUSH(arena, &chunks, chunk_of(made, 2, five, nine));
    const char *sql = coverage_disorder(arena, &made->plan, &chunks, &params);
    CHECK_TEXT(string_list_join(arena, &params, " "), "{\"5\"} {\"50\"} {\"9\"} {\"90\"}");
    CHECK(strstr(sql, "SELECT 0::pg_catalog.int8 AS rehome_number, \"id\", \"parent_id\" FROM \"public\".\"companies\" WHERE (name > '') AND false UNION ALL "
                      "SELECT rehome_number, rehome_1::bigint, rehome_2::bigint FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), "
                      "pg_catalog.unnest($2::pg_catalog.text[])) WITH ORDINALITY") != NULL);
    CHECK(strstr(sql, "(\"l\".\"id\" COLLATE \"C\", \"l\".\"parent_id\") <= (\"h\".\"id\" COLLATE \"C\", \"h\".\"parent_id\")") != NULL);
}

TEST(driving_rows_are_counted_as_the_manifest_chooses_them)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena, "id", "name > ''");
    CHECK_TEXT(coverage_count(arena, &made->plan), "SELECT (SELECT count(*) FROM \"public\".\"companies\" WHERE (name > ''))");
    made->plan.transform = build(arena, "SELECT 1", NULL, "", NULL).transform;
    CHECK(coverage_count(arena, &made->plan) == NULL);
}

TEST(those_of_a_merge_are_added_up)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena, "id", NULL);
    GatheredMerge merge = {0};
    Transform *transform = build(arena, "SELECT id FROM companies", "companies", "id", NULL).transform;
    for (int i = 0; i < 2; i++)
        LIST_ADD(arena, &merge.sources)->transform = transform;
    made->gathered.merge = &merge;
    CHECK_TEXT(coverage_count(arena, &made->plan),
               "SELECT (SELECT count(*) FROM \"public\".\"companies\") + (SELECT count(*) FROM \"public\".\"companies\")");
}
