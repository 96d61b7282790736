#include "verify/answer.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reads it as a number, to tell 0 from 0.00 from anything else; nothing is calculated with it. */
static bool parse_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool is_one_number(const Answer *answer, double *number)
{
    return answer->rows == 1 && answer->columns == 1 && answer->first && parse_number(answer->first, number);
}

/* The server's own name for count(*), or an alias that says so: an id of 0 is a row and no count. */
static bool is_count(const Answer *answer)
{
    double number;
    return is_one_number(answer, &number) &&
           (text_equal(answer->column, "count") || text_ends_with(answer->column, "_count"));
}

bool answer_matches(const Check *check, const Answer *answer)
{
    double number;
    switch (check->expect) {
    case EXPECT_NONE:
        return answer->rows == 0 || (is_count(answer) && is_one_number(answer, &number) && number == 0);
    case EXPECT_SOME:
        return answer->rows > 0;
    case EXPECT_VALUE:
        return answer->rows > 0 && text_equal(answer->first, check->value);
    case EXPECT_EQUAL:
        break;
    }
    return true;
}

const char *answer_state(const Check *check, bool matches)
{
    if (matches)
        return "passed";
    return check->severity == SEVERITY_WARN ? "warned" : "failed";
}

char *answer_print(Arena *arena, const Check *check, const Answer *answer)
{
    double number;
    bool one_value = answer->rows == 1 && answer->columns == 1;
    if (check->expect == EXPECT_NONE && !is_count(answer) && is_one_number(answer, &number) && number == 0)
        return arena_printf(arena, "1 row, with %s = %s; the column of a count is called count or …_count",
                            answer->column, answer->first);
    bool counted = check->expect == EXPECT_NONE    ? !is_count(answer)
                   : check->expect == EXPECT_VALUE ? answer->rows == 0
                                                   : !one_value;
    if (counted)
        return arena_printf(arena, "%" PRId64 " row%s", answer->rows, answer->rows == 1 ? "" : "s");
    enum { LENGTH = 200 };
    return answer_shorten(arena, answer->first ? answer->first : "NULL", LENGTH);
}

char *answer_shorten(Arena *arena, const char *text, size_t length)
{
    static const char dots[] = "…";
    if (strlen(text) <= length)
        return arena_strdup(arena, text);
    size_t kept = length - (sizeof dots - 1);
    while (kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80)
        kept--;
    return arena_printf(arena, "%.*s%s", (int)kept, text, dots);
}
