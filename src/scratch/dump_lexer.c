#include "scratch/dump_lexer.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST_STATEMENT = 1024 * 1024 };

DumpLexer *dump_lexer_new(Arena *arena)
{
    DumpLexer *lexer = NEW(arena, DumpLexer);
    lexer->statement = text_new(arena);
    return lexer;
}

bool dump_lexer_row(DumpLexer *lexer, const DumpPiece *piece)
{
    if (lexer->rows_follow && piece->begins_line) {
        lexer->rows_follow = false;
        lexer->state = LEXER_ROWS;
    }
    if (lexer->state != LEXER_ROWS)
        return false;
    size_t length = piece->length;
    while (length > 0 && strchr("\r\n", piece->chars[length - 1]))
        length--;
    if (piece->begins_line && length == 2 && memcmp(piece->chars, "\\.", 2) == 0)
        lexer->state = LEXER_TEXT;
    return true;
}

bool dump_lexer_is_between(const DumpLexer *lexer)
{
    return lexer->state == LEXER_TEXT && !lexer->open;
}

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* A quote right after a string goes on with it: '' stands for one quote. */
static LexerState string_begins(const DumpLexer *lexer)
{
    if (lexer->before[1] == '\'')
        return lexer->last_string;
    bool marked = (lexer->before[1] == 'E' || lexer->before[1] == 'e') && !is_word_character(lexer->before[0]);
    return marked || lexer->plain_strings_escape ? LEXER_ESCAPED : LEXER_STRING;
}

static bool text_character(DumpLexer *lexer, char c)
{
    char last = lexer->before[1];
    if (!isspace((unsigned char)c) && !strchr("-/*;", c))
        lexer->open = true;
    if (c == '\'')
        lexer->state = lexer->last_string = string_begins(lexer);
    else if (c == '"')
        lexer->state = LEXER_NAME;
    else if (c == '-' && last == '-')
        lexer->state = LEXER_LINE_COMMENT;
    else if (c == '*' && last == '/') {
        lexer->state = LEXER_COMMENT;
        lexer->comments = 1;
    } else if (c == '$' && !is_word_character(last)) {
        lexer->state = LEXER_DOLLAR_TAG;
        lexer->tag[0] = '$';
        lexer->tag_length = 1;
    }
    lexer->parentheses += (c == '(') - (c == ')');
    return c != '\\';
}

/* A letter ends the tag's first character; "$1" is no tag. */
static void tag_character(DumpLexer *lexer, char c)
{
    bool fits = lexer->tag_length < sizeof lexer->tag - 2;
    if (c == '$' || (fits && is_word_character(c) && !(lexer->tag_length == 1 && isdigit((unsigned char)c)))) {
        lexer->tag[lexer->tag_length++] = c;
        lexer->tag_matched = 0;
        lexer->state = c == '$' ? LEXER_DOLLAR : LEXER_DOLLAR_TAG;
        return;
    }
    lexer->state = LEXER_TEXT;
    text_character(lexer, c);
}

static void dollar_character(DumpLexer *lexer, char c)
{
    if (c == lexer->tag[lexer->tag_matched])
        lexer->tag_matched++;
    else
        lexer->tag_matched = c == '$';
    if (lexer->tag_matched == lexer->tag_length)
        lexer->state = LEXER_TEXT;
}

static void comment_character(DumpLexer *lexer, char c)
{
    char last = lexer->before[1];
    lexer->comments += (last == '/' && c == '*') - (last == '*' && c == '/');
    if (lexer->comments == 0)
        lexer->state = LEXER_TEXT;
}

static void escaped_character(DumpLexer *lexer, char c)
{
    if (lexer->escaping)
        lexer->escaping = false;
    else if (c == '\\')
        lexer->escaping = true;
    else if (c == '\'')
        lexer->state = LEXER_TEXT;
}

/* False: a psql command. */
static bool character(DumpLexer *lexer, char c)
{
    switch (lexer->state) {
    case LEXER_TEXT:
        return text_character(lexer, c);
    case LEXER_STRING:
    case LEXER_NAME:
        if (c == (lexer->state == LEXER_NAME ? '"' : '\''))
            lexer->state = LEXER_TEXT;
        break;
    case LEXER_ESCAPED:
        escaped_character(lexer, c);
        break;
    case LEXER_DOLLAR_TAG:
        tag_character(lexer, c);
        break;
    case LEXER_DOLLAR:
        dollar_character(lexer, c);
        break;
    case LEXER_COMMENT:
        comment_character(lexer, c);
        break;
    case LEXER_LINE_COMMENT:
        if (c == '\n')
            lexer->state = LEXER_TEXT;
        break;
    case LEXER_ROWS:
        break;
    }
    return true;
}

static void collect(DumpLexer *lexer, const char *chars, size_t length)
{
    if (lexer->statement.length < LONGEST_STATEMENT)
        text_add_n(&lexer->statement, chars, length);
}

static void statement_ends(DumpLexer *lexer, StatementReader *reader, void *self)
{
    const char *statement = lexer->statement.chars + strspn(lexer->statement.chars, " \t\r\n");
    if (strncasecmp(statement, "COPY ", 5) == 0 && strcasestr(statement, " FROM STDIN"))
        lexer->rows_follow = true;
    if (strncmp(statement, "SET standard_conforming_strings", strlen("SET standard_conforming_strings")) == 0)
        lexer->plain_strings_escape = strstr(statement, "off") != NULL;
    reader(self, statement);
    lexer->statement.length = 0;
    lexer->statement.chars[0] = '\0';
    lexer->open = false;
    lexer->parentheses = 0;
}

bool dump_lexer_read(DumpLexer *lexer, const DumpPiece *piece, StatementReader *reader, void *self)
{
    size_t from = 0;
    bool without_command = true;
    for (size_t i = 0; i < piece->length; i++) {
        char c = piece->chars[i];
        bool in_text = lexer->state == LEXER_TEXT;
        without_command &= character(lexer, c);
        lexer->before[0] = lexer->before[1];
        lexer->before[1] = c;
        if (!in_text || c != ';' || lexer->parentheses > 0)
            continue;
        collect(lexer, piece->chars + from, i - from);
        statement_ends(lexer, reader, self);
        from = i + 1;
    }
    collect(lexer, piece->chars + from, piece->length - from);
    return without_command;
}
