/* Some rows of one entity in the target's open transaction. */
#pragma once

#include "ledger/repair.h"
#include "repair/repair.h"
#include "repair/variant.h"

/* What is under way for one entity. */
typedef struct Mending {
    Session *session;
    Snapshot *snapshot; /* of the source, no older than the transaction; NULL inside one database */
    Repair *done;
    Variant variant;
    bool replaces; /* last resort: the rows that are there are deleted first, because they stand in each other's way */
} Mending;

/* Writes what the transform gives for these rows now; or deletes them. What the server refuses is halved until it is one row, which
 * is left with the reason. False only for what is nobody's data's fault. */
bool page_write(Arena *arena, Mending *mending, const RepairRow *rows, size_t count, Error *error);
bool page_delete(Arena *arena, Mending *mending, const RepairRow *rows, size_t count, Error *error);
/* Both without a way back: the first refusal is the error, and constraints that can wait do so. */
bool page_try(Arena *arena, Mending *mending, bool extra, const RepairRow *rows, size_t count, Error *error);
/* Before a page: nobody else is at the entity, and it is written as it was copied. */
bool page_begin(Arena *arena, const Mending *mending, Error *error);
/* Behind it: what was done since `before` is told beside the books, which are those of the run. */
bool page_tell(Arena *arena, const Mending *mending, const Repair *before, Error *error);
