#include "base/text.h"
#include "manifest/keyed.h"
#include "tap.h"

#include <stdlib.h>

/* m of two arguments, and what each function makes of it. */
#define M(scope, value)                                                                                                \
    "pg_catalog.sha256(pg_catalog.byteacat(pg_catalog.decode(pg_catalog.current_setting('rehome.outer'), 'hex'), "     \
    "pg_catalog.sha256(pg_catalog.byteacat(pg_catalog.decode(pg_catalog.current_setting('rehome.inner'), 'hex'), "     \
    "pg_catalog.byteacat(pg_catalog.convert_to(CAST((" scope ") AS pg_catalog.text), 'UTF8'), "                        \
    "pg_catalog.byteacat(pg_catalog.decode('00', 'hex'), pg_catalog.convert_to(CAST((" value ") AS pg_catalog.text), " \
    "'UTF8')))))))"
#define TOKEN(scope, value) "pg_catalog.encode(pg_catalog.substr(" M(scope, value) ", 1, 16), 'hex')"
#define UUID(scope, value)                                                                               \
    "CAST(pg_catalog.encode(pg_catalog.substr(pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.set_bit(" \
    "pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.set_bit(" M(                                       \
        scope, value) ", 55, 1), 54, 0), 53, 0), "                                                       \
                      "52, 0), 71, 1), 70, 0), 1, 16), 'hex') AS pg_catalog.uuid)"
#define NANOID(scope, value) \
    "pg_catalog.translate(pg_catalog.left(pg_catalog.encode(" M(scope, value) ", 'base64'), 21), '+/', '-_')"

/* What is written, or the mistakes when there are any; `place` of the first call goes in front when there is one. */
static const char *written(Arena *arena, const char *text)
{
    const Sql sql = {.text = text, .place = {"a.sql", 1, 1}, .is_file = true};
    Mistakes mistakes = {.arena = arena};
    Place first = {0};
    const char *result = keyed_write(arena, &sql, text, &first, &mistakes);
    Text lines = text_new(arena);
    FOR_EACH(Mistake, mistake, mistakes.list) {
        text_separate(&lines, "\n");
        text_add(&lines, mistake_print(arena, mistake));
    }
    if (mistakes.list.count > 0)
        return result ? "a text came with mistakes" : lines.chars;
    return first.file ? arena_printf(arena, "%d:%d %s", first.line, first.column, result) : result;
}

typedef struct Case {
    const char *sql, *written;
} Case;

static void check_cases(const Case *cases, size_t count)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < count; i++)
        CHECK_TEXT(written(arena, cases[i].sql), cases[i].written);
}
#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof *(cases))

TEST(a_call_becomes_built_in_functions)
{
    static const Case cases[] = {
        {"SELECT rehome.token('email', email) AS e", "1:8 SELECT " TOKEN("'email'", " email") " AS e"},
        {"rehome.uuid('u',id)", "1:1 " UUID("'u'", "id")},
        {"rehome.nanoid('u',id)", "1:1 " NANOID("'u'", "id")},
        {"REHOME . Token (a,b)+1", "1:1 " TOKEN("a", "b") "+1"},
    };
    CHECK_CASES(cases);
}

TEST(arguments_stay_as_they_are_and_may_nest)
{
    static const Case cases[] = {
        {"rehome.token('a,b)', f(x, (y)))", "1:1 " TOKEN("'a,b)'", " f(x, (y))")},
        {"rehome.token('s', a[1, 2])", "1:1 " TOKEN("'s'", " a[1, 2]")},
        {"rehome.token($$,($$, \"a,(\" /* ,) */)", "1:1 " TOKEN("$$,($$", " \"a,(\" /* ,) */")},
        {"rehome.token('s', rehome.uuid('u', v))", "1:1 " TOKEN("'s'", " " UUID("'u'", " v"))},
        {"a JOIN b ON rehome.token('s', b.x) = a.y", "1:13 a JOIN b ON " TOKEN("'s'", " b.x") " = a.y"},
        {"rehome.token('s', :'v')", "1:1 " TOKEN("'s'", " :'v'")},
    };
    CHECK_CASES(cases);
}

TEST(no_line_comes_or_goes)
{
    static const Case cases[] = {
        {"\n  rehome -- x\n.token\n(\n's', -- the mail, lower(\nmail -- of it\n)\nFROM t",
         "2:3 \n  \n\n" TOKEN("\n's'", " -- the mail, lower(\nmail -- of it\n") "\nFROM t"},
    };
    CHECK_CASES(cases);
}

TEST(what_is_no_call_stays)
{
    static const char *const cases[] = {
        "",
        "SELECT 'rehome.token(1)', \"rehome.token\", $$rehome.nope(1)$$",
        "-- rehome.token(1)\n/* rehome.nope() */",
        "SELECT x.rehome.token(1), arehome.token(1), rehome_x.token(1)",
        "SELECT rehome.token, rehome.migration FROM rehome.migration",
        "SELECT token(1), uuid(2)",
        "SELECT rehome.flag('NEW')",
        "CREATE TABLE rehome.mine (a int REFERENCES rehome.migration (id))",
        "INSERT INTO rehome.token (a, b) VALUES (1, 2)",
        "CREATE INDEX ON rehome.chunk (state)",
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(written(arena, cases[i]), cases[i]);
}

TEST(wrong_calls_are_told_with_their_places)
{
    static const Case cases[] = {
        {"SELECT é,\n  rehome.token(email)", "a.sql:2:3: rehome.token() takes a scope and a value, as in "
                                             "rehome.token('email', email); here is one argument"},
        {"rehome.uuid()",
         "a.sql:1:1: rehome.uuid() takes a scope and a value, as in rehome.uuid('email', email); here is nothing"},
        {"rehome.uuid(1,(2,3),4)",
         "a.sql:1:1: rehome.uuid() takes a scope and a value, as in rehome.uuid('email', email); here are 3 arguments"},
        {"rehome.uuid(1, /* 2 */)",
         "a.sql:1:1: rehome.uuid() takes a scope and a value, as in rehome.uuid('email', email); here "
         "are 2 arguments, one of them empty"},
        {"rehome.token(a, rehome.token(b))", "a.sql:1:17: rehome.token() takes a scope and a value, as in "
                                             "rehome.token('email', email); here is one argument"},
        {"a, rehome.token('x', (b)", "a.sql:1:16: the parenthesis that begins here is never closed"},
        {"SELECT rehome.tokn(a, b)", "a.sql:1:15: there is no function rehome.tokn(); did you mean rehome.token()?"},
        {"SELECT rehome.encipher(a)",
         "a.sql:1:15: there is no function rehome.encipher(); there are token, uuid, nanoid, flag"},
    };
    CHECK_CASES(cases);
}
