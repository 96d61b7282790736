/* One worker of the crew: what its loop (work.c), its chunks (chunk.c) and its steps (step.c) have in common. */
#pragma once

#include "engine/engine.h"
#include "engine/retried.h"
#include "engine/trial.h"

#include <pthread.h>
#include <stdatomic.h>

/* What the workers of one process share. */
typedef struct Crew {
    Session *session;
    LedgerScope scope;
    ConnOptions source_options, target_options;
    atomic_bool *careful; /* of each entity of the plan: its chunks are moved carefully from the beginning */
    atomic_bool abandon; /* something that concerns everybody went wrong */
    Trials *steps, *chunks; /* by name, by id */
    pthread_mutex_t mutex;
    Error first;    /* guarded */
    double told_at; /* guarded: the last line about a server that is away */
} Crew;

/* How long a worker has not got through to its servers. */
typedef struct Outage {
    int failures; /* in a row */
    double since;
    bool announced; /* the server itself said that it went, or that it is starting up */
} Outage;

typedef struct Worker {
    Crew *crew;
    const ClaimedStep *step; /* what it holds: one of the two, or nothing yet */
    const ClaimedChunk *chunk;
    char chunk_name[24];
    bool recorded; /* the last failure stands in the ledger at the step that it concerns */
    int number;
    pthread_t thread;
    Conn *source, *target;
    Outage outage;
    Retried retried;
    char name[128];
} Worker;

/* Opens what is not there or lost, and puts the source into the run's snapshot. */
bool worker_connect(Worker *worker, Error *error);
bool worker_connect_target(Worker *worker, Error *error);
/* COMMIT of what was claimed. Should the connection be lost over it, the ledger tells whether it came through; false in *ours: another
 * worker has done it since. */
bool worker_commit(Worker *worker, bool *ours, Error *error);
/* Both connections are opened anew when they are needed next. */
void worker_disconnect(Worker *worker);

/* Of the transactions that move a chunk. Inside one database the chunk must be counted in the very snapshot it was
 * moved in; between two the source has its own. */
const char *worker_begin_mode(const Worker *worker);
/* Where the chunk's rows come from: the source in the run's snapshot, or the target itself inside one database. */
Conn *worker_source(const Worker *worker);

/* Where the failures of what it holds are counted, and by which name. */
Trials *worker_trials(const Worker *worker);
const char *worker_claimed_name(const Worker *worker);

/* Whether a failure concerns one entity or step alone; the others go on without it. */
bool worker_concerns_one(const Error *error);
/* Writes a failure down at its step while the claim's lock is still held, so that nobody else takes up what has just
 * failed, and ends the transaction. A COMMIT that failed took transaction and lock with it. */
void worker_record_failure(Worker *worker, const char *step, const Error *why);
void worker_tell_failed(const Worker *worker, const char *entity, const char *step, const Error *error);

/* What is told of a chunk when it is done. */
Event worker_chunk_done(const char *entity, int64_t chunk, const Books *books, double seconds);
/* What was claimed in the open transaction is done and committed, or rolled back with the error. */
bool worker_run_chunk(Arena *arena, Worker *worker, const ClaimedChunk *chunk, Error *error);
bool worker_run_step(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error);
