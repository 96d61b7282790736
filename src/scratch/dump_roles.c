#include "scratch/dump_roles.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* After which words names of roles stand. NULL: whatever stands there. */
static const struct RolePlace {
    const char *first, *second, *before, *keyword;
} places[] = {
    {"ALTER", NULL, "OWNER", "TO"},
    {"ALTER", "DEFAULT", "FOR", "ROLE"},
    {"ALTER", "DEFAULT", "FOR", "USER"},
    {"ALTER", "DEFAULT", NULL, "TO"},
    {"ALTER", "DEFAULT", NULL, "FROM"},
    {"GRANT", NULL, NULL, "TO"},
    {"GRANT", NULL, "GRANTED", "BY"},
    {"REVOKE", NULL, NULL, "FROM"},
    {"REVOKE", NULL, "GRANTED", "BY"},
    {"CREATE", "POLICY", NULL, "TO"},
    {"CREATE", "SCHEMA", NULL, "AUTHORIZATION"},
    {"CREATE", "USER", "MAPPING", "FOR"},
    {"SET", "SESSION", "SESSION", "AUTHORIZATION"},
};

typedef struct Token {
    const char *text; /* a name as it is stored, a word as it stands, one character of anything else */
    bool is_name;     /* in double quotes */
    bool is_word;
    int depth; /* of parentheses */
} Token;
typedef LIST(Token) TokenList;

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Past a string, a comment or white space; `at` itself when there is none. */
static const char *skip_nothings(const char *at)
{
    if (isspace((unsigned char)*at))
        return at + strspn(at, " \t\r\n\f\v");
    if (strncmp(at, "--", 2) == 0)
        return at + strcspn(at, "\n");
    if (strncmp(at, "/*", 2) == 0)
        return strstr(at, "*/") ? strstr(at, "*/") + 2 : at + strlen(at);
    if (*at != '\'')
        return at;
    const char *end = strchr(at + 1, '\'');
    return end ? end + 1 : at + strlen(at);
}

static const char *quoted_name(Arena *arena, const char *at, const char **name)
{
    Text text = text_new(arena);
    for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
        text_add_n(&text, at, 1);
        at += *at == '"';
    }
    *name = text.chars;
    return *at ? at + 1 : at;
}

static TokenList tokenize(Arena *arena, const char *at)
{
    TokenList tokens = {0};
    int depth = 0;
    while (*at) {
        const char *after = skip_nothings(at);
        if (after != at) {
            at = after;
            continue;
        }
        depth -= *at == ')';
        Token *token = LIST_ADD(arena, &tokens);
        token->depth = depth;
        token->is_name = *at == '"';
        token->is_word = is_word_character(*at);
        if (token->is_name) {
            at = quoted_name(arena, at, &token->text);
            continue;
        }
        size_t length = 1;
        while (token->is_word && is_word_character(at[length]))
            length++;
        token->text = arena_strndup(arena, at, length);
        depth += *at == '(';
        at += length;
    }
    return tokens;
}

static bool says(const TokenList *tokens, size_t index, const char *word)
{
    return !word || (index < tokens->count && tokens->items[index].is_word &&
                     text_equal_ignoring_case(tokens->items[index].text, word));
}

static bool stands_at(const struct RolePlace *place, const TokenList *tokens, size_t index)
{
    return tokens->items[index].depth == 0 && says(tokens, index, place->keyword) && says(tokens, 0, place->first) &&
           says(tokens, 1, place->second) && (!place->before || (index > 0 && says(tokens, index - 1, place->before)));
}

void dump_roles_add(Arena *arena, const char *role, StringList *roles)
{
    if (*role && !text_equal(role, "-") && !text_starts_with(role, "pg_") && !string_list_contains(roles, role))
        LIST_PUSH(arena, roles, arena_strdup(arena, role));
}

static void add_token(Arena *arena, const Token *token, StringList *roles)
{
    static const char *const reserved[] = {"public", "current_user", "current_role", "session_user", "default", "none"};
    if (token->is_name) {
        dump_roles_add(arena, token->text, roles);
        return;
    }
    char *folded = arena_strdup(arena, token->text);
    for (char *c = folded; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (text_equal(folded, reserved[i]))
            return;
    dump_roles_add(arena, folded, roles);
}

/* role [, role …], each maybe after GROUP */
static void add_list(Arena *arena, const TokenList *tokens, size_t index, StringList *roles)
{
    for (;; index += 2) {
        index += says(tokens, index, "GROUP");
        if (index >= tokens->count || (!tokens->items[index].is_word && !tokens->items[index].is_name))
            return;
        add_token(arena, &tokens->items[index], roles);
        if (index + 1 >= tokens->count || !text_equal(tokens->items[index + 1].text, ","))
            return;
    }
}

void dump_roles_collect(Arena *arena, const char *statement, StringList *roles)
{
    static const char *const beginnings[] = {"ALTER", "GRANT", "REVOKE", "CREATE", "SET"};
    bool promising = false;
    statement += strspn(statement, " \t\r\n");
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        promising |= strncasecmp(statement, beginnings[i], strlen(beginnings[i])) == 0;
    if (!promising)
        return;

    AUTO(Arena) *own = arena_new();
    const TokenList tokens = tokenize(own, statement);
    for (size_t index = 0; index < tokens.count; index++)
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (stands_at(&places[i], &tokens, index)) {
                add_list(arena, &tokens, index + 1, roles);
                break;
            }
}
