/* Which columns of which old tables the migration reads, and whether their values are given on or only asked for.
 *
 * Of entities that are not selected, too, as far as their texts tell. What nobody understands is taken to read all of
 * its driving table; what a view reads is taken to be read as a whole. */
#pragma once

#include "plan/plan.h"

typedef struct TableUse {
    const Relation *relation;
    bool everything;
    bool below; /* rows of its partitions and of tables that inherit from it, too */
    StringList columns, given;
} TableUse;
typedef LIST(TableUse) TableUseList;

typedef enum ColumnUsed {
    COLUMN_UNUSED,
    COLUMN_USED, /* in a condition, a join, an order */
    COLUMN_GIVEN /* its value goes on */
} ColumnUsed;

void uses_find(Arena *arena, const Plan *plan, TableUseList *uses);
/* By itself, not by way of a table above it. */
const TableUse *uses_of(const TableUseList *uses, const Relation *relation);
/* A partitioned table above it, or a table that it inherits from, is read with the rows below it. */
bool uses_reach(const Catalog *catalog, const TableUseList *uses, const Relation *relation);
ColumnUsed uses_column(const Catalog *catalog, const TableUseList *uses, const Relation *relation, const char *column);
