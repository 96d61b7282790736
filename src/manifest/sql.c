#include "manifest/sql.h"

#include "base/file.h"
#include "base/text.h"
#include "manifest/input.h"
#include "manifest/keyed.h"
#include "manifest/mask.h"
#include "manifest/scan.h"
#include "manifest/value.h"

#include <string.h>

static const char blank[] = " \t\r\n\f\v";

Place sql_place(const Sql *sql, size_t offset)
{
    Place place = input_place(sql->place.file, sql->text, offset);
    place.line += sql->place.line - 1;
    place.column += sql->place.column - 1; /* in YAML the lines of a block have one indentation; a file has none */
    return place;
}

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

Place sql_place_of_position(const Sql *sql, const char *before, int position)
{
    for (; *before; before++)
        position -= starts_character(*before);
    size_t offset = 0;
    while (position > 1 && sql->text[offset])
        position -= starts_character(sql->text[++offset]);
    return sql_place(sql, offset);
}

static bool sql_begins_line(const char *text, size_t offset)
{
    while (offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '\t'))
        offset--;
    return offset == 0 || text[offset - 1] == '\n';
}

/* pg_dump puts these around a plain dump; they mean something to psql alone. */
static bool sql_is_restriction(const char *command)
{
    return text_starts_with(command, "\\restrict ") || text_starts_with(command, "\\unrestrict ");
}

/* A psql command outside of quotes: dropped from a script where it does nothing, otherwise a mistake. */
static void sql_check_commands(Reader *reader, const Sql *sql, bool is_script, char *text, const Piece *code)
{
    for (size_t at = code->start; at < code->start + code->length; at++) {
        if (text[at] != '\\' || !sql_begins_line(text, at))
            continue;
        const size_t length = strcspn(text + at, "\r\n");
        if (is_script && sql_is_restriction(text + at))
            memset(text + at, ' ', length);
        else
            mistake_add(reader->mistakes, sql_place(sql, at),
                        "psql's %.*s does not work here: the SQL goes straight to the server",
                        (int)strcspn(text + at, blank), text + at);
    }
}

static void sql_check_closed(Reader *reader, const Sql *sql, const Piece *piece)
{
    if (piece->is_open)
        mistake_add(reader->mistakes, sql_place(sql, piece->start), "the %s that begins here is never closed",
                    piece->kind == PIECE_COMMENT ? "comment" : "quote");
}

/* Where the last thing ends that is more than a blank, a comment or a closing semicolon; 0 when there is nothing. */
static size_t sql_end(const char *text)
{
    size_t end = 0;
    for (Piece piece = {0}; scan_next(text, &piece);) {
        size_t length = piece.kind == PIECE_COMMENT ? 0 : piece.length;
        if (piece.kind == PIECE_CODE)
            while (length > 0 && strchr(" \t\r\n\f\v;", text[piece.start + length - 1]))
                length--;
        if (length > 0)
            end = piece.start + length;
    }
    return end;
}

/* The text with variables filled in and keyed functions written out; NULL after a mistake. What is wrong with a call is told of the
 * text as the user wrote it, where columns are still right. */
static const char *sql_fill(Reader *reader, Sql *sql)
{
    if (!keyed_write(reader->arena, sql, sql->text, &reader->keyed, reader->mistakes))
        return NULL;
    const char *filled = variables_fill(reader->arena, sql, &reader->variables, reader->mistakes);
    sql->is_filled = !text_equal(filled, sql->text);
    return filled ? keyed_write(reader->arena, sql, filled, &reader->keyed, reader->mistakes) : NULL;
}

/* Checks `sql` as the user wrote it and fills it; the text becomes NULL after a mistake. */
static void sql_prepare(Reader *reader, bool is_script, Sql *sql)
{
    const size_t before = reader->mistakes->list.count;
    char *text = arena_strdup(reader->arena, sql->text);
    sql->text = text;
    for (Piece piece = {0}; scan_next(text, &piece);) {
        sql_check_closed(reader, sql, &piece);
        if (piece.kind == PIECE_CODE)
            sql_check_commands(reader, sql, is_script, text, &piece);
    }
    const size_t end = sql_end(text);
    if (end == 0)
        mistake_add(reader->mistakes, sql->place, "there is no SQL here, only blanks and comments");
    if (!is_script)
        text[end] = '\0';
    const char *filled = sql_fill(reader, sql);
    sql->text = reader->mistakes->list.count == before ? filled : NULL;
}

/* The text of a value that holds SQL or names a file with it; NULL after a mistake. */
static const char *sql_value(Reader *reader, const Key *key, const Node *value, Sql *sql)
{
    *sql = (Sql){.place = value->text_place};
    const char *text = value_text(reader, key, value);
    if (!text || !value->is_cut)
        return text;
    mistake_add(reader->mistakes, value->place,
                "YAML takes everything from the # on for a comment; put the SQL in quotes, or a blank behind the #");
    return NULL;
}

void sql_read_expression(Reader *reader, const Key *key, const Node *value, void *field)
{
    Sql *sql = field;
    sql->text = sql_value(reader, key, value, sql);
    if (!sql->text)
        return;
    if (text_ends_with(sql->text, ".sql") && file_exists(file_join(reader->arena, reader->folder, sql->text))) {
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, not the name of a file", key->name, key->type);
        sql->text = NULL;
        return;
    }
    sql_prepare(reader, false, sql);
}

static void sql_read_file_or_text(Reader *reader, const Key *key, const Node *value, bool is_script, Sql *sql)
{
    const char *text = sql_value(reader, key, value, sql);
    if (!text)
        return;
    if (text_ends_with(text, ".sql")) {
        *sql = (Sql){.place = {.file = text, .line = 1, .column = 1}, .is_file = true};
        sql->text = input_load(reader->arena, reader->folder, text, value->place, &reader->files, reader->mistakes);
    } else if (strcspn(text, " \t\n\r(;") == strlen(text)) {
        mistake_add(reader->mistakes, value->place, "%s is neither SQL nor the name of a file that ends in .sql",
                    mask_quote(reader->arena, value->text));
    } else {
        sql->text = text;
    }
    if (sql->text)
        sql_prepare(reader, is_script, sql);
}

void sql_read_statement(Reader *reader, const Key *key, const Node *value, void *field)
{
    sql_read_file_or_text(reader, key, value, false, field);
}

void sql_read_script(Reader *reader, const Key *key, const Node *value, void *field)
{
    sql_read_file_or_text(reader, key, value, true, field);
}
