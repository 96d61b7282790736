#include "pg/copy_rows.h"

#include "tap.h"

typedef struct Case {
    const char *context, *relation;
    long line;
    const char *column;
} Case;

static const Case cases[] = {
    {"COPY leads, line 17", "leads", 17, ""},
    {"COPY leads, line 17: \"7\tx\"", "leads", 17, ""},
    {"COPY leads, line 17, column email: \"x, line 5\"", "leads", 17, "email"},
    {"COPY leads, line 3, column email", "leads", 3, "email"},
    {"COPY leads, line 3, column email: null input", "leads", 3, "email"},
    {"COPY leads, Zeile 8, Spalte mood: „sad“", "leads", 8, "mood"},
    {"PL/pgSQL function f() line 3 at RAISE\nCOPY leads, line 9: \"1\"", "leads", 9, ""},
    {"COPY inner, line 3\nPL/pgSQL function f() line 3 at SQL statement\nCOPY leads, line 9", "leads", 9, ""},
    {"COPY a, line 3, line 9", "a, line 3", 9, ""},
    {"COPY other, line 3", "leads", 0, ""},
    {"PL/pgSQL function f() line 3 at RAISE", "leads", 0, ""},
    {"SQL statement \"SELECT 1\"", "leads", 0, ""},
    {"", "leads", 0, ""},
    {NULL, "leads", 0, ""},
};

TEST(the_context_of_a_copy_tells_line_and_column_in_any_language)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CopyPlace place = copy_place_parse(cases[i].context, cases[i].relation);
        CHECK_NUMBER(place.line, cases[i].line);
        CHECK_TEXT(place.column, cases[i].column);
    }
}
