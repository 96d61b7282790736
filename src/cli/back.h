/* The way back in a line: what `rehome rollback` would undo, by names and counts, as the ledger has it. */
#pragma once

#include "pg/conn.h"

#include <stdint.h>

bool back_load(Arena *arena, Conn *target, int64_t migration, const char **back, Error *error);
/* Pure. */
typedef struct BackPart {
    const char *kind, *relation; /* of rehome.undo */
    int64_t inserted, updated, entries;
} BackPart;
typedef LIST(BackPart) BackPartList;
char *back_text(Arena *arena, const BackPartList *parts);
