/* The SQL of a merge: several sources, of whose rows those with the same key become one.
 *
 *     SELECT one value a column FROM (SELECT s.*, ranks FROM (source 1 UNION ALL source 2 …) AS s) AS s GROUP BY key
 *
 * Rows are in one order: by source, then by its driving key, and where that does not tell rows apart by their text.
 * Each rule is a rank over the rows of a key, and the value is that of the row with the least (or greatest) rank that
 * has one:
 *
 *     (array_agg(phone))[array_position(array_agg(rank), min(rank) FILTER (WHERE phone IS NOT NULL))]
 *
 * Aggregates of one level see the rows in one order, whatever it is, so the two arrays fit together; no aggregate has
 * to sort. Pure. */
#pragma once

#include "plan/plan.h"

/* ---- for whoever gathers ---- */

/* The first `count` sources one below the other, all columns or one of them: to be described by the server. */
char *merge_union(Arena *arena, const GatheredMerge *merge, size_t count, const char *column);
/* The column of a source's output; NULL: it does not give it. */
const OutputColumn *merge_column(const OutputColumnList *columns, const char *name);
/* All columns that the sources give, in the order in which they come first, with the type of whoever gives them first.
 */
void merge_list_columns(Arena *arena, GatheredMerge *merge);
/* Where the SQL stands that gives the column first; the merge's own place when nobody gives it. */
Place merge_place(const GatheredMerge *merge, const char *column);

/* ---- the rows ---- */

/* The merged rows: one per key. Rows without a key and those that an `error` rule takes are not among them. */
char *merge_select(Arena *arena, const GatheredMerge *merge);

/* ---- parts of it, for what is written about the rows: "s" is a row of a source ---- */

/* The rows of all sources, each with rehome_source (a number from 1), the driving key as texts rehome_key_1 … and what
 * they are ordered by. */
void merge_add_rows(Text *sql, const GatheredMerge *merge);
/* SELECT of one row per key, from `rows`: its columns, then `more`. `alone`: a row without a key is a row of its own,
 * told from others by its column rehome_row. */
void merge_add_groups(Text *sql, const GatheredMerge *merge, const char *rows, const char *more, bool alone);
/* The key as GROUP BY and joins compare it: s."email" COLLATE "C", s."region"; each called NAME1, NAME2 … unless `name`
 * is NULL. */
void merge_add_key(Text *sql, const GatheredMerge *merge, const char *alias, const char *name);
/* s."email" IS NOT NULL AND …, or its contrary. */
void merge_add_has_key(Text *sql, const GatheredMerge *merge, const char *alias, bool has);
/* True when the values of a key are not the same text; null when there is none. */
char *merge_differs(Arena *arena, const GatheredMerge *merge, const char *column);
/* The rule of a column; MERGE_FIRST where the manifest says nothing. */
MergeRule merge_rule(const GatheredMerge *merge, const char *column);
bool merge_is_key(const GatheredMerge *merge, const char *column);
/* ORDER BY … of the rows of a key: the row that wins comes first. */
void merge_add_order(Text *sql, const GatheredMerge *merge, const MergeRule *rule);

/* Reasons of rejects: rows without a key, and those of a column with the rule `error`. */
#define MERGE_NO_KEY   "no_key"
#define MERGE_CONFLICT "conflict:"
/* Every test that sets rows of a merge aside, in the order in which they count: the manifest's rules, the merge's own
 * (over the columns rehome_no_key and rehome_conflict_N of "q"), then values that would lose something. */
RejectTestList merge_reject_tests(Arena *arena, const EntityPlan *entity);
/* The columns that the merge's own tests look at, for merge_add_groups(). */
char *merge_flags(Arena *arena, const GatheredMerge *merge);
