#include "tap.h"

#include "build_transform.h"

static const char *const FROM[] = {"7"};
static const char *const UNTIL[] = {"9"};

static KeySet range_of(const KeyColumnList *key)
{
    return (KeySet){.kind = KEYSET_RANGE, .key = key, .low = FROM, .high = UNTIL};
}

typedef struct Narrowed {
    const char *sql;
    const char *where;
    TransformShape shape;
    const char *expected;
} Narrowed;

#define RANGE "(\"id\" >= '7'::bigint AND \"id\" < '9'::bigint)"

static void check_narrowed(const Narrowed *cases, size_t count, bool everything, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", key, cases[i].where);
        KeyColumnList list = key_of(arena, key);
        KeySet keys = everything ? (KeySet){.kind = KEYSET_EVERYTHING} : range_of(&list);
        CHECK_TEXT(transform_narrow(arena, built.transform, &keys, cases[i].shape), cases[i].expected);
        CHECK_NUMBER((long long)built.mistakes.list.count, 0);
    }
}

#define CHECK_NARROWED(cases, everything, key) check_narrowed(cases, sizeof cases / sizeof *cases, everything, key)

TEST(semicolons_at_both_ends_mean_nothing)
{
    static const Narrowed cases[] = {
        {";\n; SELECT id FROM companies ; -- *\n;", NULL, TRANSFORM_PLAIN,
         " \n  SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\""},
    };
    CHECK_NARROWED(cases, false, "id");
}

TEST(only_the_reference_is_replaced)
{
    static const Narrowed cases[] = {
        {"SELECT id FROM companies", NULL, TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\""},
        {"SELECT  c.id -- the äöü key\n  FROM public . companies AS c(a, \"B\")\n  JOIN x /* companies */ ON c.id=x.id ; -- end\n", NULL, TRANSFORM_PLAIN,
         "SELECT  c.id -- the äöü key\n  FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS c(a, \"B\")\n"
         "  JOIN x /* companies */ ON c.id=x.id"},
        {"SELECT 'ü', id FROM ONLY companies WHERE 'é' <> name", NULL, TRANSFORM_PLAIN,
         "SELECT 'ü', id FROM (SELECT * FROM ONLY \"public\".\"companies\" WHERE " RANGE ") AS \"companies\" WHERE 'é' <> name"},
        {"SELECT id FROM ONLY /* x */ ( companies ) c", NULL, TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM ONLY \"public\".\"companies\" WHERE " RANGE ") c"},
        {"SELECT id FROM companies * c", NULL, TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") c"},
        {"SELECT id FROM \"companies\",leads", NULL, TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\",leads"},
        {"SELECT c.tableoid, c.ctid, c.xmin FROM companies c", NULL, TRANSFORM_PLAIN,
         "SELECT c.tableoid, c.ctid, c.xmin FROM (SELECT *, tableoid, ctid, xmin FROM \"public\".\"companies\" WHERE " RANGE ") c"},
        {"SELECT (SELECT relname FROM pg_class WHERE oid = c.tableoid) FROM companies c", NULL, TRANSFORM_PLAIN,
         "SELECT (SELECT relname FROM pg_class WHERE oid = c.tableoid) FROM (SELECT *, tableoid FROM \"public\".\"companies\" WHERE " RANGE ") c"},
        {"SELECT tableoid::regclass FROM companies", NULL, TRANSFORM_PLAIN,
         "SELECT tableoid::regclass FROM (SELECT *, tableoid FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\""},
        {"WITH companies AS (SELECT * FROM companies) SELECT id FROM companies", NULL, TRANSFORM_PLAIN,
         "WITH companies AS (SELECT * FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\") SELECT id FROM companies"},
        {"SELECT id FROM companies", "name <> '' -- all", TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE (name <> '') AND " RANGE ") AS \"companies\""},
    };
    CHECK_NARROWED(cases, false, "id");
}

TEST(the_key_comes_before_the_users_columns)
{
    static const Narrowed cases[] = {
        {"SELECT name FROM companies", NULL, TRANSFORM_WITH_KEY,
         "SELECT \"companies\".\"id\"::text AS \"rehome_key_1\", name FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") AS \"companies\""},
        {"SELECT /* all */ * FROM companies C", NULL, TRANSFORM_WITH_KEY,
         "SELECT /* all */ \"c\".\"id\"::text AS \"rehome_key_1\", * FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") C"},
        {"SELECT (c.a || 'x'), count(*) FROM companies AS c(a) GROUP BY c.a, 1 ORDER BY 2", NULL, TRANSFORM_WITH_KEY,
         "SELECT \"c\".\"a\"::text AS \"rehome_key_1\", (c.a || 'x'), count(*) FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE ") "
         "AS c(a) GROUP BY c.a, 2 ORDER BY 3"},
        {"SELECT s.x FROM (SELECT id AS x FROM companies) s", NULL, TRANSFORM_WITH_KEY,
         "SELECT \"s\".\"x\"::text AS \"rehome_key_1\", s.x FROM (SELECT id AS x FROM (SELECT * FROM \"public\".\"companies\" WHERE " RANGE
         ") AS \"companies\") s"},
        {"SELECT s.name FROM (SELECT name FROM companies) s", NULL, TRANSFORM_WITH_KEY, NULL},
        {"SELECT DISTINCT name FROM companies", NULL, TRANSFORM_WITH_KEY, NULL},
    };
    CHECK_NARROWED(cases, false, "id");
}

TEST(everything_without_a_condition_is_the_users_text)
{
    static const Narrowed cases[] = {
        {"SELECT count(*)\n FROM companies -- all\n;\n-- end", NULL, TRANSFORM_PLAIN, "SELECT count(*)\n FROM companies"},
        {"SELECT id FROM companies, JSON_TABLE(a, '$' COLUMNS (x int)) ; ", NULL, TRANSFORM_PLAIN,
         "SELECT id FROM companies, JSON_TABLE(a, '$' COLUMNS (x int))"},
        {"SELECT name FROM companies", NULL, TRANSFORM_WITH_KEY, "SELECT \"companies\".\"id\"::text AS \"rehome_key_1\", name FROM companies"},
    };
    CHECK_NARROWED(cases, true, "id");
}

TEST(the_condition_is_put_at_every_reference)
{
    static const Narrowed cases[] = {
        {"SELECT count(*) FROM companies", "id = 3", TRANSFORM_PLAIN,
         "SELECT count(*) FROM (SELECT * FROM \"public\".\"companies\" WHERE (id = 3)) AS \"companies\""},
        {"SELECT id FROM companies UNION SELECT parent_id FROM ONLY companies c", "id = 3", TRANSFORM_PLAIN,
         "SELECT id FROM (SELECT * FROM \"public\".\"companies\" WHERE (id = 3)) AS \"companies\" UNION SELECT parent_id FROM "
         "(SELECT * FROM ONLY \"public\".\"companies\" WHERE (id = 3)) c"},
    };
    CHECK_NARROWED(cases, true, "id");
}

TEST(a_ctid_key_is_added_to_the_sub_select)
{
    AUTO(Arena) *arena = arena_new();
    static const char *const low[] = {"(0,1)"}, *const high[] = {"(10,1)"};
    Built built = build(arena, "SELECT c.name FROM companies c", "companies", "", NULL);
    KeySet keys = {.kind = KEYSET_CTID, .low = low, .high = high};
    CHECK_TEXT(transform_narrow(arena, built.transform, &keys, TRANSFORM_WITH_KEY),
               "SELECT \"c\".\"ctid\"::text AS \"rehome_key_1\", c.name FROM (SELECT *, ctid FROM \"public\".\"companies\" WHERE "
               "(\"ctid\" >= '(0,1)'::tid AND \"ctid\" < '(10,1)'::tid)) c");
    CHECK_TEXT(transform_narrow(arena, built.transform, &keys, TRANSFORM_PLAIN),
               "SELECT c.name FROM (SELECT * FROM \"public\".\"companies\" WHERE "
               "(\"ctid\" >= '(0,1)'::tid AND \"ctid\" < '(10,1)'::tid)) c");
}

TEST(what_cannot_be_narrowed_gives_no_text)
{
    AUTO(Arena) *arena = arena_new();
    KeyColumnList key = key_of(arena, "id");
    KeySet keys = range_of(&key);
    Built built = build(arena, "SELECT count(*) FROM companies", "companies", "id", NULL);
    CHECK(!transform_narrow(arena, built.transform, &keys, TRANSFORM_PLAIN));
}

TEST(driving_rows_are_counted_with_the_condition)
{
    AUTO(Arena) *arena = arena_new();
    KeyColumnList key = key_of(arena, "id");
    KeySet keys = range_of(&key), everything = {.kind = KEYSET_EVERYTHING};
    Built plain = build(arena, "SELECT id FROM companies", "companies", "id", NULL);
    Built filtered = build(arena, "SELECT id FROM ONLY companies", "companies", "id", "id > 2");
    CHECK_TEXT(transform_driving_count(arena, plain.transform, &everything), "SELECT count(*) FROM \"public\".\"companies\"");
    CHECK_TEXT(transform_driving_count(arena, plain.transform, &keys), "SELECT count(*) FROM \"public\".\"companies\" WHERE " RANGE);
    CHECK_TEXT(transform_driving_count(arena, filtered.transform, &keys),
               "SELECT count(*) FROM ONLY \"public\".\"companies\" WHERE (id > 2) AND " RANGE);
    CHECK_TEXT(transform_driving_from(arena, plain.transform), "FROM \"public\".\"companies\" WHERE true");
    CHECK_TEXT(transform_driving_from(arena, filtered.transform), "FROM ONLY \"public\".\"companies\" WHERE (id > 2)");
}

TEST(the_place_of_a_staged_row_can_be_shown_beside_a_star)
{
    static const struct {
        const char *text, *with_key; /* NULL: the key cannot be shown */
    } cases[] = {
        {"SELECT s.*, p.id AS p FROM staged s JOIN p ON true",
         "SELECT \"s\".\"ctid\"::text AS \"rehome_key_1\", s.*, p.id AS p FROM staged s JOIN p ON true"},
        {"SELECT * FROM pg_temp.staged", "SELECT \"staged\".\"ctid\"::text AS \"rehome_key_1\", * FROM pg_temp.staged"},
        {"SELECT a FROM staged GROUP BY a", NULL},
        {"SELECT a FROM (SELECT * FROM staged) s", NULL},
        {"SELECT a FROM staged UNION ALL SELECT b FROM staged", NULL},
    };
    AUTO(Arena) *arena = arena_new();
    static const KeyColumnList by_ctid = {0};
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Sql sql = {.text = cases[i].text};
        TransformRequest request = {.sql = &sql,
                                    .driving_schema = "pg_temp",
                                    .driving_name = "staged",
                                    .driving_in_search_path = true,
                                    .key = &by_ctid,
                                    .whole = true};
        Mistakes mistakes = {.arena = arena};
        Transform *loading = transform_build(arena, &request, &mistakes);
        CHECK_TEXT(transform_narrow(arena, loading, &everything, TRANSFORM_WITH_KEY), cases[i].with_key);
    }
}

TEST(nothing_is_evaluated_for_rows_that_are_left_out)
{
    AUTO(Arena) *arena = arena_new();
    KeyColumnList key = key_of(arena, "id");
    const char *const except[] = {"{7,8}"};
    KeySet keys = {.kind = KEYSET_EVERYTHING, .except_key = &key, .except = except};
    Transform *transform = build(arena, "SELECT id, name::int FROM companies WHERE name::int > 0", "companies", "id", NULL).transform;
    const char *sql = transform_narrow(arena, transform, &keys, TRANSFORM_PLAIN);
    CHECK(strstr(sql, "(\"id\" IN (SELECT * FROM ROWS FROM (pg_catalog.unnest('{7,8}'::bigint[])) AS rehome_except)) IS NOT TRUE") != NULL);
    CHECK(strstr(sql, " OFFSET 0) AS \"companies\" WHERE name::int > 0") != NULL);
    keys.except_key = NULL;
    CHECK_TEXT(transform_narrow(arena, transform, &keys, TRANSFORM_PLAIN), "SELECT id, name::int FROM companies WHERE name::int > 0");
}
