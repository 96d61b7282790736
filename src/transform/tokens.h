/* The words and signs of a statement with their byte offsets, as libpg_query's scanner cuts them: where in the user's text something stands. */
#pragma once

#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>

/* A token, without white space and comments. */
typedef struct Token {
    size_t start, end; /* bytes */
} Token;
typedef LIST(Token) TokenList;

/* False when the scanner does not understand the text either. */
bool tokens_scan(Arena *arena, const char *sql, TokenList *tokens);
bool token_is(const char *sql, const Token *token, const char *word); /* a key word in any case, or a sign */
/* The index of the token that begins at this byte; tokens->count when none does. */
size_t tokens_at(const TokenList *tokens, size_t start);
/* Where the first statement ends, without a last semicolon or comment. */
size_t tokens_end(const char *sql, const TokenList *tokens);
