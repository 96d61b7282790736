/* The rows of a target table that keep a key from coming back: SQL that finds them. Pure.
 *
 * Each SELECT gives "rehome_part" and "rehome_place" (tableoid and ctid) and "rehome_group": of the rows of one group one
 * may stay, of those without a group none. All of the table is read, so workers of the server may help: the SELECT has
 * to be one that does not write but by CREATE TABLE AS. */
#pragma once

#include "plan/plan.h"

/* Rows whose values stand more than once. NULL: the ledger does not know what the index is made of (an older rehome
 * has held it back). */
char *offenders_of_unique(Arena *arena, const Relation *relation, const Index *index);
/* The same in two steps, of which the first sorts one number for each row and nothing else: hashes that stand more than
 * once; then, once they are in pg_temp.rehome_doubled (rehome_hash), the rows, compared by their values. A hash is the
 * same for equal values by the type's own "=" alone, so NULL for an index with another one, or one to which NULLs are
 * equal. Needs a server from PostgreSQL 14. */
char *offenders_doubled_hashes(Arena *arena, const Relation *relation, const Index *index);
char *offenders_of_hashes(Arena *arena, const Relation *relation, const Index *index);
/* Pairs of rows that may not stand together: part, place, other_part, other_place, each pair from both sides. Quick
 * once an index without the constraint is there: index->definition. NULL as above. */
char *offenders_pairs(Arena *arena, const Relation *relation, const Index *index);
/* Rows of these pairs, once they are in pg_temp.rehome_pair; all in one group, although several may stay. */
char *offenders_of_exclusion(Arena *arena, const Relation *relation);
/* Rows whose parent is missing. */
char *offenders_of_foreign_key(Arena *arena, const Catalog *target, const ForeignKey *key);
/* Names of the key's columns in the table that refers, and in the one that is referred to. */
StringList offenders_columns(Arena *arena, const Relation *relation, const NumberList *numbers);
