#include "base/token_key.h"

#include <nettle/hmac.h>
#include <string.h>

static void write_hex(const uint8_t *bytes, size_t count, char *digits)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        *digits++ = hex[bytes[i] >> 4];
        *digits++ = hex[bytes[i] & 0xF];
    }
    *digits = '\0';
}

/* The key, hashed when it is longer than a block, filled up with zeros and combined with the pad. */
static void write_block(const char *key, uint8_t pad, char *digits)
{
    uint8_t block[TOKEN_KEY_BLOCK] = {0};
    const size_t length = strlen(key);
    if (length <= sizeof block) {
        memcpy(block, key, length);
    } else {
        struct sha256_ctx hash;
        sha256_init(&hash);
        sha256_update(&hash, length, (const uint8_t *)key);
        sha256_digest(&hash, SHA256_DIGEST_SIZE, block);
    }
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= pad;
    write_hex(block, sizeof block, digits);
}

static void write_check(const char *key, char *digits)
{
    static const char message[] = "rehome key check";
    struct hmac_sha256_ctx hmac;
    uint8_t digest[TOKEN_KEY_CHECK];
    hmac_sha256_set_key(&hmac, strlen(key), (const uint8_t *)key);
    hmac_sha256_update(&hmac, strlen(message), (const uint8_t *)message);
    hmac_sha256_digest(&hmac, sizeof digest, digest);
    write_hex(digest, sizeof digest, digits);
}

bool token_key_build(const char *key, TokenKey *built)
{
    if (strlen(key) < TOKEN_KEY_SHORTEST)
        return false;
    write_block(key, 0x36, built->inner);
    write_block(key, 0x5C, built->outer);
    write_check(key, built->check);
    return true;
}
