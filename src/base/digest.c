#include "base/digest.h"

#include "base/text.h"

#include <nettle/sha2.h>

char *digest_hex(Arena *arena, const uint8_t *bytes, size_t count)
{
    Text text = text_new(arena);
    for (size_t i = 0; i < count; i++)
        text_addf(&text, "%02x", bytes[i]);
    return text.chars;
}

char *digest_sha256(Arena *arena, const void *bytes, size_t count)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, count, bytes);
    sha256_digest(&hash, sizeof digest, digest);
    return digest_hex(arena, digest, sizeof digest);
}
