/* The secret behind rehome.token(), rehome.uuid() and rehome.nanoid(): HMAC-SHA-256 (RFC 2104) of a key, with the
 * hashing left to a server. A server is given the two padded blocks, never the key:
 *
 *     HMAC(key, message) = SHA-256(outer || SHA-256(inner || message)) */
#pragma once

#include <stdbool.h>

enum { TOKEN_KEY_SHORTEST = 16, TOKEN_KEY_BLOCK = 64, TOKEN_KEY_CHECK = 4 }; /* bytes */

/* Hexadecimal digits, lower case. */
typedef struct TokenKey {
    char inner[2 * TOKEN_KEY_BLOCK + 1];
    char outer[2 * TOKEN_KEY_BLOCK + 1];
    char check[2 * TOKEN_KEY_CHECK +
               1]; /* tells another key apart and gives nothing away: the one thing that may be stored */
} TokenKey;

/* False when the key is too short. */
bool token_key_build(const char *key, TokenKey *built);
