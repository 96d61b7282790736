/* Whether the rows of a transform are the union of its rows for each part of the driving table, and how many rows one driving row gives.
 *
 * The judge follows the driving table's rows from its FROM outwards to the top level, and looks at each level on the way: what it passes on row
 * by row may be narrowed, what looks at several rows at once may not. */
#pragma once

#include "transform/functions.h"
#include "transform/scope.h"
#include "transform/transform.h"

/* The driving key as a level sees it: "alias"."name", … */
typedef struct KeyTrace {
    bool visible;
    const char *alias;
    StringList names;
} KeyTrace;

typedef struct Judgement {
    const char *why_not; /* NULL: may be narrowed */
    Yield yield;
    KeyTrace trace;      /* at the top level, among what its select list may name */
    bool can_add_column; /* a further column in the top level's select list changes nothing else */
} Judgement;

/* `driving` is the only reference to the driving table. */
Judgement judge_item(const Scope *scope, const Item *driving, const TransformRequest *request, const Functions *functions);
