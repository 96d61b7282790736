/* What a script or a step makes on the target besides rows that are counted: found by looking at the catalog before and
 * after, inside its transaction, and recorded there with the SQL that drops it. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"

#include <stdint.h>

typedef struct ObjectsRequest {
    int64_t migration;  /* 0: a rehearsal, nothing is recorded */
    const char *step;   /* its name in the ledger */
    const char *title;  /* for people: the file */
    StringList *made;       /* in a rehearsal: names of what was made so far, and is made now */
    StringList *touched;    /* in a rehearsal: tables that were there and got other rows */
    StringList *not_undone; /* in a rehearsal: what rollback cannot undo; in the ledger it is a note */
} ObjectsRequest;

/* In the open transaction. A role that may not make temporary tables has nothing recorded but a note of it. */
bool objects_before(Conn *target, Error *error);
bool objects_after(Arena *arena, Conn *target, const ObjectsRequest *request, Error *error);
