/* Beside each column of the target the one that it comes from, with what they hold, so that a mapping that is wrong is seen at a
 * glance; and whether the old value can be had back from the new one. */
#pragma once

#include "assess/contents.h"
#include "ledger/ledger.h"
#include "plan/plan.h"

typedef enum Comeback {
    COMEBACK_BY_TYPE, /* every value of the old type comes back from the new one */
    COMEBACK_COUNTED, /* see `changed` */
    COMEBACK_UNKNOWN  /* it is made of no column or of several, or its rows cannot be told apart */
} Comeback;
const char *comeback_name(Comeback comeback);

typedef struct Profile {
    const char *column; /* of the target */
    const char *from;   /* the one column of the driving table that it is made of; NULL: there is no such column */
    bool computed;      /* by more than casts */
    bool hidden;        /* `redact:`: its values are not told */
    CastClass cast;
    ColumnContents before, after;
    Comeback comeback;
    int64_t changed;     /* values that do not come back */
    const char *example; /* the key of one, as JSON; NULL: none */
    StringList odd;      /* what a person should look at */
} Profile;
typedef LIST(Profile) ProfileList;

typedef struct ProfileRequest {
    const EntityPlan *entity; /* on shadows */
    const Catalog *source, *target;
    Conn *from, *to; /* in the transactions in which its rows were read and written */
    const ChunkRangeList *ranges; /* those that were looked at; NULL: everything */
    const char *first, *last;     /* marks before and behind what the entity has written */
} ProfileRequest;

/* A mark: rows that are written after it can be told from those before it. */
bool profile_mark(Arena *arena, Conn *target, const char **mark, Error *error);
/* What cannot be asked stays unknown. */
bool profile_load(Arena *arena, const ProfileRequest *request, ProfileList *profiles, Error *error);
/* Fills `odd`. Pure. */
void profile_judge(Arena *arena, Profile *profile);
