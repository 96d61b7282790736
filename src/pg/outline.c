#include "pg/outline.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char value[] = "…";

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Behind a literal in single quotes; NULL when its end is not certain. */
static const char *skip_literal(const char *at, bool has_escapes)
{
    for (at++; *at; at++) {
        if (*at == '\\' && (!has_escapes || !at[1]))
            return NULL;
        if (*at == '\\')
            at++;
        else if (*at == '\'' && *++at != '\'')
            return at;
    }
    return NULL;
}

/* Behind `$tag$…$tag$`; `at` itself where none begins. */
static const char *skip_dollars(Arena *arena, const char *at)
{
    size_t length = 1;
    while (is_word(at[length]))
        length++;
    if (at[length] != '$' || isdigit((unsigned char)at[1]))
        return at;
    const char *end = strstr(at + length + 1, arena_strndup(arena, at, length + 1));
    return end ? end + length + 1 : NULL;
}

static const char *skip_comment(const char *at)
{
    if (text_starts_with(at, "--"))
        return at + strcspn(at, "\n");
    int depth = 0;
    for (; *at; at++) {
        depth += text_starts_with(at, "/*") ? 1 : text_starts_with(at, "*/") ? -1 : 0;
        if (depth == 0)
            return at + 2;
        at += text_starts_with(at, "/*") || text_starts_with(at, "*/");
    }
    return NULL;
}

static const char *skip_number(const char *at)
{
    while (is_word(*at) || *at == '.' || ((*at == '-' || *at == '+') && (at[-1] == 'e' || at[-1] == 'E')))
        at++;
    return at;
}

/* One piece of the query; NULL: the rest is better left out. */
static const char *add_piece(Text *text, const char *at)
{
    if (isspace((unsigned char)*at) || text_starts_with(at, "--") || text_starts_with(at, "/*")) {
        if (text->length > 0 && text->chars[text->length - 1] != ' ')
            text_add(text, " ");
        return isspace((unsigned char)*at) ? at + 1 : skip_comment(at);
    }
    const bool escaped = (*at == 'e' || *at == 'E') && at[1] == '\'';
    const char *behind = at;
    if (*at == '\'' || escaped)
        behind = skip_literal(at + escaped, escaped);
    else if (*at == '$')
        behind = skip_dollars(text->arena, at);
    else if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1])))
        behind = skip_number(at);
    if (!behind)
        return NULL;
    if (behind > at) {
        text_add(text, value);
        return behind;
    }
    size_t length = 1;
    if (*at == '"')
        length = strcspn(at + 1, "\"") + 2;
    else if (is_word(*at))
        while (is_word(at[length]))
            length++;
    length = length > strlen(at) ? strlen(at) : length;
    text_add_n(text, at, length);
    return at + length;
}

char *outline_of(Arena *arena, const char *sql, size_t most)
{
    Text text = text_new(arena);
    const char *at = sql ? sql : "";
    while (at && *at && text.length < most)
        at = add_piece(&text, at);
    while (text.length > 0 && text.chars[text.length - 1] == ' ')
        text.chars[--text.length] = '\0';
    if (!at || *at)
        text_add(&text, " …");
    return text.chars;
}
