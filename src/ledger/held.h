/* An index, constraint, foreign key or trigger that a step brings back, as JSON in rehome.step.held: enough to put it
 * back into a catalog that was read while it was away, so that planning again gives the same plan. */
#pragma once

#include "catalog/catalog.h"
#include "plan/plan.h"

/* NULL for a step that brings nothing back. */
char *held_print(Arena *arena, const Step *step, const Catalog *target);
/* Adds what the JSON describes to the catalog unless it is there. Relations that are gone are passed over. */
bool held_restore(Arena *arena, const char *json, Catalog *catalog, Error *error);
