/* Pieces of the functions behind a view that PostgreSQL cannot write through by itself.
 *
 * A row that is updated or deleted goes through two triggers. The first notes which version of the target's row the
 * statement has seen (compat_seen.c); the second locks the row, compares, and writes (compat_trigger.c). */
#pragma once

#include "plan/compat.h"

/* What the view is called in errors, and its `where`; NULL: it shows all rows. */
const char *compat_title(const CompatView *view);
const char *compat_where(const CompatView *view);
/* The function's head: as the copy saw the world. */
void compat_add_settings(Text *sql, const CompatView *view);
void compat_add_refusal(Text *body, const char *message, const char *hint);
/* The hint of most refusals. */
const char *compat_write_there(const CompatView *view, Arena *arena);
/* NEW."name" IS DISTINCT FROM OLD."name", as text where the type has no equality. */
char *compat_differs(Arena *arena, const CompatOld *old, const char *left, const char *right);
/* What the transform makes of `row` (NEW, OLD), into a record. */
void compat_add_transformed(Text *body, const CompatView *view, const char *row, const char *record);
/* One INSERT of "rehome_new", into "rehome_row"; `conflict` is its ON CONFLICT clause or "". */
void compat_add_insert(Text *body, const CompatView *view, const char *conflict);

/* ---- the row that a statement has seen, and the one that is there ---- */

/* The name of the first trigger's function. */
char *compat_seen_function(Arena *arena, const CompatView *view);
/* CREATE FUNCTION and CREATE TRIGGER; nothing where no row can be found again. */
void compat_add_seen(Text *sql, const CompatView *view);
/* t."id" = OLD."id"::bigint AND …, after what it needs of the transform has been made. */
void compat_add_key_constants(Text *body, const CompatView *view);
void compat_add_key(Text *body, const CompatView *view);
/* Locks the row and brings OLD and NEW up to what it is now; a conflict is a serialization failure. */
void compat_add_lock(Text *body, const CompatView *view);
/* Deletes the row, unless it is another one now. */
void compat_add_delete(Text *body, const CompatView *view);

/* ---- a row that becomes one with another source's ---- */

/* The INSERT of a view over a merge. */
void compat_add_merging(Text *body, const CompatView *view);
