/* What becomes of an entity whose manifest was changed after some of its rows were moved. */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

#include <stdint.h>

typedef enum ChangeRemedy {
    CHANGE_CUT_ANEW, /* nothing was moved yet */
    CHANGE_EMPTY,    /* the table was empty and holds only rows of entities that were changed: they go, and all these
                        entities begin anew */
    CHANGE_AGAIN,    /* an upsert: every chunk is moved again over what is there */
    CHANGE_REFUSE    /* old and new rows would be mixed */
} ChangeRemedy;

typedef struct Change {
    int64_t done, chunks; /* under the old version */
    int64_t written;      /* into its table, by all entities of the migration */
    int64_t others;       /* entities of all migrations that have filled the table and are not changed themselves */
    int64_t rows;         /* in the table now */
    bool finished;        /* the migration was done once: others may rely on its rows */
    bool touches_others;  /* removing a row would change other tables: ON DELETE actions, triggers */
} Change;

/* Pure: decides. */
ChangeRemedy change_remedy(const EntityPlan *entity, const Change *change);
/* Pure: the SQL that empties these tables together, in the caller's transaction. Foreign keys from and to them that came
 * back after an earlier copy go first; a run brings them back again. */
char *change_emptying(Arena *arena, const Plan *plan, const Relation *const *tables, size_t count);
/* Compares the entities with what the ledger remembers of them and does what has to be done, in the caller's transaction;
 * `notes` gets what people should know of it. */
bool change_apply(Arena *arena, Conn *target, int64_t migration, const Plan *plan, StringList *notes, Error *error);
