/* The SELECT that fills an entity: what it reads, where its driving table stands in it, and how to narrow it to a KeySet.
 *
 * A transform is looked at with libpg_query, which knows PostgreSQL 15's grammar. What it does not know may still be right for a newer server: then
 * nothing is narrowed and the server judges. Narrowing replaces the reference to the driving table by
 *
 *     (SELECT * FROM [ONLY] driving WHERE (where) AND key-range) AS alias(columns…)
 *
 * in place, so everything else of the user's text stays as written. It is refused, with the reason, wherever that would change the union
 * over all chunks: aggregates and GROUP BY that do not keep the key apart, DISTINCT, LIMIT/OFFSET, window functions, set operations, recursive
 * CTEs, CTEs used twice, a second reference to the driving table, a reference inside a sub-select of an expression or under the nullable
 * side of an outer join, TABLESAMPLE, FOR UPDATE. Pure: needs no server. */
#pragma once

#include "base/list.h"
#include "base/mistake.h"
#include "manifest/manifest.h"
#include "transform/keyset.h"

#include <stdbool.h>

/* How many rows one driving row gives: decides how its books are counted. */
typedef enum Yield {
    YIELD_ONE,         /* exactly one: nothing but the driving table, no WHERE */
    YIELD_AT_MOST_ONE, /* a WHERE, but no join and no set-returning function: filtered = driving - rows */
    YIELD_BY_KEY,      /* any number; the driving key can be shown beside each row: filtered = driving - distinct keys */
    YIELD_UNKNOWN      /* any number, and the key cannot be shown (aggregates over it, UNION, from: none) */
} Yield;

/* A table in whose place a SELECT may be put later, by transform_seat(), where the text has place for one. */
typedef struct Lodger {
    const char *schema, *name; /* as stored */
    bool in_search_path;       /* an unqualified reference finds it */
} Lodger;
typedef LIST(Lodger) LodgerList;

typedef struct TransformRequest {
    const Sql *sql;
    const char *driving_schema;     /* as stored; NULL with from: none or several driving tables */
    const char *driving_name;
    bool driving_in_search_path;    /* an unqualified reference finds it */
    const char *where;              /* over the driving table; NULL: none */
    const KeyColumnList *key;       /* the driving table's walk key; empty: it has none (ctid or one chunk) */
    bool whole;                     /* it is never narrowed: a ctid can be shown beside `*`, too */
    const LodgerList *lodgers;         /* NULL: none */
    const StringList *driving_columns; /* all its columns, for `*` and for whole-row references */
    const StringList *volatile_functions; /* names, from the source's catalog; NULL: PostgreSQL's own */
    const StringList *aggregates;         /* the same way: catalog.aggregate_functions */
    const StringList *set_returning;      /* the same way: catalog.set_returning_functions */
} TransformRequest;

/* A table that the transform reads, as written, and which of its columns. */
typedef struct TableRead {
    const char *schema; /* NULL: not qualified */
    const char *name;
    size_t offset;      /* of its first reference in the text, in bytes */
    bool everything;    /* `*`, a whole-row reference, or NATURAL/USING that cannot be told */
    bool below;         /* without ONLY: rows of its partitions and of tables that inherit from it, too */
    StringList columns; /* names that may be its columns: qualified by its alias, or not qualified at all */
    StringList given;   /* those among them whose values are given on; the others are in conditions, joins and orders */
} TableRead;
typedef LIST(TableRead) TableReadList;

/* What an output column is made of. */
typedef struct Lineage {
    const char *name;
    StringList columns; /* of the driving table, that its expression reads */
    bool cast;          /* there is a cast on the way */
    bool computed;      /* more than the column itself and casts */
    bool other;         /* it may read something else: another table, other rows, the time */
    bool keyed;         /* it needs the key of rehome.token() and its like, which only rehome's own sessions have */
} Lineage;
typedef LIST(Lineage) LineageList;

typedef struct Transform Transform;
struct Transform {
    const Sql *sql;
    bool parsed;             /* libpg_query understood it; else why_one_chunk says what it said */
    bool narrowable;         /* by key range and key list */
    const char *why_one_chunk; /* NULL when narrowable: a sentence for people */
    bool where_applied;      /* `where` could be put at every reference to the driving table */
    bool shows_key;          /* transform_narrow(…, TRANSFORM_WITH_KEY) works */
    Yield yield;
    bool only;               /* the driving table is read with ONLY */
    StringList volatile_columns; /* output columns whose expression is volatile or depends on the time */
    TableReadList reads;
    LineageList lineages;    /* of the outputs, where there is just one reference to one driving table; as far as the text tells */
    StringList guests; /* names of the tables rehome.crosswalk_… that it reads: see transform_seat() */
    StringList lodgers; /* quoted and qualified names of those that it reads, each reference of which can be replaced */
    /* private to transform.c: */
    struct TransformEdits *edits;
};

/* Never NULL; of no use when there were mistakes. Mistakes: more than one statement, not a SELECT, SELECT INTO, a data-modifying CTE, the driving table not in it (unless there is none),
 * a `where` that cannot be applied or is not one condition; syntax errors are left to the server unless it is sure (an empty text). */
Transform *transform_build(Arena *arena, const TransformRequest *request, Mistakes *mistakes);

/* What stands in place of a table `rehome.crosswalk_…` that the text reads, and whose rows are not there under that
 * name, or of a lodger: a SELECT. */
typedef struct Seat {
    const char *guest;
    const char *select;
} Seat;
typedef LIST(Seat) SeatList;

/* The same transform with these SELECTs for its guests; what is not among them stays as it was. */
Transform *transform_seat(Arena *arena, const Transform *transform, const SeatList *seats);
/* The user's text as a whole, with its guests in their seats: what the server is asked to understand. */
char *transform_text(Arena *arena, const Transform *transform);
/* The byte of the user's text that stands behind a character of transform_text(), counted from 1. */
size_t transform_origin(Arena *arena, const Transform *transform, int character);

typedef enum TransformShape {
    TRANSFORM_PLAIN,   /* the user's columns only */
    TRANSFORM_WITH_KEY /* before them "rehome_key_1", … : the driving key (or its ctid) as text */
} TransformShape;

/* The SELECT narrowed to `keys`; KEYSET_EVERYTHING still applies `where`, and without one gives the user's text. A last semicolon or comment is
 * cut off, so that the text can stand in brackets. NULL when the transform cannot: another KeySet unless narrowable, the key unless shows_key. */
char *transform_narrow(Arena *arena, const Transform *transform, const KeySet *keys, TransformShape shape);
/* `SELECT count(*) FROM driving WHERE …`: how many driving rows a KeySet holds. NULL when there is no one driving table. */
char *transform_driving_count(Arena *arena, const Transform *transform, const KeySet *keys);
/* `FROM [ONLY] driving WHERE (where)`, to be continued with AND: for sampling keys. */
char *transform_driving_from(Arena *arena, const Transform *transform);
/* The transform over other rows in place of the driving table: `rows` is a SELECT that gives all its columns in their order; `where` is applied to
 * them too. NULL when the transform cannot be run for one row by itself, or names system columns of the driving table. */
char *transform_over(Arena *arena, const Transform *transform, const char *rows);

/* What the output of this name is made of; NULL: nobody knows. */
const Lineage *lineage_of(const Transform *transform, const char *name);
/* The one driving column that it is made of alone; NULL: none. */
const char *lineage_column(const Lineage *lineage);
