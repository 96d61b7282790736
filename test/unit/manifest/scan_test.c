#include "base/text.h"
#include "manifest/scan.h"
#include "tap.h"

/* The pieces between bars, each with the letter of its kind; ! marks one that is never closed. */
static const char *pieces_of(Arena *arena, const char *sql)
{
    Text pieces = text_new(arena);
    for (Piece piece = {0}; scan_next(sql, &piece);) {
        text_separate(&pieces, "|");
        text_addf(&pieces, "%c%s%.*s", "CQMV"[piece.kind], piece.is_open ? "!" : "", (int)piece.length,
                  sql + piece.start);
    }
    return pieces.chars;
}

typedef struct ScanCase {
    const char *sql, *pieces;
} ScanCase;

static void check_cases(const ScanCase *cases, size_t count)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < count; i++)
        CHECK_TEXT(pieces_of(arena, cases[i].sql), cases[i].pieces);
}

#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof *(cases))

TEST(quotes_end_where_the_server_ends_them)
{
    static const ScanCase cases[] = {
        {"", ""},
        {"SELECT 1", "CSELECT 1"},
        {"a = 'x'", "Ca = |Q'x'"},
        {"'it''s' b", "Q'it''s'|C b"},
        {"'a\\' b", "Q'a\\'|C b"},
        {"E'a\\' b' c", "QE'a\\' b'|C c"},
        {"e'a''\\'' c", "Qe'a''\\''|C c"},
        {"E'a'\n '\\'' c", "QE'a'\n '\\''|C c"},
        {"E'a' '\\' c", "QE'a'|C |Q'\\'|C c"},
        {"name'a\\' c", "Cname|Q'a\\'|C c"},
        {"\"a\"\"b\" c", "Q\"a\"\"b\"|C c"},
        {"\"it's\" c", "Q\"it's\"|C c"},
        {"'open", "Q!'open"},
        {"E'open\\", "Q!E'open\\"},
    };
    CHECK_CASES(cases);
}

TEST(dollar_quotes_need_their_own_tag_to_end)
{
    static const ScanCase cases[] = {
        {"$$it's$$ c", "Q$$it's$$|C c"},
        {"$a$ $$ $b$ $a$ c", "Q$a$ $$ $b$ $a$|C c"},
        {"a$b$c", "Ca$b$c"},
        {"$1 $2", "C$1 $2"},
        {"x = $1::int", "Cx = $1::int"},
        {"$a$ open", "Q!$a$ open"},
        {"$ä$ x $ä$", "Q$ä$ x $ä$"},
    };
    CHECK_CASES(cases);
}

TEST(comments_hide_what_they_hold)
{
    static const ScanCase cases[] = {
        {"a -- it's :'x'\nb", "Ca |M-- it's :'x'|C\nb"},
        {"a--b", "Ca|M--b"},
        {"a - -b", "Ca - -b"},
        {"/* a /* b */ ' */ c", "M/* a /* b */ ' */|C c"},
        {"/* a /* b */", "M!/* a /* b */"},
        {"'--' c", "Q'--'|C c"},
    };
    CHECK_CASES(cases);
}

TEST(variables_are_told_from_casts_and_slices)
{
    static const ScanCase cases[] = {
        {"id = :'x'", "Cid = |V:'x'"},
        {"FROM :\"t\" WHERE", "CFROM |V:\"t\"|C WHERE"},
        {"LIMIT :n;", "CLIMIT |V:n|C;"},
        {"a::text", "Ca::text"},
        {"a:::n", "Ca::|V:n"},
        {"f(a := 1)", "Cf(a := 1)"},
        {"a[1:n]", "Ca[1|V:n|C]"},
        {"a[1 : 2]", "Ca[1 : 2]"},
        {"a[:]", "Ca[:]"},
        {":'not one'", "C:|Q'not one'"},
        {":'open", "C:|Q!'open"},
        {":{?x}", "C:{?x}"},
        {":a:b", "V:a|V:b"},
        {":'a''b'", "V:'a'|Q'b'"},
    };
    CHECK_CASES(cases);
}

TEST(a_variable_names_itself)
{
    static const char sql[] = "a = :'company'";
    Piece piece = {0};
    CHECK(scan_next(sql, &piece) && scan_next(sql, &piece));
    CHECK(piece.kind == PIECE_VARIABLE && piece.quote == '\'');
    CHECK_NUMBER((long long)piece.name_length, 7);
    CHECK(strncmp(sql + piece.name_start, "company", 7) == 0);
    CHECK(!scan_next(sql, &piece));
}
