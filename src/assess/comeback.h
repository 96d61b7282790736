/* Which old values cannot be had back from the new ones: counted on the source, over the rows that a run would write. */
#pragma once

#include "ledger/ledger.h"
#include "plan/plan.h"

typedef struct ComebackColumn {
    const Mapping *mapping;
    const Column *old;   /* of the driving table */
    bool counted;        /* false: it could not be */
    int64_t changed;
    const char *example; /* the key of a row whose value does not come back, as JSON; NULL: there is none */
} ComebackColumn;
typedef LIST(ComebackColumn) ComebackColumnList;

/* Whether the driving row of each row can be found by the key that the transform shows. */
bool comeback_is_possible(const EntityPlan *entity);
/* Numbers are compared as numbers and moments as moments, everything else as text. `ranges`: of the driving key; NULL: everything. */
bool comeback_count(Arena *arena, const EntityPlan *entity, const Catalog *source, const ChunkRangeList *ranges, Conn *conn,
                    ComebackColumnList *columns, Error *error);
