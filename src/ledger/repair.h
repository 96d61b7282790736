/* Rows that a verification found to differ and that are planned to be put right: rehome.repair. Whoever puts one right
 * takes it out in the same transaction, so a repair that was killed goes on with what is left. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

/* Of one entity: how many rows, by kind. */
typedef struct RepairCount {
    const char *entity;
    int64_t missing, different, extra;
    const char *why; /* one of the reasons for which some were left; NULL: none was tried in vain */
} RepairCount;
typedef LIST(RepairCount) RepairCountList;

typedef struct RepairRow {
    const char *id;
    StringList key;     /* of the target's row, in the order of the entity's key; empty: rows have none */
    StringList driving; /* of the driving row; empty: not known */
    const char *why;    /* it was left; NULL: it was not tried in vain */
} RepairRow;
typedef LIST(RepairRow) RepairRowList;

/* One process repairs a migration at a time: the lock is the session's. `wait`: until it is ours; else *ours says. */
bool repair_lock(Conn *target, int64_t migration, bool wait, bool *ours, Error *error);
bool repair_forget(Conn *target, int64_t migration, Error *error);
bool repair_counts(Arena *arena, Conn *target, int64_t migration, RepairCountList *counts, Error *error);
/* At most `limit` rows of an entity behind id `after`: the extra ones, or the others. */
bool repair_page(Arena *arena, Conn *target, int64_t migration, const char *entity, bool extra, int64_t after,
                 int64_t limit, RepairRowList *rows, Error *error);
/* In the transaction that puts them right. `ids`: an array literal. */
bool repair_done(Conn *target, const char *ids, Error *error);
bool repair_left(Conn *target, const char *ids, const char *why, Error *error);
