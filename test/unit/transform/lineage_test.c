/* What outputs are made of, and the transform over other rows. */
#include "tap.h"

#include "build_transform.h"

/* "mail=email" as it stands, "n=email::" cast, "n=f(email)" computed, "n=?(…)" more than the driving table. */
static const char *print_lineages(Arena *arena, const Transform *transform)
{
    Text text = text_new(arena);
    FOR_EACH(const Lineage, lineage, transform->lineages) {
        text_separate(&text, " ");
        bool plain = !lineage->other && !lineage->computed;
        text_addf(&text, "%s=%s%s%s", lineage->name,
                  plain            ? ""
                  : lineage->other ? "?("
                                   : "f(",
                  string_list_join(arena, &lineage->columns, ","),
                  !plain          ? ")"
                  : lineage->cast ? "::"
                                  : "");
    }
    return text.chars;
}

typedef struct LineageCase {
    const char *sql, *expected;
} LineageCase;

TEST(outputs_are_followed_to_the_columns_they_are_made_of)
{
    static const LineageCase cases[] = {
        {"SELECT id, name AS title FROM companies", "id=id title=name"},
        {"SELECT c.id::text, CAST(c.name AS varchar(9)) AS n FROM companies c", "id=id:: n=name::"},
        {"SELECT name COLLATE \"C\" AS n FROM companies", "n=name"},
        {"SELECT lower(trim(name)) AS n, name || id AS both FROM companies", "n=f(name) both=f(name,id)"},
        {"SELECT 'x' AS kind, now() AS at FROM companies", "kind=f() at=?()"},
        {"SELECT c.id, p.name, (SELECT 1) AS one FROM companies c JOIN people p ON p.id = c.id",
         "id=id name=?() one=?()"},
        {"SELECT name FROM companies c JOIN people p USING (id)", "name=name"},
        {"SELECT strange FROM companies c JOIN people p USING (id)", "strange=?()"},
        {"SELECT * FROM companies", "id=id name=name parent_id=parent_id tags=tags created_at=created_at"},
        {"SELECT c.*, 1 AS one FROM companies c",
         "id=id name=name parent_id=parent_id tags=tags created_at=created_at one=f()"},
        {"SELECT q.id, q.n FROM (SELECT id, lower(name) AS n FROM companies) q", "id=id n=f(name)"},
        {"WITH q AS (SELECT id, name::text AS n FROM companies) SELECT * FROM q", "id=id n=name::"},
        {"WITH q AS (SELECT id, name::text AS n FROM companies) SELECT q.n, id FROM q", "n=name:: id=id"},
        {"SELECT a FROM companies AS c(a, b)", "a=?()"},
        {"SELECT x.a FROM (SELECT id FROM companies) AS x(a)", "a=?()"},
        {"SELECT to_jsonb(c) AS j, id FROM companies c", "j=?() id=id"},
        {"SELECT unnest(tags) AS tag, id FROM companies", "tag=?(tags) id=id"},
        {"SELECT id, max(name) AS m FROM companies GROUP BY id", "id=id m=?(name)"},
        {"SELECT a.id, b.name FROM companies a, companies b", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, cases[i].sql, "companies", "id", NULL);
        CHECK_TEXT(print_lineages(arena, built.transform), cases[i].expected);
    }
}

TEST(a_column_made_of_one_old_column_alone_is_found)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(arena, "SELECT id, lower(name) AS n, name || id AS b FROM companies", "companies", "id", NULL);
    CHECK_TEXT(lineage_column(lineage_of(built.transform, "n")), "name");
    CHECK_TEXT(lineage_column(lineage_of(built.transform, "b")), NULL);
    CHECK(lineage_of(built.transform, "x") == NULL);
    CHECK_TEXT(lineage_column(NULL), NULL);
}

TEST(a_transform_runs_over_other_rows)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(arena, "SELECT c.id, p.name FROM ONLY companies c JOIN people p USING (id) -- end", "companies",
                        "id", "companies.id > 3 -- why");
    CHECK_TEXT(transform_over(arena, built.transform, "SELECT 1 AS id"),
               "SELECT c.id, p.name FROM (SELECT * FROM (SELECT 1 AS id) AS \"companies\" WHERE (companies.id > 3)) c "
               "JOIN people p USING (id)");
    built = build(arena, "SELECT id FROM companies", "companies", "id", NULL);
    CHECK_TEXT(transform_over(arena, built.transform, "SELECT 1 AS id"),
               "SELECT id FROM (SELECT * FROM (SELECT 1 AS id) AS \"companies\") AS \"companies\"");
}

TEST(a_transform_over_many_rows_at_once_does_not_run_over_one)
{
    static const char *const refused[] = {"SELECT DISTINCT name FROM companies", "SELECT ctid FROM companies",
                                          "SELECT a.id FROM companies a, companies b",
                                          "SELECT count(*) FROM companies"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        AUTO(Arena) *arena = arena_new();
        Built built = build(arena, refused[i], "companies", "id", NULL);
        CHECK(transform_over(arena, built.transform, "SELECT 1") == NULL);
    }
}

TEST(an_output_that_needs_the_key_of_token_is_known)
{
    AUTO(Arena) *arena = arena_new();
    Built built = build(
        arena, "SELECT id, pg_catalog.md5(pg_catalog.current_setting('rehome.inner') || name) AS n FROM companies",
        "companies", "id", NULL);
    CHECK(!lineage_of(built.transform, "id")->keyed);
    CHECK(lineage_of(built.transform, "n")->keyed);
}
