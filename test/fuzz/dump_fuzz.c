/* A plain dump: read line by line and in pieces of any length, which must not change what is a row, a statement or a
 * command of psql. */
#include "fuzz.h"

#include "base/text.h"
#include "scratch/dump_lexer.h"
#include "scratch/dump_roles.h"
#include "scratch/dump_script.h"

static void read_in_pieces(DumpScript *script, const char *text, size_t size, Text *kinds)
{
    bool begins = true;
    for (size_t length; *text; text += length) {
        length = strcspn(text, "\n");
        length += text[length] == '\n';
        length = length < size ? length : size;
        const bool ends = text[length - 1] == '\n';
        const DumpPiece piece = {text, length, begins, ends};
        DumpLine line = dump_script_read(script, &piece);
        begins = ends;
        for (size_t i = 0; i < length; i++)
            text_add(kinds, line == DUMP_LINE_ROW ? "r" : "s");
    }
}

FUZZ(arena, text, length)
{
    DumpScript script = dump_script_new(arena), whole = dump_script_new(arena), torn = dump_script_new(arena);
    Text kinds = text_new(arena), torn_kinds = text_new(arena);
    dump_script_read_text(&script, text);
    read_in_pieces(&whole, text, strlen(text) + 1, &kinds);
    HOLDS(script.line == whole.line && script.entries.count == whole.entries.count &&
          script.complete == whole.complete);
    HOLDS(script.roles.count == whole.roles.count && script.settings.count == whole.settings.count);
    HOLDS(text_equal(script.command, whole.command) && script.command_line == whole.command_line);
    FOR_EACH(const DumpEntry, entry, script.entries) {
        HOLDS(entry->line > 0 && entry->line <= script.line && *dump_entry_print(arena, entry));
        HOLDS(dump_script_entry_at(&script, entry->line) && dump_script_entry_of_id(&script, entry->id));
    }
    /* long enough for the lines that pg_dump announces things with; only those of people and rows are torn */
    enum { PIECE = 200 };
    read_in_pieces(&torn, text, PIECE, &torn_kinds);
    HOLDS(torn.line == script.line);
    bool is_short = true;
    for (const char *line = text; is_short && *line; line += strcspn(line, "\n"), line += *line == '\n')
        is_short = strcspn(line, "\n") + 1 <= PIECE || strchr("-\\CDAS", *line) == NULL;
    if (is_short) {
        HOLDS(text_equal(kinds.chars, torn_kinds.chars));
        HOLDS(torn.entries.count == script.entries.count && text_equal(torn.command, script.command));
        HOLDS(dump_lexer_is_between(torn.lexer) == dump_lexer_is_between(script.lexer));
    }
    StringList roles = {0};
    dump_roles_collect(arena, text, &roles);
}
