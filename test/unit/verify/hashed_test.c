#include "verify/hashed.h"

#include "base/text.h"
#include "tap.h"

static HashedRows people(Arena *arena)
{
    HashedRows rows = {.from = "people AS \"t\"", .alias = "t", .entity = "1"};
    LIST_PUSH(arena, &rows.identity, "ID");
    LIST_PUSH(arena, &rows.key, "ID_TEXT");
    StringList *columns = LIST_ADD(arena, &rows.compared);
    LIST_PUSH(arena, columns, "NAME");
    LIST_PUSH(arena, columns, "AGE");
    return rows;
}

TEST(the_hash_of_the_key_seeds_the_hash_of_the_other_columns)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    CHECK_TEXT(
        hashed_sums(arena, &rows, 8),
        "SELECT b, pg_catalog.count(*), pg_catalog.sum(h) FROM (SELECT \"t\".rehome_kh & 7 AS b, "
        "pg_catalog.hash_array_extended(ARRAY[NAME, AGE, pg_catalog.int8send(\"t\".rehome_kh)]::pg_catalog.bytea[], \"t\".rehome_kh) AS h "
        "FROM (SELECT \"t\".*, pg_catalog.hash_array_extended(ARRAY[ID]::pg_catalog.bytea[], 0) AS rehome_kh "
        "FROM people AS \"t\" OFFSET 0) AS \"t\" OFFSET 0) AS s GROUP BY b");
}

TEST(without_a_key_the_whole_row_is_hashed_and_its_hash_again)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    rows.identity = rows.key = (StringList){0};
    char *sql = hashed_sums(arena, &rows, 1);
    CHECK(strstr(sql, "ARRAY[NAME, AGE]::pg_catalog.bytea[], 0) AS rehome_kh") != NULL);
    CHECK(strstr(sql, "ARRAY[pg_catalog.int8send(\"t\".rehome_kh)]::pg_catalog.bytea[], \"t\".rehome_kh) AS h") !=
          NULL);
}

TEST(rows_that_are_nothing_but_their_key_are_compared_by_its_hash_hashed_again)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    rows.compared.items[0].count = 0;
    CHECK(strstr(hashed_sums(arena, &rows, 1), "\"t\".rehome_kh & 0 AS b, pg_catalog.hash_array_extended(ARRAY[pg_catalog.int8send(\"t\".rehome_kh)]::pg_catalog.bytea[], \"t\".rehome_kh) AS h") != NULL);
}

TEST(servers_that_hash_differently_are_compared_by_md5)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    rows.by = HASH_BY_MD5;
    char *sql = hashed_sums(arena, &rows, 2);
    CHECK(strstr(sql, "hash_array_extended") == NULL);
    CHECK(
        strstr(sql, "pg_catalog.md5(pg_catalog.array_send(ARRAY[NAME, AGE, pg_catalog.int8send(\"t\".rehome_kh), pg_catalog.int8send(\"t\".rehome_kh)]))") !=
        NULL);
}

TEST(servers_that_agree_on_rows_hash_values_as_they_are)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    rows.by = HASH_BY_ROW;
    CHECK(strstr(hashed_sums(arena, &rows, 2), "pg_catalog.hash_record_extended(ROW(NAME, AGE, pg_catalog.int8send(\"t\".rehome_kh)), \"t\".rehome_kh)") != NULL);
}

TEST(only_the_wanted_buckets_are_read_row_by_row)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    bool wanted[] = {false, true, false, true};
    char *some = hashed_pairs(arena, &rows, (BucketFilter){4, wanted}),
         *all = hashed_pairs(arena, &rows, (BucketFilter){4, NULL});
    CHECK(strstr(some, "FROM (SELECT \"t\".* FROM people AS \"t\") AS \"t\" WHERE (pg_catalog.hash_array_extended(ARRAY[ID]::pg_catalog.bytea[], 0) & 3) = ANY ('{1,3}'::pg_catalog.int8[])") != NULL);
    CHECK(strstr(all, "WHERE") == NULL);
    CHECK(text_starts_with(all, "SELECT 1 AS entity, \"t\".rehome_kh AS kh, "));
    CHECK(strstr(all, "ARRAY[ID_TEXT]::pg_catalog.text[] AS key") != NULL);
}

TEST(entities_that_fill_different_columns_have_a_hash_each)
{
    AUTO(Arena) *arena = arena_new();
    HashedRows rows = people(arena);
    StringList *second = LIST_ADD(arena, &rows.compared);
    LIST_PUSH(arena, second, "NAME");
    char *sql = hashed_pairs(arena, &rows, (BucketFilter){1, NULL});
    CHECK(strstr(sql, "ARRAY[NAME, AGE, ") != NULL && strstr(sql, "ARRAY[NAME, pg_catalog.int8send") != NULL);
}

TEST(a_bucket_holds_about_two_thousand_rows)
{
    CHECK_NUMBER(hashed_buckets(0), 1);
    CHECK_NUMBER(hashed_buckets(2000), 1);
    CHECK_NUMBER(hashed_buckets(2001), 2);
    CHECK_NUMBER(hashed_buckets(3000000), 2048);
    CHECK_NUMBER(hashed_buckets(INT64_MAX / 4000), 4096);
}
