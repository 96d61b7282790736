/* The items of `for_each`: what a manifest says once the lists of its entities are known. Pure. */
#pragma once

#include "manifest/manifest.h"

/* What the query of an entity's for_each gave. */
typedef struct ItemRows {
    const Entity *entity;
    StringList columns;
    LIST(const char *const *) rows; /* values, NULL for null */
} ItemRows;
typedef LIST(ItemRows) ItemRowsList;

bool manifest_has_lists(const Manifest *manifest);

/* A copy of the manifest in which the items stand in place of their entity, each called `entity[value of the first
 * column]`. `lists` has one element for each entity with for_each. NULL after a mistake: an empty list that may not be
 * so, a name that is null, empty or given twice, and what only now is seen to be wrong in the entity. */
const Manifest *items_fill(Arena *arena, const Manifest *manifest, const ItemRowsList *lists, Mistakes *mistakes);
