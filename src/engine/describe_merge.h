/* What the source says about a merge: what each of its sources gives, and whether that fits together. */
#pragma once

#include "engine/engine.h"

/* Fills the sources' output, the merge's columns, and the entity's transform and output; with mistakes the transform
 * stays NULL. */
bool describe_merge(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error);
