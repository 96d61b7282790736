/* How a value gets from one type to another: the class of the cast and the SQL for it. The rules are one table in
 * cast_rules.c.
 *
 * Types of PostgreSQL itself are cast on the source, by their own casts. Types that users made (enums, composites,
 * ranges over them, extensions' types) are other objects on the other side, so their values travel as text. Text that
 * has to be parsed is tested on the source where a test is known, and else parsed by the target's COPY, which names the
 * line it does not like. */
#pragma once

#include "plan/plan.h"
#include "plan/type_use.h"

typedef struct CastRequest {
    TypeUse from, to;
    const char *value;  /* SQL expression of the source's value, e.g. "q"."price" */
    bool same_database; /* both types are in one database: nothing has to travel */
} CastRequest;

typedef struct Cast {
    CastClass class;
    const char *note;
    const char *sql;     /* what is selected on the source */
    const char *arrives; /* the value as the target column will hold it, on the source; NULL: cannot be told there */
    const char *loss; /* never null when evaluated; true for a value that would lose something; NULL: cannot be told or
                         cannot happen */
    bool binary;      /* the wire form of `sql` is what the target column receives */
} Cast;

Cast cast_build(Arena *arena, const CastRequest *request);

/* One rule: how values of these types become values of those. */
typedef struct CastRule {
    const char *from, *to; /* names of pg_catalog's types, separated by blanks */
    CastClass class;
    const char *value; /* NULL: ($v)::$b */
    const char *loss;  /* over $v, never evaluated for NULL */
    const char *note;
} CastRule;

/* The rule for two types of PostgreSQL itself that are no arrays; NULL: there is none. */
const CastRule *cast_rule(TypeUse from, TypeUse to);
/* The test of texts that the type does not take, on a source of this version; NULL: none is known. */
const char *cast_parse_loss(TypeUse to, int server_version);
