/* Verifications as the ledger keeps them: rehome.verification_pass, and the parts of one that is under way, so that
 * another process goes on where one was killed, and of the last one that ended, for the next to read only what was
 * written to. The session of `target` holds the pass: it is nobody's when that ends. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

/* A pass that was left behind and is ours now, else a new one. Older ones that nobody works on are left for good. */
bool pass_open(Arena *arena, Conn *target, int64_t migration, const char *method, const StringList *entities,
               int64_t *pass, Error *error);
typedef struct PassEnd {
    const char *state; /* passed, failed, suspect */
    const char *source_snapshot, *target_snapshot;
    int64_t parts, kept; /* kept: as another process or pass has read them */
} PassEnd;
bool pass_finish(Conn *target, int64_t pass, const PassEnd *end, Error *error);

/* One that was over as it began: it has no parts. */
typedef struct PassRecord {
    const char *method, *state;
    StringList entities, findings; /* findings: sentences */
    double percent, seconds;
    int seed;
} PassRecord;
bool pass_record(Conn *target, int64_t migration, const PassRecord *pass, Error *error);

/* A range of the heap of an entity's driving table, or of the target table. */
typedef struct PassPart {
    int number;
    const char *entity;     /* NULL: the target's */
    const char *low, *high; /* NULL: open */
    bool done;
    const char *seen;     /* snapshot_seen() of the source; NULL: not known */
    const char *versions; /* of the rows that were read: see verify/versions.h; NULL: not known */
} PassPart;

/* How a table is compared. */
typedef struct PassTable {
    int64_t pass;
    const char *relation;
    const char *identity; /* of all that decides what is summed */
    const char *moved;    /* PassMoves.moved */
    int buckets;
    StringList bounds;
    LIST(PassPart) parts;
} PassTable;
/* Fills buckets, bounds and parts; false in *known: the pass has not compared it, or not so. */
bool pass_load_table(Arena *arena, Conn *target, PassTable *table, bool *known, Error *error);
bool pass_start_table(Conn *target, const PassTable *table, Error *error);
/* Parts of the last pass of the migration that ended, if it has compared the same: they are this pass's, and none is done. */
bool pass_take_table(Conn *target, int64_t migration, const PassTable *table, bool *taken, Error *error);
/* `sums`: bucket, rows, sum, as hashed_sums() gives them. */
bool pass_finish_part(Conn *target, const PassTable *table, int number, const Result *sums, const char *seen,
                      const char *versions, Error *error);
/* The part is done if these are the versions that it has read; what they sum up to, else no row. Owned by the caller. */
Result *pass_keep_part(Conn *target, const PassTable *table, int number, const char *seen, const char *versions,
                       Error *error);
/* The sums of the parts of an entity (NULL: of the target) that are done, in the same form. Owned by the caller. */
Result *pass_sums(Conn *target, const PassTable *table, const char *entity, Error *error);
/* Texts that change whenever rows of these entities are moved, or are refused. */
typedef struct PassMoves {
    const char *moved, *refused;
} PassMoves;
bool pass_moved_last(Arena *arena, Conn *target, int64_t migration, const StringList *entities, PassMoves *moves,
                     Error *error);
