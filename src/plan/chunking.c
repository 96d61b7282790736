#include "plan/chunking.h"

#include <math.h>

enum {
    CHUNK_ROWS_MOST = 65536,
    CHUNK_BYTES = 32 << 20,
    SCATTERED_ROWS_MOST = 2000000,
    SCATTERED_SHARES = 4,
    WORTH_SHARING = 20000,
    ROW_BYTES_UNKNOWN = 100,
    TID_SCANS = 140000
};

static void add_estimate(EntityPlan *plan, const Relation *driving)
{
    if (!driving)
        return;
    plan->estimated_bytes += driving->bytes;
    plan->estimated_rows += driving->estimated_rows >= 0 ? driving->estimated_rows : driving->bytes / ROW_BYTES_UNKNOWN;
}

static void estimate(EntityPlan *plan)
{
    add_estimate(plan, plan->driving);
    if (plan->gathered->merge)
        FOR_EACH(const GatheredEntity, source, plan->gathered->merge->sources)
            add_estimate(plan, source->driving);
}

static int64_t at_least(int64_t least, int64_t value)
{
    return value < least ? least : value;
}

static void decide(EntityPlan *plan, ChunkMethod method, const char *reason)
{
    plan->chunks = method;
    plan->chunks_reason = reason;
}

/* Every table that holds its rows is a heap. */
static bool lies_in_heaps(const Catalog *catalog, const Relation *relation)
{
    if (relation->kind != 'p')
        return relation->kind == 'r' && relation->heap;
    FOR_EACH(const Relation, leaf, catalog->relations)
        if (leaf->parent == relation->oid && !lies_in_heaps(catalog, leaf))
            return false;
    return true;
}

static bool keys_lie_scattered(const EntityPlan *plan, const KeyColumnList *key)
{
    const Column *first = relation_column(plan->driving, key->items[0].name);
    return first && !isnan(first->correlation) && fabs(first->correlation) < 0.5;
}

static int64_t smaller(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

/* A range of scattered keys visits nearly every page of the heap, so few ranges are better than many. */
static bool is_scattered(const EntityPlan *plan)
{
    return plan->chunks == CHUNKS_BY_KEY && keys_lie_scattered(plan, &plan->gathered->walk_key);
}

static void size_chunks(EntityPlan *plan, int jobs)
{
    int64_t rows = at_least(1, plan->estimated_rows), workers = at_least(1, jobs);
    int64_t width = at_least(1, plan->estimated_bytes / rows);
    int64_t aim = smaller(CHUNK_ROWS_MOST, at_least(1, CHUNK_BYTES / width));
    if (is_scattered(plan))
        aim = at_least(aim, smaller(SCATTERED_ROWS_MOST, rows / (SCATTERED_SHARES * workers) + 1));
    int64_t share = rows / (2 * workers) + 1;
    if (rows > WORTH_SHARING)
        aim = smaller(aim, share);
    plan->chunk_rows = aim;
    plan->estimated_chunks = (int)smaller(INT32_MAX, (rows + aim - 1) / aim);
}

/* By key or by ctid, for a transform that can be narrowed; false: neither can be. */
static bool cut(const Gathered *gathered, EntityPlan *plan)
{
    const KeyColumnList *key = &plan->gathered->walk_key;
    bool by_ctid = gathered->source->server_version >= TID_SCANS && lies_in_heaps(gathered->source, plan->driving);
    if (key->count && by_ctid && plan->driving->kind == 'r' && gathered->source_is_scratch &&
        keys_lie_scattered(plan, key))
        decide(plan, CHUNKS_BY_CTID, "keys lie scattered in the heap, and nobody else writes there");
    else if (key->count)
        decide(plan, CHUNKS_BY_KEY, "ranges of the driving table's key");
    else if (by_ctid)
        decide(plan, CHUNKS_BY_CTID, "the driving table has no key to walk by: ranges of its heap");
    else
        return false;
    return true;
}

void chunking_decide(Arena *arena, const Gathered *gathered, EntityPlan *plan, int jobs, const char *whole)
{
    estimate(plan);
    if (whole)
        decide(plan, CHUNKS_ONE, whole);
    else if (!plan->transform || !plan->transform->narrowable)
        decide(plan, CHUNKS_ONE,
               plan->transform && plan->transform->why_one_chunk ? plan->transform->why_one_chunk
                                                                 : "it cannot be narrowed");
    else if (plan->gathered->narrow_refused)
        decide(plan, CHUNKS_ONE,
               arena_printf(arena, "the server refuses it narrowed: %s", plan->gathered->narrow_refused));
    else if (!plan->driving)
        decide(plan, CHUNKS_ONE, "there is no one driving table");
    else if (!cut(gathered, plan))
        decide(plan, CHUNKS_ONE,
               gathered->source->server_version < TID_SCANS
                   ? "the driving table has no key, and servers before PostgreSQL 14 cannot scan a part of a heap"
                   : "the driving table has neither a key nor a heap");
    size_chunks(plan, jobs);
    if (plan->chunks == CHUNKS_ONE) {
        plan->chunk_rows = at_least(1, plan->estimated_rows);
        plan->estimated_chunks = 1;
    }
}
