/* What has happened: the schema `rehome` in the target, the only state there is.
 *
 * Created by the first command that writes, upgraded by numbered scripts (src/sql/ledger/upgrade_*.sql). People query
 * it: tables and columns carry comments in the database. Everything here runs on a target connection; what must commit
 * together is called inside the caller's transaction. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"
#include "ledger/difference.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Creates or upgrades the schema, in the transaction that is open or in one of its own. Takes an advisory lock, so that
 * two processes may do it at once. */
bool ledger_install(Conn *target, Error *error);
/* False in *installed: there is no ledger (nothing was ever run). A ledger newer than this program is ERROR_STATE. */
bool ledger_is_installed(Conn *target, bool *installed, Error *error);

/* For what only reads: a ledger of an older version, which a run brings up to date, is ERROR_STATE. */
bool ledger_insist_on_current(Conn *target, Error *error);

/* The migration's id: name and parameter values together say which migration it is. 0 when it was never run. */
bool ledger_find(Arena *arena, Conn *target, const Manifest *manifest, int64_t *migration, Error *error);
/* Makes it known, with the key of its tokens and the flags that are not there yet. */
bool ledger_register(Arena *arena, Conn *target, const Manifest *manifest, int64_t *migration, Error *error);
/* ERROR_STATE while a rollback of the migration (0: none yet) is not finished. */
bool ledger_refuse_rolling_back(Conn *target, int64_t migration, Error *error);
/* What a rollback has left alone is nobody's any more once a run begins anew. */
bool ledger_discard_left(Arena *arena, Conn *target, int64_t migration, Error *error);
/* Serialises the beginning and the proof of runs of one migration, before it is in the ledger too: held by the session
 * until released. */
bool ledger_lock_setup(Conn *target, const Manifest *manifest, Error *error);
bool ledger_unlock_setup(Conn *target, const Manifest *manifest, Error *error);

/* What earlier runs decided, so that planning again gives the same plan. */
typedef struct EntityState {
    const char *name, *fingerprint, *state; /* state: pending, copying, copied, failed */
    const char *into_schema, *into_name;
    const char *way, *method;
    bool was_empty;
    bool prepared; /* its table's indexes are held back by now, if they are */
    int64_t chunks, chunks_done, driving, read, written, unchanged, merged, filtered, rejected;
    double rows_estimated;
    const char *error;
} EntityState;
typedef LIST(EntityState) EntityStateList;
bool ledger_entities(Arena *arena, Conn *target, int64_t migration, EntityStateList *entities, Error *error);

/* Puts what steps hold back (indexes, constraints, foreign keys that will come back) into a freshly loaded target
 * catalog. */
bool ledger_patch_catalog(Arena *arena, Conn *target, int64_t migration, Catalog *catalog, Error *error);

/* Writes entities and steps of the plan that are not there yet; failed steps become pending again. An entity whose
 * fingerprint changed begins anew where that is safe (change.h), which `notes` tells people, else it is ERROR_STATE. */
bool ledger_plan(Arena *arena, Conn *target, int64_t migration, const Plan *plan, StringList *notes, Error *error);
/* ERROR_STATE naming `entity`: the process works by a manifest that another process has replaced meanwhile. */
bool ledger_refuse_outdated(const char *entity, Error *error);
/* Refuses when some entity of the plan has another fingerprint by now. */
bool ledger_insist_on_plan(Conn *target, int64_t migration, const Plan *plan, Error *error);

/* ---- steps and chunks ------------------------------------------------------------------------------------------ */

typedef struct ClaimedStep {
    const char *name, *kind, *entity, *action; /* action: SQL; NULL: the engine knows what to do */
} ClaimedStep;

typedef struct ClaimedChunk {
    int64_t id;
    const char *entity;
    KeySetKind kind;
    const char *const *low, *const *high;
    int64_t estimated_rows;
    const char *fingerprint; /* of the entity as the ledger has it: another one than the plan's means that somebody
                                planned anew */
    bool last_few;           /* fewer chunks are left than the migration has workers: worth cutting in two */
} ClaimedChunk;

/* The books of a chunk; see DESIGN: read = written + unchanged + merged + filtered + rejected. */
typedef struct Books {
    int64_t driving, read, written, unchanged, merged, filtered, rejected, bytes;
    int64_t refused; /* of those rejected: by a server and not by a rule */
    bool summed;      /* row_sum is that of all rows that were written: copy/row_sum.h */
    uint64_t row_sum;
} Books;
/* Those of both parts of a chunk. */
void books_add(Books *sum, const Books *more);

/* The steps that workers of one process take: those of its plan, which --only may have narrowed, but verification and
 * the checks after it. */
typedef struct LedgerScope {
    int64_t migration;
    const char *steps; /* their names as an array literal; NULL: all of the migration */
    int workers;
} LedgerScope;
LedgerScope ledger_scope(Arena *arena, int64_t migration, const Plan *plan, int workers);

/* In the caller's open transaction: locks one ready step or chunk that nobody else holds (SKIP LOCKED). NULL in *step /
 * *chunk: none. `resting`, an array literal of names or ids, are left alone. */
bool ledger_claim_step(Arena *arena, Conn *target, const LedgerScope *scope, const char *resting, ClaimedStep **step,
                       Error *error);
bool ledger_claim_chunk(Arena *arena, Conn *target, const LedgerScope *scope, const char *resting,
                        ClaimedChunk **chunk, Error *error);
/* Marks them done, in the same transaction as what they did. */
bool ledger_finish_step(Conn *target, int64_t migration, const char *name, const char *worker, Error *error);
/* Like ledger_finish_step(), for a step that several processes may have done: being done already is right, too. */
bool ledger_finish_open_step(Conn *target, int64_t migration, const char *name, Error *error);
typedef struct ChunkEnd {
    double seconds;
    const char *worker;
    const char *snapshot; /* snapshot_seen() of the source; NULL: not to be told */
} ChunkEnd;
bool ledger_finish_chunk(Conn *target, int64_t chunk, const Books *books, const ChunkEnd *end, Error *error);
typedef struct SentSum {
    bool told; /* all chunks were summed as they were sent, from the source in this state */
    int64_t rows;
    uint64_t sum;
} SentSum;
/* What an entity's rows sum up to as they were sent. `seen`: snapshot_seen() of the source. */
bool ledger_sent_sum(Conn *target, int64_t migration, const char *entity, const char *seen, SentSum *sum, Error *error);
/* Whether a chunk or step is done, and whether `worker` did it. Waits for whoever holds it. */
bool ledger_chunk_outcome(Conn *target, int64_t chunk, const char *worker, bool *done, bool *ours, Error *error);
bool ledger_step_outcome(Conn *target, int64_t migration, const char *name, const char *worker, bool *done, bool *ours,
                         Error *error);
/* In a transaction of its own, after the other one was rolled back. */
bool ledger_fail_step(Conn *target, int64_t migration, const char *name, const Error *why, Error *error);
/* True in *open while some step or chunk is ready, whoever holds it: then it is worth waiting. */
bool ledger_is_open(Conn *target, const LedgerScope *scope, bool *open, Error *error);

/* How many steps of the migration are not done, whoever planned them, and the first one's name (NULL: none). */
bool ledger_left_open(Arena *arena, Conn *target, int64_t migration, int64_t *open, char **first, Error *error);
/* How many of these steps are not done. */
bool ledger_count_open(Arena *arena, Conn *target, int64_t migration, const StringList *steps, int64_t *open,
                       Error *error);

/* What `method` of rehome.chunk says. */
KeySetKind ledger_kind_of_method(const char *method);

typedef struct ChunkRange {
    KeySetKind kind;
    const char *const *low, *const *high; /* NULL: open */
    size_t columns;                       /* how many values a key has (when written; not set when read) */
    int64_t estimated_rows;
} ChunkRange;
typedef LIST(ChunkRange) ChunkRangeList;
bool ledger_add_chunks(Conn *target, int64_t migration, const char *entity, const ChunkRangeList *chunks, Error *error);
/* Cuts a claimed chunk in two at `middle`: it keeps the lower half, a new pending one gets the upper. */
bool ledger_split_chunk(Conn *target, int64_t chunk, const char *const *middle, size_t count, Error *error);

/* ---- for status, verify and people ---------------------------------------------------------------------------- */

/* The first chunk of an entity that was not moved yet; false in *found: there is none. */
bool ledger_next_chunk(Arena *arena, Conn *target, int64_t migration, const char *entity, ChunkRange *chunk,
                       bool *found, Error *error);

bool ledger_set_phase(Conn *target, int64_t migration, const char *phase, const char *state, Error *error);
/* A difference was found after the proof: it is to be given again. */
bool ledger_reopen_proof(Conn *target, int64_t migration, Error *error);
/* Whether every chunk and entity balances. */
bool ledger_is_balanced(Conn *target, int64_t migration, bool *balanced, Error *error);

/* This process begins to work: by what the manifest says, over these connections. */
bool ledger_start_run(Arena *arena, Conn *source, Conn *target, int64_t migration, const Manifest *manifest, int64_t *run,
                      Error *error);
/* This session works for a run, as its worker of that number (0: the main thread). */
bool ledger_join_run(Conn *target, int64_t run, int number, const char *name, Error *error);
bool ledger_end_run(Conn *target, int64_t run, const char *state, Error *error);
bool ledger_offer_snapshot(Conn *target, int64_t migration, const char *name, Error *error);
bool ledger_offered_snapshot(Arena *arena, Conn *target, int64_t migration, char **name, Error *error);

typedef struct CheckOutcome {
    const char *name, *side, *severity, *state, *value; /* state: passed, warned, failed */
} CheckOutcome;
typedef LIST(CheckOutcome) CheckOutcomeList;
bool ledger_record_check(Conn *target, int64_t migration, const CheckOutcome *outcome, Error *error);
bool ledger_checks(Arena *arena, Conn *target, int64_t migration, CheckOutcomeList *checks, Error *error);

/* A session that works for the migration, or worked until it was killed or cut off. */
typedef struct WorkerState {
    const char *host;
    int64_t pid, number, backend; /* backend: process of the server */
    bool alive;
    const char *entity, *step; /* what it holds; NULL: nothing */
    int64_t chunk;
    const char *since;
    double seconds;
} WorkerState;
typedef LIST(WorkerState) WorkerStateList;
bool ledger_workers(Arena *arena, Conn *target, int64_t migration, WorkerStateList *workers, Error *error);
/* Writes down that something happened. */
bool ledger_tell(Conn *target, int64_t migration, const char *event, const char *message, Error *error);

/* What a verification found, per entity. */
typedef struct Verification {
    const char *entity; /* entities that share a table are joined: "users+people" is never used, each has its own row */
    const char *state;  /* passed, failed, suspect */
    int64_t source_rows, target_rows, missing, extra, different;
    int64_t suspect; /* rows that differ and still change: they are none of the three, or will be */
    StringList left_out; /* columns */
    StringList examples;        /* keys that differ, at most 10, as JSON objects */
    DifferenceList differences; /* by name, the first 1,000 */
    StringList complaints;      /* sentences: what speaks against the chunks, although rows may agree */
    double seconds;
    int64_t pass; /* pass.h; 0: none */
    const char *source_snapshot, *target_snapshot; /* in which it was read; NULL: not known */
    const char *method; /* as in the ledger: rows, changed, sent; NULL: not known */
} Verification;
typedef LIST(Verification) VerificationList;
bool ledger_record_verification(Conn *target, int64_t migration, const Verification *verification, Error *error);
bool ledger_verifications(Arena *arena, Conn *target, int64_t migration, VerificationList *list, Error *error);

/* Name, phase and state of the migration, for `status`. */
typedef struct MigrationState {
    const char *name, *phase, *state, *started_at, *finished_at;
    bool balanced;
    int64_t steps, steps_done;
    const char *failed_step, *failed_error;
} MigrationState;
bool ledger_state(Arena *arena, Conn *target, int64_t migration, MigrationState *state, Error *error);
