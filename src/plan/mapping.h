/* Which output column fills which target column, and how: by exact name, each with its cast and its bytes for
 * verification. */
#pragma once

#include "plan/plan.h"

typedef struct MappingRequest {
    const char *entity;
    Place place;      /* of the SELECT whose output it is */
    const GatheredMerge *merge; /* then columns have places of their own; NULL: no merge */
    const char *what; /* "transform", "load": for messages */
    const Catalog *from, *to;
    const OutputColumnList *output;
    const Relation *into;
    bool staged;        /* the output is staged for `load`: columns that the target does not have are text */
    bool same_database; /* `from` and `to` are one database */
} MappingRequest;

void mapping_build(Arena *arena, const MappingRequest *request, MappingList *mappings, Mistakes *mistakes);
/* Mistakes for the columns of the target that have to be given and are not. */
void mapping_check_complete(const MappingRequest *request, const MappingList *mappings, Mistakes *mistakes);

/* The mapping of this column; NULL: it is not mapped. */
Mapping *mapping_find(const MappingList *mappings, const char *name);
/* Verification can compare the column on both sides. NULL, and a staged column that is not the target's: no. */
bool mapping_is_compared(const Mapping *mapping);
/* The mappings that fill the target: load's output where there is a load, else the transform's. */
MappingList *mapping_of_target(EntityPlan *plan);
const MappingList *mapping_to_target(const EntityPlan *plan);
