/* What is there: the schema of one server, read in a handful of queries and then only looked at.
 *
 * All names are as PostgreSQL stores them (no quotes). Relations, columns, types and keys of every schema but pg_catalog,
 * information_schema, pg_toast* and rehome itself; types of pg_catalog too. Sizes are bytes and include TOAST. */
#pragma once

#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t ObjectId; /* an object id on one server; means nothing on the other */

typedef struct Type {
    ObjectId oid;
    const char *schema, *name; /* "pg_catalog", "int4" */
    const char *sql_name;      /* format_type(): "integer", "crm.mood", for use in SQL */
    char kind;                 /* typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
    char category;             /* typcategory: A array, S string, N numeric, … */
    ObjectId element;              /* of an array, else 0 */
    ObjectId base;                 /* of a domain: the type below it, else 0 */
    int32_t base_typmod;       /* of a domain */
    bool not_null;             /* a domain that says NOT NULL, itself or below */
    const char *send_schema, *send_name; /* its binary output function; NULL when it has none */
    bool has_receive;
    bool has_equality;         /* a default btree or hash operator class with = */
} Type;

typedef struct Column {
    const char *name;
    int number; /* attnum */
    ObjectId type;
    int32_t typmod;
    const char *type_name; /* format_type() with typmod: "character varying(20)" */
    bool not_null;
    bool has_default;
    const char *default_sql; /* NULL without */
    char identity;           /* 'a' always, 'd' by default, 0 */
    char generated;          /* 's' stored, 'v' virtual, 0 */
    const char *collation;   /* qualified and quoted; NULL when the type has none */
    bool collation_is_c;     /* C or POSIX, or the default of a database with that collation */
    double correlation;      /* of pg_stats with the heap's order: -1..1; NAN when not known */
    const char *sequence_schema, *sequence; /* owned by it (serial, identity); NULL without */
} Column;
typedef LIST(Column) ColumnList;

typedef struct Index {
    const char *schema, *name;
    const char *definition;   /* pg_get_indexdef() */
    bool unique, primary, exclusion;
    bool valid, partial, has_expression, nulls_not_distinct;
    bool btree;
    const char *constraint;   /* the constraint it backs, else NULL */
    const char *constraint_definition; /* pg_get_constraintdef() of it */
    bool deferrable;
    LIST(int) columns;        /* attnums of the key columns; 0 for an expression */
    bool inherited;           /* belongs to a parent's partitioned index: comes and goes with it */
    bool replica_identity, clustered;
    int64_t bytes;
} Index;
typedef LIST(Index) IndexList;

typedef struct ForeignKey {
    const char *name;
    const char *definition;   /* pg_get_constraintdef() */
    ObjectId from, to;            /* relations */
    LIST(int) columns;        /* attnums in `from` */
    LIST(int) to_columns;     /* attnums in `to` */
    bool deferrable, deferred, validated;
    bool inherited;           /* comes from a partitioned parent's constraint */
} ForeignKey;
typedef LIST(ForeignKey) ForeignKeyList;

typedef struct CheckConstraint {
    const char *name, *definition;
} CheckConstraint;

typedef struct Trigger {
    const char *name, *definition;
    char enabled; /* tgenabled: O, D, R, A */
} Trigger;

typedef struct Relation {
    ObjectId oid;
    const char *schema, *name;
    const char *sql_name;   /* quoted and qualified, for use in SQL */
    char kind;              /* r table, p partitioned, v view, m materialized view, f foreign table */
    bool is_partition;
    bool has_children;      /* by inheritance (not partitions) */
    bool row_security;      /* enabled on it */
    bool heap;              /* its access method is heap: ctid ranges work */
    int64_t estimated_rows; /* reltuples, summed over partitions; -1 when never analysed */
    int64_t pages;          /* of the main fork */
    int64_t bytes;          /* with TOAST, without indexes; partitions summed */
    int64_t index_bytes;
    const char *owner;
    bool may_select, may_insert, may_update, may_delete, may_truncate, is_owner; /* as the connected role */
    ColumnList columns;     /* live columns in order */
    IndexList indexes;
    LIST(CheckConstraint) checks;
    LIST(Trigger) triggers; /* users' own, not the internal ones */
    const char *comment;
} Relation;
typedef LIST(Relation) RelationList;

typedef struct Sequence {
    const char *schema, *name;
    ObjectId owner_relation; /* 0: without a column */
    const char *owner_column;
} Sequence;

typedef struct Routine {
    const char *schema, *name, *arguments;
} Routine;

typedef struct Catalog {
    int server_version;        /* 150020 */
    const char *database, *role, *encoding, *collation; /* collation: datcollate */
    bool in_recovery, superuser;
    bool may_create_schema;    /* CREATE on the database */
    const char *system_identifier; /* NULL when the role may not see it */
    StringList search_path;    /* current_schemas(false) */
    RelationList relations;
    LIST(Type) types;
    ForeignKeyList foreign_keys;
    LIST(Sequence) sequences;
    LIST(Routine) routines;    /* users' own functions and procedures */
    StringList volatile_functions; /* names of all functions that are VOLATILE, PostgreSQL's own too, without schema */
    StringList aggregate_functions, set_returning_functions; /* names, the same way */
    int64_t large_objects;     /* how many; -1 when not visible */
} Catalog;

/* Reads the server as this connection sees it (also inside a transaction that has not committed). */
Catalog *catalog_load(Arena *arena, Conn *conn, Error *error);

/* By qualified name, or by search_path when `schema` is NULL; NULL when there is none. */
const Relation *catalog_relation(const Catalog *catalog, const char *schema, const char *name);
const Relation *catalog_relation_by_oid(const Catalog *catalog, ObjectId oid);
const Type *catalog_type(const Catalog *catalog, ObjectId oid);
const Type *catalog_type_by_name(const Catalog *catalog, const char *schema, const char *name);
/* The type below all domains; `typmod` is changed to the domain's own where it has one. */
const Type *catalog_base_type(const Catalog *catalog, ObjectId oid, int32_t *typmod);
/* Part of PostgreSQL itself: same OID, same wire form on every server. */
bool type_is_builtin(const Type *type);

const Column *relation_column(const Relation *relation, const char *name);
const Column *relation_column_by_number(const Relation *relation, int number);
const Index *relation_primary_key(const Relation *relation);
/* The best key to walk the table by: primary key, else a valid unique btree index over NOT NULL plain columns without a
 * predicate; NULL when there is none. */
const Index *relation_walk_key(const Relation *relation);
/* A valid, non-deferrable, non-partial unique index over exactly these columns in any order; NULL when there is none. */
const Index *relation_unique_index(const Relation *relation, const StringList *columns);
/* For "did you mean": relation names as one would write them, column names. */
const char *catalog_nearest_relation(Arena *arena, const Catalog *catalog, const char *name);
const char *relation_nearest_column(const Relation *relation, const char *name);
/* The relation whose spelling is `text` exactly although SQL would fold it: then the user forgot the double quotes. */
const Relation *catalog_relation_spelled(const Catalog *catalog, const char *text);
