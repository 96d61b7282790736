/* The functions of SQL that are no functions of a server: rehome.token(scope, value), rehome.uuid(…) and
 * rehome.nanoid(…).
 *
 * A call is written as an expression of pg_catalog's functions, which gives the same on both sides and needs no object
 * there: with m = HMAC-SHA-256(key, scope || byte 0 || value::text), both as UTF-8,
 *
 *     token    the first 16 bytes of m as 32 hexadecimal digits
 *     uuid     the same 16 bytes with version 8 and the variant of RFC 9562
 *     nanoid   the first 21 characters of m in base64url
 *
 * and NULL of NULL. The key is in settings of the session, see keyed_inner and keyed_outer; it never stands in the
 * text. */
#pragma once

#include "base/mistake.h"
#include "manifest/manifest.h"

/* The settings that an expression reads: the blocks of a TokenKey. */
extern const char keyed_inner[], keyed_outer[];

/* `text`, which is sql->text with or without its variables filled in, with the calls written out; no line is added or
 * lost. A wrong number of arguments and a function that rehome does not have are mistakes; NULL after one. `first` is
 * the place of the first call, and stays as it is when there is none. */
const char *keyed_write(Arena *arena, const Sql *sql, const char *text, Place *first, Mistakes *mistakes);
