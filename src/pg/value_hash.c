#include "pg/value_hash.h"

#include <string.h>

typedef struct Mix {
    uint32_t a, b, c;
} Mix;

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return (x << bits) | (x >> (32 - bits));
}

static void stir(Mix *m)
{
    m->a = (m->a - m->c) ^ rotate(m->c, 4);
    m->c += m->b;
    m->b = (m->b - m->a) ^ rotate(m->a, 6);
    m->a += m->c;
    m->c = (m->c - m->b) ^ rotate(m->b, 8);
    m->b += m->a;
    m->a = (m->a - m->c) ^ rotate(m->c, 16);
    m->c += m->b;
    m->b = (m->b - m->a) ^ rotate(m->a, 19);
    m->a += m->c;
    m->c = (m->c - m->b) ^ rotate(m->b, 4);
    m->b += m->a;
}

static uint64_t settle(Mix m)
{
    m.c = (m.c ^ m.b) - rotate(m.b, 14);
    m.a = (m.a ^ m.c) - rotate(m.c, 11);
    m.b = (m.b ^ m.a) - rotate(m.a, 25);
    m.c = (m.c ^ m.b) - rotate(m.b, 16);
    m.a = (m.a ^ m.c) - rotate(m.c, 4);
    m.b = (m.b ^ m.a) - rotate(m.a, 14);
    m.c = (m.c ^ m.b) - rotate(m.b, 24);
    return (uint64_t)m.b << 32 | m.c;
}

static Mix begin(uint32_t length, uint64_t seed)
{
    uint32_t start = 0x9e3779b9 + length + 3923095;
    Mix m = {start, start, start};
    if (seed != 0) {
        m.a += (uint32_t)(seed >> 32);
        m.b += (uint32_t)seed;
        stir(&m);
    }
    return m;
}

uint64_t value_hash_number(int32_t number, uint64_t seed)
{
    Mix m = begin(sizeof number, seed);
    m.a += (uint32_t)number;
    return settle(m);
}

/* Four bytes, the lowest first. */
static uint32_t word(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Twelve bytes at a time. Of the rest the lowest byte of `c` is left free: its place is the length's. */
uint64_t value_hash_bytes(const char *text, size_t length, uint64_t seed)
{
    const unsigned char *bytes = (const unsigned char *)text;
    Mix m = begin((uint32_t)length, seed);
    for (; length >= 12; bytes += 12, length -= 12) {
        m.a += word(bytes);
        m.b += word(bytes + 4);
        m.c += word(bytes + 8);
        stir(&m);
    }
    unsigned char rest[13] = {0};
    memcpy(rest, bytes, length < 8 ? length : 8);
    if (length > 8)
        memcpy(rest + 9, bytes + 8, length - 8);
    m.a += word(rest);
    m.b += word(rest + 4);
    m.c += word(rest + 8);
    return settle(m);
}
