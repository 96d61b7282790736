#include "scratch/dump_script.h"

#include "scratch/dump_lexer.h"
#include "scratch/dump_roles.h"

#include <stdlib.h>
#include <string.h>

DumpScript dump_script_new(Arena *arena)
{
    return (DumpScript){.arena = arena, .lexer = dump_lexer_new(arena)};
}

/* The last place of `mark` in `text` before `end`; NULL: none. */
static char *find_last(char *text, const char *end, const char *mark)
{
    char *found = NULL;
    for (char *at = strstr(text, mark); at && at < end; at = strstr(at + 1, mark))
        found = at;
    return found;
}

/* "NAME; Type: TYPE; Schema: SCHEMA; Owner: OWNER[; Tablespace: …]"; a name may hold anything but a line feed. */
static void announce(DumpScript *script, char *text)
{
    char *owner = find_last(text, text + strlen(text), "; Owner: ");
    char *schema = owner ? find_last(text, owner, "; Schema: ") : NULL;
    char *type = schema ? find_last(text, schema, "; Type: ") : NULL;
    if (!type)
        return;
    DumpEntry *entry = script->lexer->announced ? &script->entries.items[script->entries.count - 1]
                                                : LIST_ADD(script->arena, &script->entries);
    script->lexer->announced = false;
    *owner = *schema = *type = '\0';
    if (!entry->line)
        entry->line = script->line;
    entry->name = text;
    entry->type = type + strlen("; Type: ");
    entry->schema = schema + strlen("; Schema: ");
    owner += strlen("; Owner: ");
    char *tablespace = find_last(owner, owner + strlen(owner), "; Tablespace: ");
    if (tablespace)
        *tablespace = '\0';
    dump_roles_add(script->arena, owner, &script->roles);
}

/* "217 (class 1259 OID 16423)" */
static void announce_id(DumpScript *script, const char *text)
{
    const char *oid = strstr(text, " OID ");
    DumpEntry *entry = LIST_ADD(script->arena, &script->entries);
    entry->id = atoi(text);
    entry->oid = oid ? (uint32_t)strtoul(oid + strlen(" OID "), NULL, 10) : 0;
    entry->line = script->line;
    entry->type = entry->schema = entry->name = "";
    script->lexer->announced = true;
}

static void announce_needs(DumpScript *script, char *text)
{
    char *word;
    while (script->lexer->announced && (word = strsep(&text, " ")))
        if (*word)
            LIST_PUSH(script->arena, &script->entries.items[script->entries.count - 1].needs, atoi(word));
}

static char *after(char *text, const char *prefix)
{
    return text_starts_with(text, prefix) ? text + strlen(prefix) : NULL;
}

static void read_comment(DumpScript *script, char *text)
{
    char *rest;
    if ((rest = after(text, "-- Name: ")) || (rest = after(text, "-- Data for Name: ")))
        announce(script, rest);
    else if ((rest = after(text, "-- TOC entry ")))
        announce_id(script, rest);
    else if ((rest = after(text, "-- Dependencies: ")))
        announce_needs(script, rest);
    else if (text_equal(text, "-- PostgreSQL database dump"))
        script->by_pg_dump = true;
    else if (text_equal(text, "-- PostgreSQL database cluster dump"))
        script->whole_cluster = true;
    else if (text_equal(text, "-- PostgreSQL database dump complete"))
        script->complete = true;
}

/* What pg_dump writes is left out in silence, anything else remembered. */
static void read_command(DumpScript *script, const char *text)
{
    static const char *const known[] = {"\\restrict", "\\unrestrict", "\\connect"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_starts_with(text, known[i]))
            return;
    if (!script->command) {
        script->command = arena_strndup(script->arena, text, strcspn(text, " \t"));
        script->command_line = script->line;
    }
}

/* Statements of one line that belong to the server that was dumped. */
static bool is_of_the_server(const char *text)
{
    static const char *const beginnings[] = {"CREATE DATABASE ", "DROP DATABASE ", "ALTER DATABASE ",
                                             "SET default_tablespace = "};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (text_starts_with(text, beginnings[i]))
            return text_ends_with(text, ";");
    return false;
}

static void read_statement(void *self, const char *statement)
{
    static const char *const settings[] = {"SET ", "SELECT pg_catalog.set_config(", "SELECT set_config("};
    DumpScript *script = self;
    statement += strspn(statement, " \t\r\n");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (text_starts_with(statement, settings[i]) && !strchr(statement, '\n'))
            LIST_PUSH(script->arena, &script->settings, arena_strdup(script->arena, statement));
    if (script->entries.count > 0 && text_starts_with(statement, "CREATE ") && strstr(statement, "\nINHERITS ("))
        script->entries.items[script->entries.count - 1].inherits = true;
    dump_roles_collect(script->arena, statement, &script->roles);
}

/* A whole line between two statements; false: an ordinary one. */
static bool read_line(DumpScript *script, const DumpPiece *piece, DumpLine *line)
{
    size_t length = piece->length;
    while (length > 0 && strchr("\r\n", piece->chars[length - 1]))
        length--;
    if (length < 2 || !strchr("-\\CDAS", *piece->chars))
        return false;
    bool is_comment = memcmp(piece->chars, "--", 2) == 0;
    AUTO(Arena) *passing = arena_new();
    char *text = arena_strndup(is_comment ? script->arena : passing, piece->chars, length);
    if (is_comment)
        read_comment(script, text);
    else if (*text == '\\')
        read_command(script, text);
    else if (!is_of_the_server(text))
        return false;
    *line = is_comment ? DUMP_LINE_SQL : DUMP_LINE_DROPPED;
    return true;
}

DumpLine dump_script_read(DumpScript *script, const DumpPiece *piece)
{
    DumpLine line = DUMP_LINE_SQL;
    script->line += piece->begins_line;
    if (dump_lexer_row(script->lexer, piece))
        return DUMP_LINE_ROW;
    bool alone = piece->begins_line && dump_lexer_is_between(script->lexer);
    if (alone && read_line(script, piece, &line))
        return line;
    if (!dump_lexer_read(script->lexer, piece, read_statement, script) && !script->command) {
        script->command = "\\";
        script->command_line = script->line;
    }
    return DUMP_LINE_SQL;
}

void dump_script_read_text(DumpScript *script, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool ends = text[length] == '\n';
        const DumpPiece piece = {text, length + ends, true, ends};
        dump_script_read(script, &piece);
        text += piece.length;
    }
}

const DumpEntry *dump_script_entry_at(const DumpScript *script, long long line)
{
    const DumpEntry *last = NULL;
    FOR_EACH(const DumpEntry, entry, script->entries)
        if (entry->line <= line)
            last = entry;
    return last;
}

const DumpEntry *dump_script_entry_of_id(const DumpScript *script, int id)
{
    FOR_EACH(const DumpEntry, entry, script->entries)
        if (entry->id == id)
            return entry;
    return NULL;
}

char *dump_entry_print(Arena *arena, const DumpEntry *entry)
{
    if (*entry->schema == '\0' || text_equal(entry->schema, "-"))
        return arena_printf(arena, "%s %s", entry->type, entry->name);
    return arena_printf(arena, "%s %s.%s", entry->type, entry->schema, entry->name);
}
