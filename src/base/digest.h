/* SHA-256, as sha256sum prints it. */
#pragma once

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes in hexadecimal, lower case. */
char *digest_hex(Arena *arena, const uint8_t *bytes, size_t count);
char *digest_sha256(Arena *arena, const void *bytes, size_t count);
