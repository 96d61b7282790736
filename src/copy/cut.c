#include "copy/cut.h"

#include "base/text.h"
#include "pg/quote.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SAMPLE_ROWS = 20000, LEAST_ROWS_TO_CUT = 2 };

/* The alias keeps ORDER BY from meaning the text: "id" alone would name this output column. */
static void add_key_columns(Text *sql, const EntityPlan *entity)
{
    for (size_t i = 0; i < plan_driving_key(entity)->count; i++)
        text_addf(sql, "%s(%s)::text AS \"key as text\"", i ? ", " : "",
                  quote_name(sql->arena, plan_driving_key(entity)->items[i].name));
}

static bool can_sample(const Relation *driving)
{
    return driving->kind == 'r' || driving->kind == 'm' || driving->kind == 'p';
}

/* TABLESAMPLE reads whole pages, so a sample of many rows costs little; small tables are read whole. */
static double sampled_percent(const EntityPlan *entity)
{
    if (!can_sample(entity->driving) || entity->estimated_rows <= SAMPLE_ROWS)
        return 100;
    return 100.0 * SAMPLE_ROWS / (double)entity->estimated_rows;
}

static char *sample_sql(Arena *arena, const EntityPlan *entity, double percent)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    add_key_columns(&sql, entity);
    text_addf(&sql, " FROM %s%s", entity->transform->only ? "ONLY " : "", entity->driving->sql_name);
    if (percent < 100)
        text_addf(&sql, " TABLESAMPLE SYSTEM (%.6f) REPEATABLE (7)", percent);
    if (entity->entity->where.text)
        text_addf(&sql, " WHERE (%s\n)", entity->entity->where.text);
    text_add(&sql, " ORDER BY ");
    keyset_order_by(&sql, plan_driving_key(entity), NULL);
    return sql.chars;
}

static const char **key_at(Arena *arena, const Result *keys, int row)
{
    int columns = result_columns(keys);
    const char **values = NEW_ARRAY(arena, const char *, columns);
    for (int column = 0; column < columns; column++)
        values[column] = result_copy(arena, keys, row, column);
    return values;
}

static bool same_key(const char *const *left, const char *const *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!text_equal(left[i], right[i]))
            return false;
    return true;
}

static void add_range(Arena *arena, ChunkRangeList *chunks, ChunkRange range)
{
    LIST_PUSH(arena, chunks, range);
}

static bool cut_by_key(Arena *arena, const EntityPlan *entity, Conn *source, ChunkRangeList *chunks, Error *error)
{
    double percent = sampled_percent(entity);
    AUTO(Result) *keys = conn_query(source, sample_sql(arena, entity, percent), NO_PARAMS, error);
    if (!keys)
        return error_doing(error, "sampling the keys of %s", entity->driving->sql_name);
    int64_t rows = (int64_t)(result_rows(keys) * 100.0 / percent);
    int64_t wanted = rows / (entity->chunk_rows > 0 ? entity->chunk_rows : 1) + 1;
    ChunkRange range = {.kind = KEYSET_RANGE, .columns = plan_driving_key(entity)->count, .estimated_rows = rows / wanted};
    for (int64_t i = 1; i < wanted && result_rows(keys) >= LEAST_ROWS_TO_CUT; i++) {
        const char *const *key = key_at(arena, keys, (int)(result_rows(keys) * i / wanted));
        if (range.low && same_key(range.low, key, range.columns))
            continue;
        range.high = key;
        add_range(arena, chunks, range);
        range.low = key;
    }
    range.high = NULL;
    add_range(arena, chunks, range);
    return true;
}

static const char *const *tid(Arena *arena, int64_t page)
{
    const char **value = NEW_ARRAY(arena, const char *, 1);
    *value = arena_printf(arena, "(%" PRId64 ",0)", page);
    return value;
}

static void cut_by_ctid(Arena *arena, const EntityPlan *entity, ChunkRangeList *chunks)
{
    int64_t rows = entity->estimated_rows > 0 ? entity->estimated_rows : 1;
    int64_t wanted = rows / (entity->chunk_rows > 0 ? entity->chunk_rows : 1) + 1;
    int64_t pages = entity->driving->pages / wanted + 1;
    ChunkRange range = {.kind = KEYSET_CTID, .columns = 1, .estimated_rows = rows / wanted};
    for (int64_t page = pages; page < entity->driving->pages; page += pages) {
        range.high = tid(arena, page);
        add_range(arena, chunks, range);
        range.low = range.high;
    }
    range.high = NULL;
    add_range(arena, chunks, range);
}

bool cut_chunks(Arena *arena, const EntityPlan *entity, Conn *source, ChunkRangeList *chunks, Error *error)
{
    switch (entity->chunks) {
    case CHUNKS_BY_KEY:
        return cut_by_key(arena, entity, source, chunks, error);
    case CHUNKS_BY_CTID:
        cut_by_ctid(arena, entity, chunks);
        return true;
    case CHUNKS_ONE:
        add_range(arena, chunks, (ChunkRange){.kind = KEYSET_EVERYTHING, .estimated_rows = entity->estimated_rows});
        return true;
    }
    return true;
}

/* The key of row number `offset` of a range, in key order. */
static bool key_number(Arena *arena, const EntityPlan *entity, const KeySet *keys, Conn *source, int64_t offset,
                       const char *const **key, Error *error)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    add_key_columns(&sql, entity);
    text_addf(&sql, " %s AND ", transform_driving_from(arena, entity->transform));
    keyset_predicate(&sql, keys, NULL);
    text_add(&sql, " ORDER BY ");
    keyset_order_by(&sql, plan_driving_key(entity), NULL);
    text_addf(&sql, " OFFSET %" PRId64 " LIMIT 1", offset);
    AUTO(Result) *result = conn_query(source, sql.chars, NO_PARAMS, error);
    if (!result)
        return error_doing(error, "looking for a key of %s", entity->driving->sql_name);
    *key = result_rows(result) ? key_at(arena, result, 0) : NULL;
    return true;
}

bool cut_first(Arena *arena, const EntityPlan *entity, const KeySet *keys, Conn *source, const char *const **first,
               Error *error)
{
    return key_number(arena, entity, keys, source, 0, first, error);
}

bool cut_middle(Arena *arena, const EntityPlan *entity, const KeySet *keys, Conn *source, const char *const **middle,
                Error *error)
{
    *middle = NULL;
    AUTO(Result) *count = conn_query(source, transform_driving_count(arena, entity->transform, keys), NO_PARAMS, error);
    if (!count || result_number(count, 0, 0) < LEAST_ROWS_TO_CUT)
        return count != NULL;
    return key_number(arena, entity, keys, source, result_number(count, 0, 0) / 2, middle, error);
}

bool cut_after(Arena *arena, const EntityPlan *entity, const KeySet *keys, int64_t rows, Conn *source,
               const char *const **after, Error *error)
{
    return key_number(arena, entity, keys, source, rows, after, error);
}

const char *const *cut_after_pages(Arena *arena, const EntityPlan *entity, const KeySet *keys, int64_t rows)
{
    int64_t all = entity->estimated_rows > 0 ? entity->estimated_rows : 1;
    int64_t low = keys->low ? strtoll(*keys->low + 1, NULL, 10) : 0;
    int64_t high = keys->high ? strtoll(*keys->high + 1, NULL, 10) : entity->driving->pages;
    int64_t after = low + (int64_t)((double)entity->driving->pages * (double)rows / (double)all) + 1;
    return after < high ? tid(arena, after) : NULL;
}
