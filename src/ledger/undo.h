/* What rollback needs, in the ledger: rehome.undo has one row for each thing to undo, and tables rehome.undo_… keep
 * rows as they were. Everything here runs in the transaction of what will be undone. */
#pragma once

#include "base/error.h"
#include "pg/conn.h"
#include "plan/plan.h"

#include <stdint.h>

/* "undo_leads_1f2e3d4c": the table that keeps rows of this one, with its columns as they are now. Pure. */
char *undo_images_name(Arena *arena, const Relation *relation);
/* The columns whose values rollback compares and restores: all but computed ones. Pure. */
StringList undo_columns(Arena *arena, const Relation *relation);
/* A bigint of these columns of the row `alias`: the same text, the same hash. Pure. */
char *undo_hash(Arena *arena, const char *alias, const char *const *columns, size_t count);

/* Makes the tables that the plan's entities will need, unless they are there. */
bool undo_install(Arena *arena, Conn *target, const Plan *plan, Error *error);

/* One row of rehome.undo. */
typedef struct UndoEntry {
    int64_t migration, chunk, run; /* 0: none */
    const char *kind, *step, *entity;
    const char *relation; /* quoted and qualified */
    const char *images;   /* NULL: no rows are kept */
    const StringList *columns, *key;
    const char *before, *action; /* JSON; SQL; NULL */
} UndoEntry;
bool undo_add(Arena *arena, Conn *target, const UndoEntry *entry, int64_t *id, Error *error);
/* How many rows the entry is about. */
bool undo_count(Arena *arena, Conn *target, int64_t id, int64_t inserted, int64_t updated, Error *error);

/* A script has added rows to a table that is not ours: those of this transaction are recorded, `rows` of them. False in
 * *all: it wrote others too, under savepoints of its own. */
bool undo_keep_added(Arena *arena, Conn *target, UndoEntry entry, int64_t rows, bool *all, Error *error);

/* Before a READY step removes rows: keeps them. Nobody else writes the table until the transaction ends. */
bool undo_keep_replaced(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error);
/* Before rows `t` of a table are deleted by the condition `where`: keeps them, as rows that were replaced. Makes the table that keeps them
 * where there is none yet. */
bool undo_keep_deleted(Arena *arena, Conn *target, UndoEntry entry, const Relation *into, const char *where,
                       Error *error);
/* Where the sequence of a column stands, as JSON; NULL: it has none, or one that the role may not read. */
bool undo_look_at_sequence(Arena *arena, Conn *target, const Relation *table, const Column *column, const char **sequence, char **standing, Error *error);
/* Before the first row comes: where the sequences of the table's columns stand. */
bool undo_keep_sequences(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error);
/* Before a materialised view is refreshed: whether it had rows. */
bool undo_keep_view(Arena *arena, Conn *target, int64_t migration, const Step *step, Error *error);
