/* SQL that keeps rows as they are before an upsert changes them, and notes those that are written. Pure.
 *
 * Of a row that is changed its image says that, and of one that is inserted its key. That they are as we wrote them is
 * told by their transaction, which is that of the row of rehome.undo (rehome_hash is 0), or where a table does not show
 * it, by a hash. */
#pragma once

#include "plan/plan.h"

typedef struct UndoRows {
    const char *select; /* the rows, in the target's types */
    const char *read;   /* the same, for when they are written: it may count what it reads; NULL: `select` */
    const char *met;    /* a table that gets the keys of rows that an upsert writes; NULL: none */
    int64_t count;      /* how many there are; 0: not known */
} UndoRows;

enum { IMAGES_SAMPLE = 100, IMAGES_MOST_PACKED = 500000 };

/* What the upsert compares is not known before: then every row that is met is kept, changed or not, and each that is
 * written is noted. */
bool images_keep_all(const EntityPlan *entity);
/* Each row that is kept is one that is changed, and is noted by that. */
bool images_note(const EntityPlan *entity);

/* Keeps the rows that will be changed, and locks them. */
char *images_keep(Arena *arena, const EntityPlan *entity, const char *select, int64_t id);
/* Of some of the rows, how many change one that is there. */
char *images_sample(Arena *arena, const EntityPlan *entity, const char *select);
/* Whether keys of these rows are noted many in one row, in rehome.inserted_keys: that costs least, but takes memory.
 * Then what writes rows gives one number, how many it has noted; nothing for none. */
bool images_pack(const EntityPlan *entity, const UndoRows *rows);
/* Writes all rows; when those that are changed were kept. Affects those that it notes: of images_note() the inserted.
 */
char *images_write(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id);
/* The same where every row changes one that was kept: nothing is left to note. */
char *images_write_changes(Arena *arena, const EntityPlan *entity, const UndoRows *rows);
/* Writes those rows that change none, and locks and counts those that are to be changed. */
char *images_write_new(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id);
/* Keeps and changes these in one statement. */
char *images_change(Arena *arena, const EntityPlan *entity, const UndoRows *rows, int64_t id);
/* Where all rows that are met were kept, how many of them were changed. */
char *images_count_changed(Arena *arena, const EntityPlan *entity, int64_t id);

/* A sequence of the session's own, by which the upsert counts rows that it changes, or where all are kept those that it
 * meets. */
extern const char images_counter[];
