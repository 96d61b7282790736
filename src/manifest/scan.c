#include "manifest/scan.h"

#include <string.h>

static bool scan_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* The characters of a variable's name, and of a dollar quote's tag after its first. */
static bool scan_is_name(char c)
{
    return scan_is_letter(c) || scan_is_digit(c);
}

static size_t scan_name_length(const char *at)
{
    size_t length = 0;
    while (scan_is_name(at[length]))
        length++;
    return length;
}

/* A word with the dollars that an identifier may have: in a$b$c nothing is quoted. */
size_t scan_word_length(const char *at)
{
    size_t length = 0;
    while (scan_is_name(at[length]) || (length > 0 && at[length] == '$'))
        length++;
    return length;
}

/* Behind the closing quote, or at the end of the text. */
static const char *scan_quote(const char *at, bool escapes, bool *is_open)
{
    const char quote = *at++;
    for (; *at != '\0'; at++) {
        if (escapes && *at == '\\' && at[1] != '\0')
            at++;
        else if (*at == quote && at[1] == quote)
            at++;
        else if (*at == quote)
            return at + 1;
    }
    *is_open = true;
    return at;
}

/* E'a' goes on in a 'b' on one of the next lines, with its backslashes. */
static const char *scan_escape_quote(const char *at, bool *is_open)
{
    at = scan_quote(at, true, is_open);
    const char *next = at + strspn(at, " \t\r\n\f\v");
    while (*next == '\'' && memchr(at, '\n', (size_t)(next - at))) {
        at = scan_quote(next, true, is_open);
        next = at + strspn(at, " \t\r\n\f\v");
    }
    return at;
}

/* The length of `$tag$`; 0 when none stands here ($1 is a parameter). */
static size_t scan_dollar_tag(const char *at)
{
    if (*at != '$' || scan_is_digit(at[1]))
        return 0;
    size_t length = scan_name_length(at + 1);
    return at[length + 1] == '$' ? length + 2 : 0;
}

static const char *scan_dollar_quote(const char *at, size_t tag, bool *is_open)
{
    for (const char *end = strchr(at + tag, '$'); end; end = strchr(end + 1, '$'))
        if (strncmp(end, at, tag) == 0)
            return end + tag;
    *is_open = true;
    return at + strlen(at);
}

static const char *scan_block_comment(const char *at, bool *is_open)
{
    int depth = 0;
    while (*at != '\0') {
        const bool begins = at[0] == '/' && at[1] == '*';
        const bool ends = at[0] == '*' && at[1] == '/';
        depth += begins ? 1 : ends ? -1 : 0;
        at += begins || ends ? 2 : 1;
        if (depth == 0)
            return at;
    }
    *is_open = true;
    return at;
}

static size_t scan_variable(const char *at, Piece *piece)
{
    const char quote = at[1] == '\'' || at[1] == '"' ? at[1] : '\0';
    const size_t before = quote ? 2 : 1;
    const size_t length = *at == ':' ? scan_name_length(at + before) : 0;
    if (length == 0 || (quote && at[before + length] != quote))
        return 0;
    piece->kind = PIECE_VARIABLE;
    piece->quote = quote;
    piece->name_start = piece->start + before;
    piece->name_length = length;
    return before + length + (quote ? 1 : 0);
}

static bool scan_is_escape_quote(const char *at)
{
    return (*at == 'e' || *at == 'E') && at[1] == '\'';
}

/* Whatever is not code and begins at `at`: sets the piece's kind and returns its length, else 0. */
static size_t scan_special(const char *at, Piece *piece)
{
    const size_t tag = scan_dollar_tag(at);
    const char *end = NULL;
    piece->kind = PIECE_QUOTED;
    if (*at == '\'' || *at == '"')
        end = scan_quote(at, false, &piece->is_open);
    else if (scan_is_escape_quote(at))
        end = scan_escape_quote(at + 1, &piece->is_open);
    else if (tag > 0)
        end = scan_dollar_quote(at, tag, &piece->is_open);
    if (end)
        return (size_t)(end - at);

    piece->kind = PIECE_COMMENT;
    if (at[0] == '-' && at[1] == '-')
        return strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*')
        return (size_t)(scan_block_comment(at, &piece->is_open) - at);
    return scan_variable(at, piece);
}

/* A step within code: a word, the colons of a cast, `:=`, or one character. */
static size_t scan_code(const char *at)
{
    const size_t word = scan_word_length(at);
    if (word > 0)
        return word;
    return at[0] == ':' && (at[1] == ':' || at[1] == '=') ? 2 : 1;
}

bool scan_next(const char *sql, Piece *piece)
{
    const size_t start = piece->start + piece->length;
    const char *at = sql + start;
    if (*at == '\0')
        return false;

    *piece = (Piece){.start = start};
    piece->length = scan_special(at, piece);
    if (piece->length > 0)
        return true;

    piece->kind = PIECE_CODE;
    size_t length = 0;
    for (Piece next = {0}; at[length] != '\0'; length += scan_code(at + length)) {
        next.start = start + length;
        if (length > 0 && scan_special(at + length, &next) > 0)
            break;
    }
    piece->length = length;
    return true;
}
