/* What one level does with the rows of its FROM. */
#pragma once

#include "transform/functions.h"
#include "transform/scope.h"

typedef struct LevelShape {
    bool grouped;       /* GROUP BY */
    bool aggregated;    /* aggregates or HAVING */
    bool grouping_sets;
    bool windowed;
    bool set_returning; /* in the select list */
    bool distinct, distinct_on;
    bool limited;
    bool filtered;      /* WHERE or HAVING */
    bool locked;        /* FOR UPDATE, FOR SHARE */
    bool joined;        /* its FROM has more than one item */
} LevelShape;

LevelShape shape_of(const Scope *scope, const Level *level, const Functions *functions);
