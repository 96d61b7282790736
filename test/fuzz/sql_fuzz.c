/* SQL of the manifest before a server sees it: quotes and comments, variables, rehome.token(), statements of a script.
 */
#include "fuzz.h"

#include "base/text.h"
#include "manifest/keyed.h"
#include "manifest/scan.h"
#include "manifest/variables.h"
#include "transform/script.h"

static void check_pieces(const char *text, size_t length)
{
    size_t at = 0;
    for (Piece piece = {0}; scan_next(text, &piece); at += piece.length)
        HOLDS(piece.start == at && piece.length > 0);
    HOLDS(at == length);
}

static size_t lines_of(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void check_places(const Mistakes *mistakes, size_t lines)
{
    FOR_EACH(const Mistake, mistake, mistakes->list)
        HOLDS(mistake->place.line >= 1 && (size_t)mistake->place.line <= lines + 1 && mistake->place.column >= 1);
}

FUZZ(arena, text, length)
{
    static Variable items[] = {{.name = "a", .value = "it's \\ \"x\""},
                               {.name = "b", .value = NULL},
                               {.name = "list", .value = "{1,2}", .is_array = true},
                               {.name = "table_name", .value = "Leads", .is_column = true}};
    VariableList variables = {.items = items, .count = 4, .is_open = length % 2};
    length = strlen(text);
    Mistakes mistakes = {.arena = arena};
    Sql sql = {.text = text, .place = {"x.sql", 1, 1}, .is_file = true};
    check_pieces(text, length);

    const char *filled = variables_fill(arena, &sql, &variables, &mistakes);
    HOLDS((filled == NULL) == (mistakes.list.count > 0));
    if (filled && !variables_stand_in(text))
        HOLDS(text_equal(filled, text));

    Place first = {0};
    size_t before = mistakes.list.count;
    const char *written = keyed_write(arena, &sql, text, &first, &mistakes);
    HOLDS((written == NULL) == (mistakes.list.count > before));
    if (written)
        HOLDS(lines_of(written) == lines_of(text) && (first.line > 0 || text_equal(written, text)));

    SqlList statements = {0};
    script_split(arena, &sql, &statements);
    FOR_EACH(const Sql, statement, statements)
        HOLDS(strstr(text, statement->text));
    script_check(&sql, &mistakes);
    check_places(&mistakes, lines_of(text));
}
