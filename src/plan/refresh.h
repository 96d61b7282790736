/* Materialised views of the target that show what was copied: which, in which order, how. */
#pragma once

#include "base/mistake.h"
#include "catalog/catalog.h"
#include "manifest/manifest.h"
#include "plan/plan.h"

/* Those that the manifest lists, each after the ones it reads. A name that is none, or stands there twice, is a
 * mistake. */
void refresh_build(Arena *arena, const Manifest *manifest, const Catalog *target, MaterialisedViewList *views,
                   Mistakes *mistakes);
/* The view shows rows of the table, by itself or through other views; what a function in it reads nobody knows. */
bool refresh_reads(const Catalog *target, const Relation *view, ObjectId table);
/* Others may read it meanwhile: it was filled before and has a unique index that tells its rows apart. */
bool refresh_is_concurrent(const Relation *view);
/* The statement; it may stand in a transaction either way. */
char *refresh_sql(Arena *arena, const Relation *view);
/* "it reads leads and companies; …": why, and how. `plan` says which tables are filled. */
char *refresh_reason(Arena *arena, const Plan *plan, const Relation *view);
/* With --only: it shows rows of a chosen entity, or of none in the manifest. */
bool refresh_is_due(const Plan *plan, const Relation *view);
