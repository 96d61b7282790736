/* The plan of a run in which nothing of the target is touched: each table that an entity fills has a shadow, a temporary
 * table with the same columns, constraints, keys and rows, and everything else of the plan speaks of the shadows.
 *
 * What moves rows and what brings keys back do their work on it as they would on the tables themselves, so what they
 * refuse there is what they would refuse. A shadow has no triggers. Building it is pure; shadow_make() makes the tables. */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

#define SHADOW_PREFIX "rehome_shadow_"
#define SHADOW_BOUNDS "~~rehome_shadow_bounds" /* the CHECK for the bounds of a partition: PostgreSQL names none */

typedef struct ShadowTable {
    const Relation *real, *relation; /* of both catalogs, under one oid */
    bool is_parent; /* no entity fills it: it has the columns that keys of others refer to, and no more */
    bool has_rows;  /* those of the real table are there when the first row is moved */
} ShadowTable;

/* What is called otherwise in a shadow. */
typedef struct ShadowName {
    const char *real, *shadow;
} ShadowName;
typedef LIST(ShadowName) ShadowNameList;

typedef struct Shadow {
    const Plan *real;
    Plan *plan; /* EntityPlans stand in the same order */
    LIST(ShadowTable) tables;
    ShadowNameList relations;   /* tables and partitions, as messages name them */
    ShadowNameList constraints; /* indexes whose name another shadow's index has already; the bounds of a partition have none */
    StringList open;     /* names of steps that are still to be done */
    StringList deferred; /* names of constraints that are initially deferred */
    StringList notes;    /* what a shadow does otherwise than its table */
} Shadow;

/* `open`: names of steps that are still to be done. */
Shadow *shadow_build(Arena *arena, const Plan *plan, const StringList *open);
/* A view or a foreign table has none. */
bool shadow_is_possible(const Relation *relation);
const ShadowTable *shadow_of(const Shadow *shadow, const Relation *real);
/* Whether a step of the plan brings it back, so that it is not there while rows come. */
bool shadow_holds_index(const Shadow *shadow, const Index *index);
bool shadow_holds_foreign_key(const Shadow *shadow, const ForeignKey *key);

/* What the server said, as it would say it of the real tables. */
char *shadow_reveal(Arena *arena, const Shadow *shadow, const char *message);

/* Makes the tables with what they have while rows come, in the open transaction. The real ones are only read. */
bool shadow_make(Arena *arena, Shadow *shadow, Conn *target, Error *error);
