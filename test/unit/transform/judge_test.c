#include "tap.h"

#include "build_transform.h"

/* `why`: what the reason contains; NULL: narrowable. `shows`: the key can be shown beside each row. */
typedef struct Case {
    const char *sql;
    const char *why;
    Yield yield;
    bool shows;
} Case;

static void check_cases(const Case *cases, size_t count, const char *table, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(Arena) *arena = arena_new();
        const Case *c = &cases[i];
        Built built = build(arena, c->sql, table, key, NULL);
        const char *why = built.transform->why_one_chunk;
        bool good = built.mistakes.list.count == 0 && built.transform->narrowable == !c->why &&
                    (c->why ? why && strstr(why, c->why) : !why) && built.transform->yield == c->yield &&
                    built.transform->shows_key == c->shows;
        if (!CHECK(good))
            printf("# %s\n#   why %s, yield %d, shows %d, mistakes %zu %s\n", c->sql, why ? why : "-", (int)built.transform->yield,
                   built.transform->shows_key, built.mistakes.list.count,
                   built.mistakes.list.count ? built.mistakes.list.items[0].message : "");
    }
}

#define CHECK_CASES(cases) check_cases(cases, sizeof cases / sizeof *cases, "companies", "id")

TEST(rows_that_pass_one_by_one_are_narrowed)
{
    static const Case cases[] = {
        {"SELECT id, name FROM companies", NULL, YIELD_ONE, true},
        {"SELECT * FROM companies", NULL, YIELD_ONE, true},
        {"SELECT id FROM public.companies", NULL, YIELD_ONE, true},
        {"SELECT c.id FROM companies AS c", NULL, YIELD_ONE, true},
        {"SELECT c.id FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT id FROM \"companies\"", NULL, YIELD_ONE, true},
        {"SELECT id FROM Companies", NULL, YIELD_ONE, true},
        {"SELECT id FROM ONLY companies", NULL, YIELD_ONE, true},
        {"SELECT id FROM ONLY (companies)", NULL, YIELD_ONE, true},
        {"SELECT id FROM companies *", NULL, YIELD_ONE, true},
        {"SELECT id FROM /* here */ companies -- the end", NULL, YIELD_ONE, true},
        {"SELECT 'äöü', id FROM companies;", NULL, YIELD_ONE, true},
        {"SELECT id FROM companies WHERE name <> ''", NULL, YIELD_AT_MOST_ONE, true},
        {"SELECT id FROM companies ORDER BY name", NULL, YIELD_ONE, true},
        {"SELECT id, (SELECT count(*) FROM leads l WHERE l.company_id = c.id) FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT id FROM companies c WHERE EXISTS (SELECT 1 FROM leads l WHERE l.company_id = c.id LIMIT 1)", NULL, YIELD_AT_MOST_ONE, true},
        {"SELECT c.id FROM companies c WHERE c.parent_id IN (SELECT max(x.id) FROM other x GROUP BY x.y)", NULL, YIELD_AT_MOST_ONE, true},
        {"SELECT to_jsonb(c) FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT c.a, c.b FROM companies AS c(a, b)", NULL, YIELD_ONE, true},
    };
    CHECK_CASES(cases);
}

TEST(joins_are_narrowed_unless_the_driving_table_may_be_missing)
{
    static const Case cases[] = {
        {"SELECT c.id FROM companies c JOIN leads l ON l.company_id = c.id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM leads l JOIN companies c ON l.company_id = c.id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM companies c JOIN leads l USING (id)", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM companies c NATURAL JOIN leads l", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM companies c, leads l WHERE l.company_id = c.id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM companies c CROSS JOIN leads l", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM companies c LEFT JOIN leads l ON l.company_id = c.id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM leads l RIGHT JOIN companies c ON l.company_id = c.id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id FROM leads l LEFT JOIN companies c ON l.company_id = c.id", "outer join", YIELD_UNKNOWN, false},
        {"SELECT c.id FROM companies c RIGHT JOIN leads l ON l.company_id = c.id", "outer join", YIELD_UNKNOWN, false},
        {"SELECT c.id FROM companies c FULL JOIN leads l ON l.company_id = c.id", "outer join", YIELD_UNKNOWN, false},
        {"SELECT c.id FROM a LEFT JOIN (b JOIN companies c ON b.x = c.id) ON true", "outer join", YIELD_UNKNOWN, false},
        {"SELECT c.id FROM (companies c JOIN b ON b.x = c.id) LEFT JOIN a ON true", NULL, YIELD_BY_KEY, true},
        {"SELECT j.id FROM (companies c JOIN b ON b.x = c.id) AS j", NULL, YIELD_UNKNOWN, false},
        {"SELECT c.id, x.n FROM companies c CROSS JOIN LATERAL (SELECT count(*) AS n FROM leads l WHERE l.company_id = c.id) x", NULL,
         YIELD_BY_KEY, true},
        {"SELECT c.id, x.n FROM companies c CROSS JOIN LATERAL (SELECT n FROM leads l WHERE l.company_id = c.id ORDER BY 1 LIMIT 1) x", NULL,
         YIELD_BY_KEY, true},
        {"SELECT c.id, v.k FROM companies c CROSS JOIN LATERAL (VALUES ('a', c.name), ('b', c.name)) AS v(k, n)", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id, t FROM companies c, unnest(c.tags) WITH ORDINALITY AS u(t, o)", NULL, YIELD_BY_KEY, true},
        {"SELECT l.id FROM leads l, LATERAL (SELECT id FROM companies c WHERE c.id = l.company_id) s", NULL, YIELD_BY_KEY, true},
    };
    CHECK_CASES(cases);
}

TEST(what_looks_at_several_rows_is_not_narrowed)
{
    static const Case cases[] = {
        {"SELECT count(*) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT max(id) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT 1 FROM companies HAVING true", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT mine(DISTINCT id) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT mine(id) FILTER (WHERE true) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT regr_slope(id, id) FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT coalesce(jsonb_agg(name), '[]') FROM companies", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT (SELECT sum(c.id)) FROM companies c", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT (SELECT count(c.id) FROM leads l) AS n FROM companies c ORDER BY n", "aggregates", YIELD_UNKNOWN, false},
        {"SELECT (SELECT count(l.id) FROM leads l) FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT c.id, (SELECT sum(amount) FROM leads l) FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT name, count(*) FROM companies GROUP BY name", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT lower(name) FROM companies GROUP BY 1", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies GROUP BY ROLLUP (id)", "GROUPING SETS", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies GROUP BY GROUPING SETS ((id), ())", "GROUPING SETS", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies GROUP BY ()", "GROUPING SETS", YIELD_UNKNOWN, false},
        {"SELECT DISTINCT name FROM companies", "DISTINCT", YIELD_UNKNOWN, false},
        {"SELECT DISTINCT ON (name) id FROM companies", "DISTINCT", YIELD_AT_MOST_ONE, true},
        {"SELECT id FROM companies LIMIT 5", "LIMIT", YIELD_AT_MOST_ONE, true},
        {"SELECT id FROM companies OFFSET 5", "LIMIT", YIELD_AT_MOST_ONE, true},
        {"SELECT id FROM companies ORDER BY name FETCH FIRST 5 ROWS WITH TIES", "LIMIT", YIELD_AT_MOST_ONE, true},
        {"SELECT id, row_number() OVER (ORDER BY id) FROM companies", "window", YIELD_ONE, true},
        {"SELECT id, sum(id) OVER w FROM companies WINDOW w AS (PARTITION BY name)", "window", YIELD_ONE, true},
        {"SELECT id FROM companies ORDER BY rank() OVER (ORDER BY name)", "window", YIELD_ONE, true},
        {"SELECT id FROM companies FOR UPDATE", "locks", YIELD_ONE, true},
        {"SELECT id FROM companies c FOR SHARE OF c", "locks", YIELD_ONE, true},
        {"SELECT id FROM companies TABLESAMPLE bernoulli (10)", "TABLESAMPLE", YIELD_AT_MOST_ONE, true},
    };
    CHECK_CASES(cases);
}

TEST(groups_that_keep_the_key_apart_are_narrowed)
{
    static const Case cases[] = {
        {"SELECT id, count(*) FROM companies GROUP BY id", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id, count(*) FROM companies c JOIN leads l ON l.company_id = c.id GROUP BY c.id HAVING count(*) > 1", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id, l.kind, count(*) FROM companies c JOIN leads l ON l.company_id = c.id GROUP BY c.id, l.kind", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id, count(*) FROM companies c JOIN leads l ON l.company_id = c.id GROUP BY 1", NULL, YIELD_BY_KEY, true},
        {"SELECT c.id + 0, count(*) FROM companies c GROUP BY 1", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT l.id, count(*) FROM companies c JOIN leads l ON l.company_id = c.id GROUP BY l.id", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT id, count(*) FROM companies c JOIN leads l USING (id) GROUP BY id", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT c.a, count(*) FROM companies AS c(a, b) GROUP BY c.a", NULL, YIELD_BY_KEY, true},
        {"SELECT c.b, count(*) FROM companies AS c(a, b) GROUP BY c.b", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT s.id, count(*) FROM (SELECT id FROM companies) s GROUP BY s.id", NULL, YIELD_BY_KEY, true},
        {"SELECT s.k, count(*) FROM (SELECT c.*, c.id AS k FROM companies c) s GROUP BY s.k", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT s.k, count(*) FROM (SELECT c.id AS k, c.name FROM companies c) s GROUP BY s.k", NULL, YIELD_BY_KEY, true},
        {"SELECT s.k, count(*) FROM (SELECT c.name AS k, c.id FROM companies c) s GROUP BY s.k", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT n FROM (SELECT id, count(*) AS n FROM companies GROUP BY id) s", NULL, YIELD_BY_KEY, true},
        {"SELECT n FROM (SELECT count(*) AS n FROM companies GROUP BY id) s", NULL, YIELD_UNKNOWN, false},
    };
    CHECK_CASES(cases);
}

TEST(nested_references_are_followed_outwards)
{
    static const Case cases[] = {
        {"SELECT * FROM (SELECT id, name FROM companies) s", NULL, YIELD_ONE, true},
        {"SELECT s.x FROM (SELECT c.id AS x FROM companies c WHERE c.name <> '') s", NULL, YIELD_AT_MOST_ONE, true},
        {"SELECT s.x FROM (SELECT name AS x FROM companies) s", NULL, YIELD_ONE, false},
        {"SELECT s.a FROM (SELECT name, id FROM companies) AS s(a, b) JOIN leads ON true", NULL, YIELD_BY_KEY, true},
        {"SELECT s.name FROM (SELECT name FROM companies) s JOIN leads ON true", NULL, YIELD_UNKNOWN, false},
        {"SELECT s.id FROM (SELECT * FROM companies) s", NULL, YIELD_ONE, true},
        {"SELECT s.id FROM (SELECT * FROM companies LIMIT 3) s", "LIMIT", YIELD_AT_MOST_ONE, true},
        {"SELECT s.id FROM (SELECT DISTINCT * FROM companies) s", "DISTINCT", YIELD_UNKNOWN, false},
        {"SELECT count(*) FROM (SELECT * FROM companies) s", "aggregates", YIELD_UNKNOWN, false},
        {"WITH c AS (SELECT * FROM companies) SELECT id FROM c", NULL, YIELD_ONE, true},
        {"WITH c AS MATERIALIZED (SELECT id FROM companies) SELECT c.id FROM c JOIN leads l ON true", NULL, YIELD_BY_KEY, true},
        {"WITH c(k) AS (SELECT id FROM companies) SELECT c.k FROM c, leads", NULL, YIELD_BY_KEY, true},
        {"WITH c AS (SELECT * FROM companies) SELECT a.id FROM c a JOIN c b ON a.id = b.parent_id", "more than once", YIELD_UNKNOWN, false},
        {"WITH c AS (SELECT * FROM companies) SELECT 1", "nowhere", YIELD_UNKNOWN, false},
        {"WITH a AS (SELECT id FROM companies), b AS (SELECT id FROM a WHERE id > 1) SELECT id FROM b", NULL, YIELD_AT_MOST_ONE, true},
        {"WITH RECURSIVE t AS (SELECT id FROM companies UNION ALL SELECT t.id FROM t) SELECT id FROM t", "UNION", YIELD_UNKNOWN, false},
        {"WITH RECURSIVE t AS (SELECT id FROM companies) SELECT id FROM t", "RECURSIVE", YIELD_UNKNOWN, false},
        {"WITH companies AS (SELECT * FROM companies) SELECT id FROM companies", NULL, YIELD_ONE, true},
        {"WITH companies AS (SELECT 1 AS id) SELECT c.id FROM companies c JOIN public.companies p ON true", NULL, YIELD_BY_KEY, true},
        {"WITH x AS (SELECT 1) SELECT id FROM companies, x", NULL, YIELD_BY_KEY, true},
        {"SELECT 1 WHERE EXISTS (WITH companies AS (SELECT 1) SELECT 1 FROM companies) AND EXISTS (SELECT 1 FROM companies)", "expression",
         YIELD_UNKNOWN, false},
        {"SELECT id FROM leads WHERE company_id IN (SELECT id FROM companies)", "expression", YIELD_UNKNOWN, false},
        {"SELECT (SELECT name FROM companies c WHERE c.id = l.company_id) FROM leads l", "expression", YIELD_UNKNOWN, false},
        {"SELECT ARRAY(SELECT id FROM companies)", "expression", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies UNION ALL SELECT id FROM leads", "UNION", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies EXCEPT SELECT id FROM leads", "UNION", YIELD_UNKNOWN, false},
        {"SELECT s.id FROM (SELECT id FROM companies UNION ALL SELECT 0) s", "UNION", YIELD_UNKNOWN, false},
        {"SELECT a.id FROM companies a LEFT JOIN companies b ON a.parent_id = b.id", "more than once", YIELD_UNKNOWN, false},
        {"SELECT id FROM companies c WHERE NOT EXISTS (SELECT 1 FROM public.companies x WHERE x.parent_id = c.id)", "more than once",
         YIELD_UNKNOWN, false},
        {"SELECT c.id FROM companies c JOIN archive.companies o ON o.id = c.id", NULL, YIELD_BY_KEY, true},
        {"TABLE companies", "no sub-select", YIELD_ONE, false},
        {"SELECT FROM companies", NULL, YIELD_ONE, false},
    };
    CHECK_CASES(cases);
}

TEST(set_returning_functions_give_any_number_of_rows)
{
    static const Case cases[] = {
        {"SELECT id, unnest(tags) FROM companies", NULL, YIELD_BY_KEY, true},
        {"SELECT id, lower(regexp_split_to_table(name, ',')) FROM companies", NULL, YIELD_BY_KEY, true},
        {"SELECT id, generate_series(1, 3) FROM companies WHERE true", NULL, YIELD_BY_KEY, true},
        {"SELECT id, jsonb_array_elements_text(tags) FROM companies", NULL, YIELD_BY_KEY, true},
        {"SELECT id, ARRAY(SELECT unnest(tags)) FROM companies", NULL, YIELD_ONE, true},
    };
    CHECK_CASES(cases);
}

TEST(the_ctid_stands_for_a_missing_key)
{
    static const Case cases[] = {
        {"SELECT c.name FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT * FROM companies", NULL, YIELD_ONE, false},
        {"SELECT c.name FROM companies c, leads l", NULL, YIELD_BY_KEY, true},
        {"SELECT c.* FROM companies c, leads l", NULL, YIELD_UNKNOWN, false},
        {"SELECT l.* FROM companies c, leads l", NULL, YIELD_BY_KEY, true},
        {"SELECT s.name FROM (SELECT * FROM companies) s", NULL, YIELD_ONE, false},
        {"SELECT name FROM companies GROUP BY name", "GROUP BY", YIELD_UNKNOWN, false},
    };
    check_cases(cases, sizeof cases / sizeof *cases, "companies", "");
}

TEST(a_composite_key_must_be_grouped_by_as_a_whole)
{
    static const Case cases[] = {
        {"SELECT id, count(*) FROM companies GROUP BY id", "GROUP BY", YIELD_UNKNOWN, false},
        {"SELECT id, parent_id, count(*) FROM companies GROUP BY parent_id, id", NULL, YIELD_BY_KEY, true},
    };
    check_cases(cases, sizeof cases / sizeof *cases, "companies", "id parent_id");
}

TEST(text_that_cannot_be_edited_stays_whole)
{
    static const Case cases[] = {
        {"SELECT public.companies.id FROM public.companies", "schema", YIELD_ONE, true},
        {"SELECT c.tableoid, c.* FROM companies c", "system columns", YIELD_ONE, true},
        {"SELECT tableoid, * FROM companies c", "system columns", YIELD_ONE, true},
        {"SELECT xmin, to_jsonb(c) FROM companies c", "system columns", YIELD_ONE, true},
        {"SELECT c.tableoid, c.name FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT *, (SELECT tableoid FROM leads LIMIT 1) FROM companies c", NULL, YIELD_ONE, true},
        {"SELECT *, (SELECT relname FROM pg_class p WHERE p.oid = c.tableoid) FROM companies c", "system columns", YIELD_ONE, true},
        {"SELECT id FROM companies, JSON_TABLE(tags, '$[*]' COLUMNS (x int PATH '$'))", "grammar of PostgreSQL 15", YIELD_UNKNOWN, false},
    };
    CHECK_CASES(cases);
}

TEST(without_one_driving_table_it_is_one_chunk)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(arena, "SELECT 1 AS id, now() AS at;", NULL, "", NULL);
    CHECK_NUMBER((long long)built.mistakes.list.count, 0);
    CHECK(!built.transform->narrowable && built.transform->why_one_chunk);
    CHECK(built.transform->yield == YIELD_UNKNOWN);
    CHECK(!transform_driving_from(arena, built.transform));
}

TEST(the_source_s_own_aggregates_are_known_by_name)
{
    static const char *names[] = {"median"};
    StringList aggregates = {.items = names, .count = 1};
    AUTO(Arena) *arena = arena_new();
    Sql sql = {.text = "SELECT median(id) FROM companies"};
    KeyColumnList key = key_of(arena, "id");
    TransformRequest request = {.sql = &sql, .driving_schema = "public", .driving_name = "companies", .driving_in_search_path = true,
                                .key = &key, .aggregates = &aggregates};
    Mistakes mistakes = {.arena = arena};
    CHECK(!transform_build(arena, &request, &mistakes)->narrowable);
    request.aggregates = NULL;
    CHECK(transform_build(arena, &request, &mistakes)->narrowable);
}
