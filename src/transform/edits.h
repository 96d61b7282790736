/* Where the user's text is edited: the references to the driving table become sub-selects, and the key comes before the first output column.
 * Everything else stays byte for byte. */
#pragma once

#include "transform/judge.h"
#include "transform/tokens.h"

/* `text` in place of the bytes from `start` to `end`. */
typedef struct Edit {
    size_t start, end;
    const char *text;
} Edit;
typedef LIST(Edit) EditList;

typedef struct Reference {
    size_t start, end; /* of the table's name, with ONLY and `*` */
    bool only;
    const char *alias; /* ` AS "companies"` where the user gave none, else "" */
} Reference;

/* A reference to a table for which a SELECT stands. */
typedef struct Guest {
    Reference reference;
    const char *name;
} Guest;

typedef struct Ordinal {
    size_t start, end;
    int number;
} Ordinal;

struct TransformEdits {
    const char *text;  /* the user's statement, without a last semicolon or comment */
    const char *table; /* "public"."companies"; NULL: no one driving table */
    const char *name;  /* "companies": what `where` may call it */
    const char *where; /* without a last comment; NULL: none */
    LIST(Reference) references;
    LIST(Guest) guests;
    SeatList seats;
    StringList system_columns; /* of the driving table, that the statement names */
    bool shows_ctid;           /* the key that is shown is the ctid */
    size_t first_output;       /* where the key is put */
    const char *key_columns;   /* "c"."id"::text AS "rehome_key_1", ; NULL: cannot be shown */
    size_t key_count;
    LIST(Ordinal) ordinals;    /* of GROUP BY 1, ORDER BY 1, which move when the key is put before */
};
typedef struct TransformEdits TransformEdits;

/* Finds every reference to the driving table in the text. Returns NULL, or why they cannot be edited. */
const char *edits_find_references(Arena *arena, const Scope *scope, const TokenList *tokens, const TransformRequest *request,
                                  TransformEdits *edits);
/* Finds every reference to a table rehome.crosswalk_…. Returns NULL, or why one cannot be replaced, and its place. */
const char *edits_find_guests(Arena *arena, const Scope *scope, const TokenList *tokens, TransformEdits *edits,
                              size_t *offset);
/* Finds every reference to these tables, whole tables at a time: one that cannot be replaced everywhere is left alone. The names of the others. */
StringList edits_find_lodgers(Arena *arena, const Scope *scope, const TokenList *tokens, const LodgerList *lodgers, TransformEdits *edits);
/* Finds where the key is put; key_columns stays NULL when the text has no place for it. */
void edits_find_key(Arena *arena, const Scope *scope, const TokenList *tokens, const KeyTrace *trace, TransformEdits *edits);
/* `*` or a whole-row reference would show a system column that is added to the driving table. */
bool edits_would_show(const Scope *scope, const Item *driving, const TransformRequest *request);
/* Does it to the text and parses it again: nothing but the references (and the key) may be different. */
bool edits_verify(Arena *arena, json_t *tree, const TransformEdits *edits, bool with_key);
/* The text with its references narrowed to `keys` and, `with_key`, the key before its columns. */
char *edits_apply(Arena *arena, const TransformEdits *edits, const KeySet *keys, bool with_key);
/* The text with other rows in place of its driving table: `rows` is a SELECT, `where` is applied to what it gives. */
char *edits_apply_rows(Arena *arena, const TransformEdits *edits, const char *rows);
/* The text with nothing but the guests seated, and where a byte of it comes from. */
char *edits_seat(Arena *arena, const TransformEdits *edits);
size_t edits_origin(Arena *arena, const TransformEdits *edits, size_t offset);
/* ` WHERE (where) AND predicate` or nothing. */
void edits_add_where(Text *sql, const TransformEdits *edits, const KeySet *keys);
