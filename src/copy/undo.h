/* What a chunk records so that rollback can undo it, in the chunk's own transaction.
 *
 * Rows are told by the transaction that wrote them: the mark in rehome.undo has the same xmin. So whoever writes rows
 * under a savepoint of its own sets a mark under it. Of a table that was empty that is all. Where others have rows too,
 * the keys of rows that are inserted are noted, and rows that an upsert changes are locked and kept as they are; how many
 * it changes has to be how many were kept: else somebody came in between, and the chunk is tried again. */
#pragma once

#include "copy/images.h"
#include "copy/mover.h"

/* Runs statement_insert() over the rows, and records what it writes where the entity is UNDO_ROWS. */
bool undo_insert(Arena *arena, const Move *move, const UndoRows *rows, int64_t *affected, Error *error);
/* When rows are written that are known by their transaction (UNDO_EMPTY, or `undo_marks`), in the same subtransaction; nothing for others. */
bool undo_mark(Arena *arena, const Move *move, Error *error);
/* The same as SQL, ended by a semicolon, "" for others: where a statement more for each try would cost too much. */
char *undo_mark_sql(Arena *arena, const Move *move);
/* Whether the rows have to be staged first: what they will meet is looked at before they are written. */
bool undo_stages(const EntityPlan *entity);
