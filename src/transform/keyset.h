/* Which rows of a driving table: the one currency between planning, copying, verifying, repairing and retrying.
 *
 * A KeySet is everything, a key range, a ctid range or a list of keys; keyset_predicate() is the only place that turns one into SQL. */
#pragma once

#include "base/list.h"
#include "base/text.h"

#include <stdbool.h>

typedef struct KeyColumn {
    const char *name;
    const char *type;   /* SQL name without typmod, for casting the text form: "bigint", "crm.mood" */
    bool collate_c;     /* compare with COLLATE "C": a text type whose own collation is not C */
    bool integer;       /* int2, int4, int8: for estimating widths, nothing else */
} KeyColumn;
typedef LIST(KeyColumn) KeyColumnList;

typedef enum KeySetKind { KEYSET_EVERYTHING, KEYSET_RANGE, KEYSET_CTID, KEYSET_LIST } KeySetKind;

typedef struct KeySet {
    KeySetKind kind;
    const KeyColumnList *key;    /* RANGE, LIST */
    const char *const *low;      /* RANGE: key->count values in the server's text form, inclusive; CTID: one; NULL: open */
    const char *const *high;     /* exclusive; NULL: open */
    size_t count;                /* LIST: how many keys */
    const char *const *const *keys; /* LIST: each with key->count values */
    const KeyColumnList *except_key; /* rows that are left out whatever the kind, and for which nothing else of a
                                        transform is evaluated; NULL: none */
    const char *const *except; /* one array literal for each column of except_key: '{7,8}' */
} KeySet;

/* Nothing is left out by it. */
bool keyset_is_everything(const KeySet *keys);

/* Adds a condition on the columns of `alias` (not quoted yet): `("a"."id" >= '7'::bigint AND …)`; row comparison for composite keys;
 * "true" for everything. NULL alias: bare column names. */
void keyset_predicate(Text *sql, const KeySet *keys, const char *alias);
/* The type as a cast to it has to be written. */
const char *keyset_cast_name(const char *type);
/* "id" or "region", "id", without brackets so that an index can serve; with COLLATE "C" where needed: for ORDER BY. */
void keyset_order_by(Text *sql, const KeyColumnList *key, const char *alias);
/* For people: `id >= 1000 and < 2000`, `(region, id) (eu, 7), (eu, 9) and 98 more`, `everything`. Shows key values. */
char *keyset_print(Arena *arena, const KeySet *keys);
