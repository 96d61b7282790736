/* What is found in a transform: volatile columns, reads and mistakes. */
#include "tap.h"

#include "build_transform.h"

typedef struct Found {
    const char *sql;
    const char *expected;
} Found;

TEST(volatile_columns_are_followed_to_the_top)
{
    static const Found cases[] = {
        {"SELECT id, name FROM companies", ""},
        {"SELECT id, now() FROM companies", "now"},
        {"SELECT now()::date AS d, CURRENT_DATE, localtimestamp(3) FROM companies", "d current_date localtimestamp"},
        {"SELECT coalesce(name, random()::text), gen_random_uuid() AS k FROM companies", "coalesce k"},
        {"SELECT age(created_at) AS old, age(created_at, created_at) AS span FROM companies", "old"},
        {"SELECT 'now'::timestamptz AS at, 'now' AS word, 'now'::text FROM companies", "at"},
        {"SELECT CASE WHEN true THEN now() END, 1 + random() FROM companies", "case ?column?"},
        {"SELECT CASE WHEN random() > 1 THEN 1 ELSE id END FROM companies", "id"},
        {"SELECT nullif(now(), now()), greatest(now(), now()), ARRAY[now()], (now())::text, row(now()) FROM companies",
         "nullif greatest array now row"},
        {"SELECT (SELECT now()), (SELECT max(x) FROM (SELECT now() AS x) q), EXISTS (SELECT random()) FROM companies", "now max exists"},
        {"SELECT pg_catalog.now() FROM companies", "now"},
        {"SELECT s.t AS u, s.id FROM (SELECT now() AS t, id FROM companies) s", "u"},
        {"SELECT * FROM (SELECT now() AS t, id FROM companies) s", "t"},
        {"SELECT s.*, s.a AS z FROM (SELECT now(), id FROM companies) AS s(a)", "a z"},
        {"SELECT t FROM (SELECT id, t FROM (SELECT id, now() AS t FROM companies) q) s", "t"},
        {"WITH c(at, k) AS (SELECT now(), id FROM companies) SELECT k, at FROM c", "at"},
        {"WITH c AS (SELECT now() AS at, id FROM companies) SELECT to_jsonb(c) AS j, c.id FROM c", "j"},
        {"SELECT id, name FROM companies UNION ALL SELECT 0, now()::text", "name"},
        {"WITH RECURSIVE t AS (SELECT id, now() AS a, now() - now() AS b, 1 AS c FROM companies UNION ALL SELECT id, a, b, a::int FROM t) "
         "SELECT c, id FROM t", "c"},
        {"SELECT r, id FROM companies, random() r", "r"},
        {"SELECT random, id FROM companies, random()", "random"},
        {"SELECT u.x, id FROM companies, LATERAL (SELECT gen_random_uuid()) AS u(x)", "x"},
        {"SELECT v.a, v.b FROM companies, (VALUES (1, now())) AS v(a, b)", "b"},
        {"SELECT v.column2 FROM companies, (VALUES (1, now())) AS v", "column2"},
        {"SELECT q.now FROM companies, (SELECT now()) q", "now"},
        {"SELECT CURRENT_USER, name COLLATE \"C\", tags[1], nextval('s'), (c).name FROM companies c", "nextval"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", "id", NULL);
        CHECK_TEXT(string_list_join(arena, &built.transform->volatile_columns, " "), cases[i].expected);
    }
}

static const char *print_reads(Arena *arena, const Transform *transform)
{
    Text text = text_new(arena);
    FOR_EACH(TableRead, read, transform->reads) {
        text_separate(&text, "; ");
        text_addf(&text, "%s%s%s(%s)%s", read->schema ? read->schema : "", read->schema ? "." : "", read->name,
                  string_list_join(arena, &read->columns, " "), read->everything ? "*" : "");
    }
    return text.chars;
}

static const char *print_given(Arena *arena, const Transform *transform)
{
    Text text = text_new(arena);
    FOR_EACH(TableRead, read, transform->reads) {
        text_separate(&text, "; ");
        text_addf(&text, "%s%s(%s)", read->below ? "" : "ONLY ", read->name,
                  string_list_join(arena, &read->given, " "));
    }
    return text.chars;
}

TEST(what_is_given_on_is_told_from_what_is_only_asked_for)
{
    static const Found cases[] = {
        {"SELECT id, upper(name) FROM companies WHERE active ORDER BY rank", "companies(id name)"},
        {"SELECT c.id FROM ONLY companies c JOIN leads l ON l.c = c.no", "ONLY companies(id); leads()"},
        {"SELECT id FROM companies c JOIN leads USING (no) GROUP BY c.city HAVING max(c.size) > 1", "companies(id); leads(id)"},
        {"SELECT c.id FROM companies c WHERE c.no IN (SELECT l.no FROM leads l)", "companies(id); leads()"},
        {"SELECT (SELECT l.name FROM leads l WHERE l.no = c.no) FROM companies c", "companies(); leads(name)"},
        {"WITH w AS (SELECT c.id FROM companies c WHERE c.old) SELECT id FROM w", "companies(id)"},
        {"SELECT q.id FROM (SELECT c.id FROM companies c ORDER BY c.no) q", "companies(id)"},
        {"SELECT c.id FROM companies c UNION SELECT l.no FROM leads l WHERE l.old", "companies(id); leads(no)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", "id", NULL);
        CHECK_TEXT(print_given(arena, built.transform), cases[i].expected);
    }
}

TEST(reads_name_tables_and_their_columns)
{
    static const Found cases[] = {
        {"SELECT id, name FROM companies", "companies(id name)"},
        {"SELECT * FROM companies", "companies()*"},
        {"SELECT c.*, l.x FROM public.companies c JOIN leads l ON l.c = c.id", "public.companies(id)*; leads(c x)"},
        {"SELECT count(*) FROM companies", "companies()"},
        {"SELECT to_jsonb(c) FROM companies c", "companies(c)*"},
        {"SELECT (c).name FROM companies c", "companies(c)*"},
        {"SELECT name FROM companies JOIN leads USING (id)", "companies(id name); leads(id name)"},
        {"SELECT 1 FROM companies NATURAL JOIN leads", "companies()*; leads()*"},
        {"SELECT c.a FROM companies AS c(a)", "companies(a)*"},
        {"SELECT (SELECT max(l.at) FROM leads l WHERE l.c = c.id) FROM companies c", "companies(id); leads(at c)"},
        {"WITH x AS (SELECT id FROM companies) SELECT x.id FROM x", "companies(id)"},
        {"WITH leads AS (SELECT id FROM companies) SELECT leads.id FROM leads, crm.leads l", "companies(id); crm.leads()"},
        {"SELECT id FROM companies UNION SELECT no FROM leads", "companies(id); leads(no)"},
        {"SELECT c.id FROM companies c, leads TABLESAMPLE system (1), f(c.name)", "companies(name id); leads()"},
        {"SELECT j.id FROM (companies a JOIN leads b ON a.x = b.y) AS j", "companies(x y id); leads(x y id)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", "id", NULL);
        CHECK_TEXT(print_reads(arena, built.transform), cases[i].expected);
    }
}

typedef struct Wrong {
    const char *sql, *where;
    const char *expected;
} Wrong;

TEST(mistakes_name_their_place)
{
    static const Wrong cases[] = {
        {" -- nothing\n", NULL, "sql/x.sql:1:1: the transform is empty"},
        {"SELECT id FROM companies;\n /* é */ SELECT 2", NULL, "sql/x.sql:2:10: a second statement"},
        {"-- é\n  DELETE FROM companies", NULL, "sql/x.sql:2:3: not a SELECT"},
        {"SELECT 'é' INTO x FROM companies", NULL, "sql/x.sql:1:17: SELECT INTO"},
        {"WITH a AS (SELECT 1),\n  b AS (DELETE FROM companies RETURNING id)\nSELECT id FROM b", NULL, "sql/x.sql:2:3: this WITH query changes data"},
        {"SELECT id FROM leads", NULL, "sql/x.sql:1:1: the transform does not read its driving table \"public\".\"companies\""},
        {"SELECT id FROM crm.companies", NULL, "sql/x.sql:1:1: the transform does not read its driving table"},
        {"WITH companies AS (SELECT 1 AS id) SELECT id FROM companies", NULL,
         "sql/x.sql:1:1: the transform does not read its driving table \"public\".\"companies\": a WITH query has the same name"},
        {"SELECT id FROM companies TABLESAMPLE system (1)", "id = 1", "sql/x.sql:1:1: `where` cannot be applied: TABLESAMPLE"},
        {"SELECT companies.id\nFROM", "id = 1", "sql/x.sql:1:1: `where` cannot be applied: the grammar of PostgreSQL 15 does not know its text"},
        {"SELECT id FROM companies", "id = 1) OR (true", "sql/x.sql:1:1: `where` is not one condition"},
        {"SELECT id FROM companies", "id = 1; DROP TABLE x", "sql/x.sql:1:1: `where` is not one condition"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", "id", cases[i].where);
        CHECK(built.transform && !built.transform->narrowable);
        if (!CHECK_NUMBER((long long)built.mistakes.list.count, 1))
            continue;
        const char *message = mistake_print(arena, &built.mistakes.list.items[0]);
        if (!CHECK(text_starts_with(message, cases[i].expected)))
            printf("# %s\n", message);
    }
}

TEST(a_condition_needs_one_driving_table)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(arena, "SELECT 1", NULL, "", "id = 1");
    CHECK_NUMBER((long long)built.mistakes.list.count, 1);
}

TEST(unknown_grammar_is_told_with_its_place_and_left_to_the_server)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(arena, "SELECT id,\n 'é' FROM companies, JSON_TABLE(tags, '$' COLUMNS (x int))", "companies", "id", NULL);
    CHECK_NUMBER((long long)built.mistakes.list.count, 0);
    CHECK(!built.transform->parsed);
    CHECK_TEXT(built.transform->why_one_chunk,
               "the grammar of PostgreSQL 15 does not know its text: syntax error at or near \"COLUMNS\" (line 2, column 43)");
}
