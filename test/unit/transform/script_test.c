#include "transform/script.h"

#include "base/text.h"
#include "tap.h"

static const struct {
    const char *text, *mistake;
} scripts[] = {
    {"CREATE TABLE a (id int);\nCREATE INDEX ON a (id);", NULL},
    {"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;", NULL},
    {"ANALYZE a;", NULL},
    {"BEGIN;\nCREATE TABLE a (id int);",
     "sql/x.sql:1:1: the file runs in one transaction of its own: leave BEGIN, COMMIT and ROLLBACK out"},
    {"CREATE TABLE a (id int);\n\n  COMMIT;",
     "sql/x.sql:3:3: the file runs in one transaction of its own: leave BEGIN, COMMIT and ROLLBACK out"},
    {"CREATE INDEX CONCURRENTLY i ON a (id)",
     "sql/x.sql:1:1: CREATE INDEX CONCURRENTLY cannot run in a transaction: leave CONCURRENTLY "
     "out, or do it beside the migration"},
    {"VACUUM a", "sql/x.sql:1:1: VACUUM cannot run in a transaction"},
    {"INSERT INTO a VALUES (1);\nUPDATE a SET id = 2;", NULL},
    {"COPY a FROM '/srv/a.csv';", NULL},
    {"SELECT 1;\nCOPY a FROM STDIN;",
     "sql/x.sql:2:1: COPY from or to psql does not work here: write INSERT … VALUES, as pg_dump --inserts does"},
    {"this is not SQL at all", NULL},
};

TEST(a_script_that_does_not_fit_into_a_transaction_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        Mistakes mistakes = {.arena = arena};
        Sql sql = {.text = scripts[i].text, .place = {"sql/x.sql", 1, 1}, .is_file = true};
        script_check(&sql, &mistakes);
        CHECK_TEXT(mistakes.list.count ? mistake_print(arena, &mistakes.list.items[0]) : NULL, scripts[i].mistake);
    }
}

static const char *split(Arena *arena, const char *text)
{
    SqlList statements = {0};
    Sql sql = {.text = text, .place = {"sql/x.sql", 1, 1}, .is_file = true};
    Text found = text_new(arena);
    script_split(arena, &sql, &statements);
    FOR_EACH(const Sql, statement, statements)
        text_addf(&found, "[%d:%d %s]", statement->place.line, statement->place.column, statement->text);
    return found.chars;
}

TEST(a_file_is_split_into_its_statements_with_their_places)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(split(arena, "SELECT 1"), "[1:1 SELECT 1]");
    CHECK_TEXT(split(arena, "SELECT 'a;b';\n\n  SELECT $$;$$ ;\n-- the end;\n"), "[1:1 SELECT 'a;b'][3:3 SELECT $$;$$ ]");
    CHECK_TEXT(split(arena, "SELECT JSON_TABLE newer;SELECT 2;;"), "[1:1 SELECT JSON_TABLE newer][1:25 SELECT 2]");
    CHECK_TEXT(split(arena, "SELECT 'é'; SELECT 2"), "[1:1 SELECT 'é'][1:13 SELECT 2]");
    CHECK_TEXT(split(arena, "SELECT 'never closed"), "[1:1 SELECT 'never closed]");
}
