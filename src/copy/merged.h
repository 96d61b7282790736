/* The SQL that keeps the books of a merge: which rows were set aside, on what sources disagree, and how many rows each
 * gave. Pure, like statement.h. Everything a merge reads it reads whole: there is no KeySet. */
#pragma once

#include "plan/plan.h"

/* SELECT of what goes into rehome.reject's columns (merged_reject_columns): one row per row of a source. */
char *merged_rejects(Arena *arena, const EntityPlan *entity, long long migration, long long chunk);
extern const char merged_reject_columns[];
/* SELECT of what goes into rehome.conflict's columns (merged_conflict_columns): one row per key and column. NULL: there
 * is no column but the key. */
char *merged_conflicts(Arena *arena, const EntityPlan *entity, long long migration, long long chunk);
extern const char merged_conflict_columns[];
/* One row: how many rows the transform of a source gives. */
char *merged_count(Arena *arena, const GatheredEntity *source);
