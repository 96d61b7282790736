/* Feature flags: rehome.flag, which applications read by rehome.flag(NAME). */
#pragma once

#include "manifest/manifest.h"
#include "pg/conn.h"

typedef struct FlagState {
    const char *name;
    bool value;
    const char *migration;  /* the name of the one that brought it */
    const char *changed_at; /* UTC, as ISO 8601 */
    const char *changed_by;
} FlagState;
typedef LIST(FlagState) FlagStateList;

/* Adds what is not there yet, with its first value; a flag that is there stays as it is. With the first one every role
 * may use the schema, which opens none of its tables. */
bool flag_add(Conn *target, const Manifest *manifest, Error *error);
/* All of them, by name; none where no ledger, or an old one, is. */
bool flag_load(Arena *arena, Conn *target, FlagStateList *flags, Error *error);
/* `changed` is false when it had that value before. The flag has to be there. */
bool flag_set(Conn *target, const char *name, bool value, bool *changed, Error *error);
