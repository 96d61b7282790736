#include "verify/hashed.h"

#include "base/text.h"
#include "verify/bounds.h"

enum { ROWS_PER_BUCKET = 2000, MOST_BUCKETS = 4096 };

int hashed_buckets(int64_t rows)
{
    int buckets = 1;
    while (buckets < MOST_BUCKETS && (int64_t)buckets * ROWS_PER_BUCKET < rows)
        buckets *= 2;
    return buckets;
}

/* A bigint out of bytes. The elements of an array are hashed with their lengths apart, and NULL is not '': see
 * hash_array_extended(). */
static char *hash_of(Arena *arena, const char *elements, const char *seed, HashBy by)
{
    elements = *elements ? elements : "NULL";
    if (by == HASH_BY_ROW)
        return arena_printf(arena, "pg_catalog.hash_record_extended(ROW(%s), %s)", elements, seed);
    if (by == HASH_BY_ARRAY)
        return arena_printf(arena, "pg_catalog.hash_array_extended(ARRAY[%s]::pg_catalog.bytea[], %s)", elements, seed);
    return arena_printf(
        arena,
        "('x' || pg_catalog.left(pg_catalog.md5(pg_catalog.array_send(ARRAY[%s, pg_catalog.int8send(%s)])), "
        "16))::pg_catalog.bit(64)::pg_catalog.int8",
        elements, seed);
}

static char *key_hash(Arena *arena, const HashedRows *rows)
{
    const StringList *identity = rows->identity.count ? &rows->identity : &rows->compared.items[0];
    return hash_of(arena, string_list_join(arena, identity, ", "), "0", rows->by);
}

/* The key's hash is hashed again beside the other columns: one of several columns is a sum of theirs, so that sums of it do not
 * change when two rows exchange a part of their keys; and where no column besides has a value, nothing else depends on it. */
static char *row_hash(Arena *arena, const HashedRows *rows, const StringList *columns)
{
    const char *kh = arena_printf(arena, "\"%s\".rehome_kh", rows->alias);
    StringList elements = {0};
    for (size_t i = 0; rows->identity.count > 0 && i < columns->count; i++)
        LIST_PUSH(arena, &elements, columns->items[i]);
    LIST_PUSH(arena, &elements, arena_printf(arena, "pg_catalog.int8send(%s)", kh));
    return hash_of(arena, string_list_join(arena, &elements, ", "), kh, rows->by);
}

/* OFFSET 0 keeps the planner from writing the key's hash out wherever it is used. */
static void add_from(Text *sql, const HashedRows *rows, const char *from)
{
    text_addf(sql, " FROM (SELECT \"%s\".*, %s AS rehome_kh FROM %s OFFSET 0) AS \"%s\"", rows->alias,
              key_hash(sql->arena, rows), from, rows->alias);
}

static char *bucket_of(Arena *arena, const HashedRows *rows, const char *hash, int buckets)
{
    return rows->bounds ? bounds_bucket(arena, rows->bounds, rows->bounded)
                        : arena_printf(arena, "%s & %d", hash, buckets - 1);
}

/* The inner OFFSET 0 keeps whole rows out of the hash table of GROUP BY. */
char *hashed_sums(Arena *arena, const HashedRows *rows, int buckets)
{
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT b, pg_catalog.count(*), pg_catalog.sum(h) FROM (SELECT %s AS b, %s AS h",
              bucket_of(arena, rows, arena_printf(arena, "\"%s\".rehome_kh", rows->alias), buckets),
              row_hash(arena, rows, &rows->compared.items[0]));
    add_from(&sql, rows, rows->from);
    text_add(&sql, " OFFSET 0) AS s GROUP BY b");
    return sql.chars;
}

static void add_row_hashes(Text *sql, const HashedRows *rows)
{
    if (rows->compared.count == 1) {
        text_add(sql, row_hash(sql->arena, rows, &rows->compared.items[0]));
        return;
    }
    text_add(sql, "ARRAY[");
    for (size_t i = 0; i < rows->compared.count; i++)
        text_addf(sql, "%s%s", i > 0 ? ", " : "", row_hash(sql->arena, rows, &rows->compared.items[i]));
    text_add(sql, "]");
}

/* Before anything else is computed of a row. */
static char *filtered(Arena *arena, const HashedRows *rows, BucketFilter filter)
{
    Text sql = text_new(arena);
    text_addf(&sql, "(SELECT \"%s\".* FROM %s) AS \"%s\" WHERE ", rows->alias, rows->from, rows->alias);
    if (rows->bounds && rows->indexed) {
        text_add(&sql, bounds_ranges(arena, rows->bounds, rows->bounded, filter.wanted));
        return sql.chars;
    }
    text_addf(&sql, "(%s) = ANY ('{", bucket_of(arena, rows, key_hash(arena, rows), filter.buckets));
    const char *separator = "";
    for (int i = 0; i < filter.buckets; i++)
        if (filter.wanted[i]) {
            text_addf(&sql, "%s%d", separator, i);
            separator = ",";
        }
    text_add(&sql, "}'::pg_catalog.int8[])");
    return sql.chars;
}

char *hashed_pairs(Arena *arena, const HashedRows *rows, BucketFilter filter)
{
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT %s AS entity, \"%s\".rehome_kh AS kh, ", rows->entity, rows->alias);
    add_row_hashes(&sql, rows);
    text_addf(&sql, " AS h, ARRAY[%s]::pg_catalog.text[] AS key", string_list_join(arena, &rows->key, ", "));
    if (rows->also)
        text_addf(&sql, ", %s", rows->also);
    add_from(&sql, rows, filter.wanted ? filtered(arena, rows, filter) : rows->from);
    return sql.chars;
}
