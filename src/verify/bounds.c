#include "verify/bounds.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <math.h>

enum { SAMPLED_PER_BUCKET = 20, BLOCKS_PER_BUCKET = 2, MOST_PERCENT_FOR_BLOCKS = 5 };

static bool is_ordered_alike(const Mapping *mapping)
{
    const StringList types = {(const char *[]){"int2", "int4", "int8", "uuid", "date", "timestamp", "timestamptz"}, 7, 7};
    return mapping && mapping->to_type && type_is_builtin(mapping->to_type) &&
           mapping->to->type == mapping->to_type->oid && string_list_contains(&types, mapping->to_type->name);
}

bool bounds_are_possible(const Subject *subject)
{
    if (subject->key.count != 1 || !subject_is_summed(subject))
        return false;
    FOR_EACH(const Filling, filling, subject->fillings)
        if (!is_ordered_alike(mapping_find(filling->mappings, subject->key.items[0])))
            return false;
    return true;
}

/* Keys of one block lie together where they were written in order: without several blocks for each, ranges are as long as
 * chance leaves gaps, and what differs falls into the long ones. */
static double percent_of(int64_t rows, int64_t blocks, int buckets)
{
    double by_rows = 100.0 * buckets * SAMPLED_PER_BUCKET / (double)(rows > 0 ? rows : 1);
    double by_blocks = blocks > 0 ? fmin(100.0 * buckets * BLOCKS_PER_BUCKET / (double)blocks, MOST_PERCENT_FOR_BLOCKS) : 0;
    return fmin(fmax(by_rows, by_blocks), 100);
}

char *bounds_sample(Arena *arena, const Subject *subject, int64_t rows, int64_t blocks, int buckets)
{
    const char *key = quote_name(arena, subject->key.items[0]);
    bool only = subject->into->kind == 'r' && subject->into->has_children;
    return arena_printf(arena,
                        "SELECT DISTINCT k, k::text AS key FROM (SELECT k, pg_catalog.row_number() OVER (ORDER BY k) AS n, "
                        "pg_catalog.count(*) OVER () AS c FROM (SELECT %s AS k FROM %s%s TABLESAMPLE SYSTEM (%.6f)) AS s "
                        "WHERE k IS NOT NULL) AS s WHERE n %% greatest(c / %d, 1) = 0 ORDER BY 1 LIMIT %d",
                        key, only ? "ONLY " : "", subject->into->sql_name, percent_of(rows, blocks, buckets), buckets, buckets - 1);
}

char *bounds_bucket(Arena *arena, const KeyBounds *bounds, const char *key)
{
    return arena_printf(arena, "coalesce(pg_catalog.width_bucket((%s)::%s, %s::%s[]), 0)", key, bounds->type,
                        quote_literal(arena, quote_array(arena, bounds->keys.items, bounds->keys.count)), bounds->type);
}

static void add_end(Text *sql, const KeyBounds *bounds, const char *key, const char *operator, size_t bound)
{
    text_addf(sql, "%s %s %s::%s", key, operator, quote_literal(sql->arena, bounds->keys.items[bound]), bounds->type);
}

/* From bucket `first` up to but not `end`. Keys that are NULL are in the first one. */
static void add_range(Text *sql, const KeyBounds *bounds, const char *key, size_t first, size_t end)
{
    text_add(sql, sql->length > 1 ? " OR " : "");
    if (first == 0)
        text_addf(sql, "%s IS NULL OR ", key);
    if (first == 0 && end > bounds->keys.count) {
        text_add(sql, "true");
        return;
    }
    if (first > 0)
        add_end(sql, bounds, key, ">=", first - 1);
    if (first > 0 && end <= bounds->keys.count)
        text_add(sql, " AND ");
    if (end <= bounds->keys.count)
        add_end(sql, bounds, key, "<", end - 1);
}

char *bounds_ranges(Arena *arena, const KeyBounds *bounds, const char *key, const bool *wanted)
{
    Text sql = text_new(arena);
    text_add(&sql, "(");
    for (size_t first = 0; first <= bounds->keys.count; first++) {
        if (!wanted[first])
            continue;
        size_t end = first + 1;
        while (end <= bounds->keys.count && wanted[end])
            end++;
        add_range(&sql, bounds, key, first, end);
        first = end;
    }
    text_add(&sql, sql.length > 1 ? ")" : "false)");
    return sql.chars;
}
