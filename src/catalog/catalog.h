/* What is there: the schema of one server, read in a handful of queries and then only looked at.
 *
 * All names are as PostgreSQL stores them (no quotes). Relations, columns, types and keys of every schema but
 * pg_catalog, information_schema, pg_toast* and rehome itself; types of pg_catalog too. Sizes are bytes and include
 * TOAST. */
#pragma once

#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t ObjectId; /* an object id on one server; means nothing on the other */
typedef LIST(int) NumberList;

typedef struct Type {
    ObjectId oid;
    const char *schema, *name; /* "pg_catalog", "int4" */
    const char *sql_name;      /* for use in SQL, without typmod: "integer", crm."Mood"; "bpchar", not "character" */
    char kind;                 /* typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
    char category;             /* typcategory: A array, S string, N numeric, … */
    ObjectId element;          /* of an array, else 0 */
    ObjectId base;             /* of a domain: the type below it, else 0 */
    int32_t base_typmod;       /* of a domain */
    bool not_null;             /* a domain that says NOT NULL, itself or below */
    const char *send_schema, *send_name; /* its binary output function; NULL when it or a part of it has none */
    bool has_receive;                    /* it and all its parts */
    bool has_equality;                   /* a default btree or hash operator class with =, for it and all its parts */
} Type;

typedef struct Column {
    const char *name;
    int number; /* attnum */
    ObjectId type;
    int32_t typmod;
    const char *type_name;   /* with typmod, for use in SQL: "character varying(20)" */
    bool not_null;           /* holds no null: a NOT VALID promise does not count, a domain's is in its Type */
    bool has_default;        /* its own or its domain's; false for identity and generated columns */
    const char *default_sql; /* the default, or what a generated column is generated from; NULL without */
    char identity;           /* 'a' always, 'd' by default, 0 */
    char generated;          /* 's' stored, 'v' virtual, 0 */
    const char *collation;   /* qualified and quoted; NULL when the type has none */
    bool collation_is_c; /* compares code points: C, POSIX, C.UTF-8, or the default of a database with one of them */
    double correlation;  /* of pg_stats with the heap's order: -1..1; NAN when not known */
    const char *sequence_schema, *sequence; /* owned by it (serial, identity); NULL without */
} Column;
typedef LIST(Column) ColumnList;

typedef struct Index {
    const char *schema, *name;
    const char *definition; /* pg_get_indexdef() */
    bool unique, primary, exclusion;
    bool valid, partial, has_expression, nulls_not_distinct;
    bool btree;
    const char *constraint;            /* the constraint it backs, else NULL */
    const char *constraint_definition; /* pg_get_constraintdef() of it */
    bool deferrable;
    NumberList columns; /* attnums of the key columns, without INCLUDE; 0 for an expression */
    StringList parts;     /* of one that refuses rows, unique or exclusion: SQL of each key column with its collation, over the bare table */
    StringList operators; /* by which values meet: the equality of a unique one, OPERATOR(pg_catalog.=), or what an exclusion
                             constraint says */
    const char *predicate; /* of a partial one that refuses rows, likewise; NULL: all rows */
    bool inherited;     /* belongs to a parent's partitioned index: comes and goes with it */
    bool replica_identity, clustered;
    bool views_depend; /* a view, rule or function cannot be without its constraint: it groups by the primary key */
    const char *tablespace; /* NULL: the database's own */
    const char *comment, *constraint_comment;
    const char *statistics; /* "2 500 3 100": expressions by column and their statistics targets; NULL: none set */
    int64_t bytes;          /* 0 for a partitioned one: its partitions have their own */
} Index;
typedef LIST(Index) IndexList;

typedef struct ForeignKey {
    const char *name;
    const char *definition; /* pg_get_constraintdef() */
    ObjectId from, to;      /* relations */
    NumberList columns;     /* attnums in `from` */
    NumberList to_columns;  /* attnums in `to` */
    bool deferrable, deferred, validated;
    bool inherited; /* comes from a partitioned parent's constraint */
    const char *comment;
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
    const char *sql_name; /* quoted and qualified, for use in SQL */
    char kind;            /* r table, p partitioned, v view, m materialized view, f foreign table */
    bool is_partition;
    ObjectId parent;   /* of a partition: the partitioned table, else 0 */
    bool populated;    /* false for a materialized view without rows (WITH NO DATA), which cannot be read */
    bool has_children; /* by inheritance (not partitions) */
    LIST(ObjectId) inherits; /* the tables it inherits from, which is another thing than to be a partition */
    bool row_security; /* enabled on it */
    bool heap;         /* its access method is heap: ctid ranges work */
    /* The sizes of a partitioned table are the sums over its partitions. */
    int64_t estimated_rows; /* by ANALYZE's density and today's pages; -1: not known (never analysed, a view) */
    int64_t pages;          /* of the main fork */
    int64_t bytes;          /* with TOAST, without indexes */
    int64_t index_bytes;
    const char *owner;
    /* As the connected role, USAGE of the schema included; may_select: all columns, be it one by one. */
    bool may_select, may_insert, may_update, may_delete, may_truncate, is_owner;
    bool from_extension; /* CREATE EXTENSION brings it along: nobody migrates it */
    ColumnList columns;  /* live columns in order */
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
    bool from_extension;
} Sequence;

/* What a view or materialized view reads, by itself or through the views that it stands on. */
typedef struct ViewRead {
    ObjectId view, relation;
} ViewRead;

typedef struct Routine {
    const char *schema, *name, *arguments;
} Routine;

typedef struct Catalog {
    int server_version;                                 /* 150020 */
    const char *database, *role, *encoding, *collation; /* collation: datcollate */
    bool in_recovery, superuser;
    bool may_create_schema;        /* CREATE on the database */
    bool may_create_temporary;     /* TEMPORARY on the database */
    const char *system_identifier; /* NULL when the role may not see it */
    StringList search_path;        /* current_schemas(false) */
    RelationList relations;
    LIST(Type) types;
    ForeignKeyList foreign_keys;
    LIST(Sequence) sequences;
    LIST(ViewRead) view_reads;
    LIST(Routine) routines;        /* users' own functions and procedures, not an extension's */
    StringList volatile_functions; /* names of all functions that are VOLATILE, PostgreSQL's own too, without schema */
    StringList aggregate_functions, set_returning_functions; /* names, the same way */
    int64_t large_objects;                                   /* how many; -1 when not visible */
    struct CatalogIndex *index; /* makes look-ups fast; a catalog made by hand may be without */
} Catalog;

/* Reads the server as this connection sees it: in one snapshot, or in the transaction that is under way, committed or
 * not. What another session drops meanwhile is left out. */
Catalog *catalog_load(Arena *arena, Conn *conn, Error *error);
/* Once the lists of relations and types are complete: adding to them afterwards makes it wrong. */
void catalog_build_index(Arena *arena, Catalog *catalog);

/* By qualified name, or by search_path when `schema` is NULL; NULL when there is none. */
const Relation *catalog_relation(const Catalog *catalog, const char *schema, const char *name);
const Relation *catalog_relation_by_oid(const Catalog *catalog, ObjectId oid);
/* The one is the other, or a partition of it at any depth. */
bool catalog_shares_rows(const Catalog *catalog, const Relation *relation, ObjectId other);
const Type *catalog_type(const Catalog *catalog, ObjectId oid);
const Type *catalog_type_by_name(const Catalog *catalog, const char *schema, const char *name);
/* The type below all domains; `typmod` is changed to the domain's own where it has one. */
const Type *catalog_base_type(const Catalog *catalog, ObjectId oid, int32_t *typmod);
/* Part of PostgreSQL itself: same OID, same wire form on every server. The values of reg* types name objects by oid all
 * the same. */
bool type_is_builtin(const Type *type);

/* For FROM: "ONLY …" where tables inherit from it, whose rows are not its own. */
const char *relation_own_rows(Arena *arena, const Relation *relation);
const Column *relation_column(const Relation *relation, const char *name);
const Column *relation_column_by_number(const Relation *relation, int number);
const Index *relation_primary_key(const Relation *relation);
/* The best key to walk the table by: primary key, else a valid unique btree index over NOT NULL plain columns without a
 * predicate; NULL when there is none. */
const Index *relation_walk_key(const Relation *relation);
/* A valid unique index, not deferrable and not partial, over exactly these columns in any order; NULL: there is none.
 */
const Index *relation_unique_index(const Relation *relation, const StringList *columns);
/* Of type smallint, integer or bigint itself. */
bool column_is_integer(const Column *column);
/* For "did you mean": relation names as one would write them (crm."Leads"), column names; NULL when nothing is near. */
const char *catalog_nearest_relation(Arena *arena, const Catalog *catalog, const char *name);
const char *relation_nearest_column(const Relation *relation, const char *name);
/* The relation whose spelling is `text` exactly although SQL would fold it: then the user forgot the double quotes. */
const Relation *catalog_relation_spelled(const Catalog *catalog, const char *text);
