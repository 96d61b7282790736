/* Where the output columns of a transform come from: which of the driving table's columns each one is made of, and
 * whether it is one of them as it stands. What reads the new table as if it were the old one goes this way back. */
#pragma once

#include "transform/functions.h"
#include "transform/scope.h"
#include "transform/transform.h"

/* For each named output of the top level. `driving_columns` are all columns of the one driving table that
 * scope_mark_driving() has marked. */
void lineage_find(Arena *arena, const Scope *scope, const Functions *functions, const StringList *driving_columns,
                  LineageList *list);
