#include "pg/quote.h"

#include "base/list.h"

#include <string.h>
#include <strings.h>

/* Adds `chars` with every character of `special` preceded by `escape`. */
static void add_escaped(Text *text, const char *chars, const char *special, char escape_with)
{
    for (; *chars; chars++) {
        if (strchr(special, *chars))
            text_add_n(text, escape_with ? &escape_with : chars, 1);
        text_add_n(text, chars, 1);
    }
}

static const char DOUBLED = '\0'; /* escapes a character with itself */

static void add_name(Text *text, const char *name)
{
    text_add(text, "\"");
    add_escaped(text, name, "\"", DOUBLED);
    text_add(text, "\"");
}

char *quote_name(Arena *arena, const char *name)
{
    Text text = text_new(arena);
    add_name(&text, name);
    return text.chars;
}

char *quote_qualified(Arena *arena, const char *schema, const char *name)
{
    Text text = text_new(arena);
    if (schema) {
        add_name(&text, schema);
        text_add(&text, ".");
    }
    add_name(&text, name);
    return text.chars;
}

char *quote_names(Arena *arena, const StringList *names, const char *before)
{
    Text text = text_new(arena);
    text_add(&text, "");
    FOR_EACH(const char *, name, *names) {
        text_separate(&text, ", ");
        text_add(&text, before);
        add_name(&text, *name);
    }
    return text.chars;
}

char *quote_same(Arena *arena, const StringList *names, const char *one, const char *other)
{
    Text text = text_new(arena);
    text_add(&text, "");
    FOR_EACH(const char *, name, *names) {
        const char *quoted = quote_name(arena, *name);
        text_separate(&text, " AND ");
        text_addf(&text, "%s.%s = %s.%s", one, quoted, other, quoted);
    }
    return text.chars;
}

char *quote_literal(Arena *arena, const char *text)
{
    if (!text)
        return arena_strdup(arena, "NULL");
    Text literal = text_new(arena);
    text_add(&literal, strchr(text, '\\') ? "E'" : "'");
    add_escaped(&literal, text, "'\\", DOUBLED);
    text_add(&literal, "'");
    return literal.chars;
}

static bool is_space(char c)
{
    return c != '\0' && strchr(" \t\n\r\f\v", c) != NULL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static void skip_spaces(const char **at)
{
    while (is_space(**at))
        (*at)++;
}

/* `"Us""ers"`, from its opening quote; NULL when it does not close or is empty. */
static char *parse_quoted(Arena *arena, const char **at)
{
    Text name = text_new(arena);
    for (const char *c = *at + 1; *c; c++) {
        if (*c != '"') {
            text_add_n(&name, c, 1);
        } else if (c[1] == '"') {
            text_add_n(&name, c++, 1);
        } else {
            *at = c + 1;
            return name.length > 0 ? name.chars : NULL;
        }
    }
    return NULL;
}

/* As the server folds it: ASCII letters only. */
static char *parse_bare(Arena *arena, const char **at)
{
    const char *start = *at;
    if (!is_letter(*start))
        return NULL;
    while (is_letter(**at) || (**at >= '0' && **at <= '9') || **at == '$')
        (*at)++;
    char *name = arena_strndup(arena, start, (size_t)(*at - start));
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}

static char *parse_part(Arena *arena, const char **at)
{
    skip_spaces(at);
    char *part = **at == '"' ? parse_quoted(arena, at) : parse_bare(arena, at);
    skip_spaces(at);
    return part;
}

bool quote_parse_name(Arena *arena, const char *text, char **schema, char **name)
{
    const char *at = text;
    char *first = parse_part(arena, &at);
    char *second = NULL;
    if (first && *at == '.') {
        at++;
        second = parse_part(arena, &at);
        if (!second)
            return false;
    }
    if (!first || *at)
        return false;
    *schema = second ? first : NULL;
    *name = second ? second : first;
    return true;
}

char *quote_array(Arena *arena, const char *const *items, size_t count)
{
    Text text = text_new(arena);
    text_add(&text, "{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_add(&text, ",");
        if (!items[i]) {
            text_add(&text, "NULL");
            continue;
        }
        text_add(&text, "\"");
        add_escaped(&text, items[i], "\"\\", '\\');
        text_add(&text, "\"");
    }
    text_add(&text, "}");
    return text.chars;
}

/* One item, with *at behind it; *null for a bare NULL. False when it is malformed. */
static bool parse_item(Arena *arena, const char **at, const char **item)
{
    Text text = text_new(arena);
    skip_spaces(at);
    bool quoted = **at == '"';
    const char *c = quoted ? *at + 1 : *at;
    for (; *c && (quoted ? *c != '"' : !strchr(",{}\"", *c)); c++) {
        if (*c == '\\' && *++c == '\0')
            return false;
        text_add_n(&text, c, 1);
    }
    if (quoted && *c++ != '"')
        return false;
    while (!quoted && text.length > 0 && is_space(text.chars[text.length - 1]))
        text.chars[--text.length] = '\0';
    if (!quoted && text.length == 0)
        return false;
    *item = !quoted && strcasecmp(text.chars, "NULL") == 0 ? NULL : text.chars;
    *at = c;
    skip_spaces(at);
    return true;
}

bool quote_parse_array(Arena *arena, const char *literal, const char ***items, size_t *count)
{
    LIST(const char *) found = {0};
    const char *at = literal;
    const char *bounds = *at == '[' ? strchr(at, '=') : NULL; /* "[0:1]={a,b}" */
    if (bounds)
        at = bounds + 1;
    skip_spaces(&at);
    if (*at++ != '{')
        return false;
    skip_spaces(&at);
    while (*at != '}') {
        const char *item;
        if (!parse_item(arena, &at, &item) || (*at != ',' && *at != '}'))
            return false;
        LIST_PUSH(arena, &found, item);
        if (*at == ',' && *++at == '}')
            return false;
        skip_spaces(&at);
    }
    at++;
    skip_spaces(&at);
    if (*at)
        return false;
    *items = found.items;
    *count = found.count;
    return true;
}
