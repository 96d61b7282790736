/* What a chunk records so that rollback can undo it, in the chunk's own transaction.
 *
 * Rows of a table that was empty are told by the transaction that wrote them: the mark in rehome.undo has the same xmin.
 * So whoever writes rows under a savepoint of its own sets a mark under it. Where others have rows too, the rows that an
 * upsert is about to change are locked and kept as they are, the upsert gives back what it wrote, and how many rows it
 * changed has to be how many were kept: else somebody came in between, and the chunk is tried again. */
#pragma once

#include "copy/mover.h"

typedef struct UndoRows {
    const char *select; /* the rows, in the target's types */
    const char *read;   /* the same, for when they are written: it may count what it reads; NULL: `select` */
    const char *met;    /* a table that gets the keys of rows that an upsert writes; NULL: none */
} UndoRows;

/* Runs statement_insert() over the rows, and records what it writes where the entity is UNDO_ROWS. */
bool undo_insert(Arena *arena, const Move *move, const UndoRows *rows, int64_t *affected, Error *error);
/* When rows are written that are known by their transaction (UNDO_EMPTY, or `undo_marks`), in the same subtransaction; nothing for others. */
bool undo_mark(Arena *arena, const Move *move, Error *error);
/* The same as SQL, ended by a semicolon, "" for others: where a statement more for each try would cost too much. */
char *undo_mark_sql(Arena *arena, const Move *move);
/* Whether the rows have to be staged first: what they will meet is looked at before they are written. */
bool undo_stages(const EntityPlan *entity);

/* Pure, for reading and testing. */
char *undo_images_insert(Arena *arena, const EntityPlan *entity, const char *select, int64_t id);
char *undo_recorded_insert(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id);
