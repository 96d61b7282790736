#include "plan/chunking.h"

#include "fixture.h"
#include "tap.h"

typedef struct Case {
    const char *name;
    bool keyed, narrowable, scratch, heap;
    int version;
    double correlation;
    const char *refused;
    ChunkMethod method;
    const char *reason;
} Case;

static const Case cases[] = {
    {"a key", true, true, false, true, 150000, 1, NULL, CHUNKS_BY_KEY, "ranges of the driving table's key"},
    {"scattered keys of a dump", true, true, true, true, 150000, 0.1, NULL, CHUNKS_BY_CTID,
     "keys lie scattered in the heap, and nobody else writes there"},
    {"scattered keys of a live server", true, true, false, true, 150000, 0.1, NULL, CHUNKS_BY_KEY,
     "ranges of the driving table's key"},
    {"keys in order", true, true, true, true, 150000, 0.9, NULL, CHUNKS_BY_KEY, "ranges of the driving table's key"},
    {"no key", false, true, false, true, 150000, NAN, NULL, CHUNKS_BY_CTID,
     "the driving table has no key to walk by: ranges of its heap"},
    {"no key on an old server", false, true, false, true, 130000, NAN, NULL, CHUNKS_ONE,
     "the driving table has no key, and servers before PostgreSQL 14 cannot scan a part of a heap"},
    {"no key and no heap", false, true, false, false, 150000, NAN, NULL, CHUNKS_ONE,
     "the driving table has neither a key nor a heap"},
    {"an aggregate", true, false, false, true, 150000, 1, NULL, CHUNKS_ONE, "it aggregates over the key"},
    {"a refusal", true, true, false, true, 150000, 1, "no", CHUNKS_ONE, "the server refuses it narrowed: no"},
};

static const EntityPlan *plan_case(Arena *arena, const Case *test)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !");
    Relation *source = fixture_table(&fixture->source, "leads");
    source->heap = test->heap;
    source->columns.items[0].correlation = test->correlation;
    if (!test->keyed)
        source->indexes.count = 0;
    fixture->source.server_version = test->version;
    fixture->gathered.source_is_scratch = test->scratch;
    fixture_add_entity(fixture, "leads", "id int4");
    fixture_gather_all(fixture);
    GatheredEntity *gathered = &fixture->gathered.entities.items[0];
    gathered->narrow_refused = test->refused;
    gathered->transform->narrowable = test->narrowable;
    gathered->transform->why_one_chunk = test->narrowable ? NULL : "it aggregates over the key";
    return plan_entity(fixture_plan(fixture), "leads");
}

TEST(how_a_table_is_cut_depends_on_its_key_and_its_server)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO(Arena) *arena = arena_new();
        const EntityPlan *entity = plan_case(arena, &cases[i]);
        CHECK_TEXT(entity->chunks_reason, cases[i].reason);
        CHECK_NUMBER(entity->chunks, cases[i].method);
    }
}

static const struct {
    int64_t rows, bytes;
    int chunks;
} sizes[] = {
    {0, 0, 1},
    {1000, 100000, 1},
    {40000, 4000000, 8},                 /* twice the jobs */
    {10000000, 1000000000, 153},         /* 65,536 rows */
    {1000000, INT64_C(100) << 30, 3206}, /* 32 MB */
    {10, INT64_C(10) << 30, 10},         /* a row is bigger than a chunk */
    {-1, 10000000, 8},                   /* never analysed: 100 bytes a row */
};

TEST(chunks_are_neither_too_big_nor_too_few)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        AUTO(Arena) *arena = arena_new();
        Fixture *fixture = fixture_new(arena);
        fixture_add_both(fixture, "leads", "id int4 !");
        fixture_table(&fixture->source, "leads")->estimated_rows = sizes[i].rows;
        fixture_table(&fixture->source, "leads")->bytes = sizes[i].bytes;
        fixture_add_entity(fixture, "leads", "id int4");
        CHECK_NUMBER(plan_entity(fixture_plan(fixture), "leads")->estimated_chunks, sizes[i].chunks);
    }
}
