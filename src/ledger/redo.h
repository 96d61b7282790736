/* What the ledger knows of rejects that are tried again: which, as pages of keys, and that they were. */
#pragma once

#include "ledger/reject.h"

typedef struct RedoKey {
    const char *json;
    const char *const *values; /* in the order of the names asked for */
    int64_t rows;              /* how many rejects have it: all of them go */
    int64_t attempts;          /* the most of them */
} RedoKey;
typedef LIST(RedoKey) RedoKeyList;

/* Nobody else tries rejects of the entity again while this transaction lasts. NULL in *fingerprint: it is not in the
 * ledger. */
bool redo_lock(Arena *arena, Conn *target, int64_t migration, const char *entity, const char **fingerprint,
               const char **into, Error *error);
/* The rejects there are: of those that come later an id is greater. */
bool redo_last(Conn *target, int64_t migration, int64_t *id, Error *error);
/* A page of rejects that the filter means, as ids; `parents` not NULL: those that were parked under a row of these
 * entities (an array literal) that is no reject any more. */
bool redo_pick(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, const char *parents,
               StringList *ids, Error *error);
/* Their keys, with all rejects that have one of them; what has no key of these columns is left out. */
bool redo_keys(Arena *arena, Conn *target, int64_t migration, const char *entity, const StringList *ids,
               const StringList *columns, RedoKeyList *keys, Error *error);
bool redo_drop(Conn *target, int64_t migration, const char *entity, const RedoKeyList *keys, int64_t *rows,
               Error *error);
/* Those among them that are rejects of `chunk` now. */
bool redo_count(Conn *target, int64_t migration, const char *entity, int64_t chunk, const RedoKeyList *keys,
                Error *error);
bool redo_mend(Conn *target, int64_t migration, const char *entity, const char *fingerprint, Error *error);
/* Rows came into this table after its copy. */
bool redo_reopen(Conn *target, int64_t migration, const char *into, Error *error);
