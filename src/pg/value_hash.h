/* The hashes that PostgreSQL computes of values, computed here: hash_bytes_extended() of bytes, as of text, uuid and bytea, and
 * hash_bytes_uint32_extended() of numbers of up to four bytes, as of int2, int4, bool and date. Pure.
 *
 * Both are Bob Jenkins' lookup3 (burtleburtle.net/bob/hash/doobs.html, 2006) seeded with 64 bits, as servers on little-endian
 * machines compute it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint64_t value_hash_bytes(const char *text, size_t length, uint64_t seed);
uint64_t value_hash_number(int32_t number, uint64_t seed);
