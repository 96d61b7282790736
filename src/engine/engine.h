/* Runs a plan: the commands' story functions call these, in this order.
 *
 *     gather (connect, restore a dump, rehearse or run expand and seed, read catalogs, describe transforms) →
 * plan_build() → engine_run() → verify */
#pragma once

#include "base/event.h"
#include "ledger/budget.h"
#include "ledger/ledger.h"
#include "ledger/oddity.h"
#include "manifest/manifest.h"
#include "pg/snapshot.h"
#include "plan/plan.h"
#include "verify/glance.h"

/* A migration opened for work: connections for the main thread, catalogs, plan. Lives in its arena; session_close()
 * ends connections. */
typedef struct Session {
    Arena *arena;
    const Manifest *manifest;
    ConnOptions source_options, target_options; /* of the main thread; see session_as() */
    Conn *source, *target; /* source is NULL until a command needs it; equal with `same` */
    Snapshot *snapshot;
    bool has_lost;     /* a connection that somebody opened for a moment was lost */
    bool has_ledger;   /* the target has the schema rehome */
    int64_t migration; /* 0: not in the ledger yet */
    int64_t run;       /* of this process, in the ledger; 0: it moves nothing */
    Roster *roster;
    struct Watchdog *watchdog;
    int jobs;
    int patience; /* of verification, in seconds */
    bool replaces_tables; /* SQL of the manifest may be made to read other tables in place of those that are filled */
    bool moves_rows; /* in the snapshot of the source that the processes at work share */
    bool explained;  /* what is left behind has to be what the manifest says of it: see plan_check_coverage() */
    bool changed;    /* verification reads only what was written to since the last one */
    bool keeps_odd;  /* verification keeps all rows that differ, for a repair */
    Gathered gathered;
    Plan *plan;
    StringList only; /* --only; empty: all */
    Events *events;
    void (*note)(void *self, const char *message); /* for people, e.g. "restoring legacy.dump"; may be NULL */
    void *note_self;
} Session;

typedef struct SessionOptions {
    ManifestOptions manifest;
    StringList only;
    int jobs; /* 0: as many as cores, at most 4 */
    int patience; /* of verification, in seconds; 0: as long as it takes by default */
    bool explained; /* as in Session */
    Events *events;
    void (*note)(void *self, const char *message);
    void *note_self;
} SessionOptions;

/* Loads the manifest and connects to the target only: enough for `status`. */
Session *session_open(Arena *arena, const SessionOptions *options, Error *error);
void session_close(Session *session);
void Session_cleanup(Session **session);

/* For `plan`: everything is read, expand and seed are rehearsed in a transaction that is rolled back; nothing changes
 * on either side. For `verify` too. All mistakes come as one ERROR_INPUT. */
bool session_plan(Session *session, Error *error);
/* The same, and goes further before everything is rolled back: `further` may write what it likes on the target, and may
 * be called again after a lock could not be had. */
typedef bool SessionFurther(Session *session, void *self, Error *error);
bool session_rehearse(Session *session, SessionFurther *further, void *self, Error *error);
/* For `run`: installs the ledger, runs expand and seed, then plans and writes the plan into the ledger. */
bool session_prepare(Session *session, Error *error);

/* How others than the main thread connect: with a role of their own in application_name (`rehome:MIGRATION:ROLE`). */
ConnOptions session_as(const Session *session, const ConnOptions *options, const char *role);

/* From now on a thread tells what statements wait for (watchdog.h), on both sides as far as they are known by now. */
void session_watch(Session *session);

/* Opens the main thread's connections again where a server has gone away meanwhile; tries three times. */
bool session_revive(Session *session, Error *error);
/* Does `work` of the main thread, and again on new connections when one was lost over it: what was committed without us hearing of it is
 * in the ledger, so `work` goes by that. */
typedef bool SessionWork(Session *session, void *self, Error *error);
bool session_insist(Session *session, SessionWork *work, void *self, Error *error);

/* What became of a run. */
typedef struct RunReport {
    bool nothing_to_do; /* everything was done before */
    bool whole;         /* every entity was copied: checks of target and balance were due */
    VerificationList verifications;
    CheckOutcomeList checks;
    OddityList oddities; /* beside the rows */
    BudgetStateList budgets;
    int64_t over_budget; /* rejects of all budgets that are over */
    bool balanced;
    double seconds;
} RunReport;

/* Steps, chunks, verification and checks until all is done. The error is the first failure by its kind; when it is
 * ERROR_DIFFERENT or ERROR_REJECTS the report is whole. */
bool engine_run(Session *session, RunReport *report, Error *error);
/* A look that costs less than verification and proves less (verify/glance.h), recorded as such. */
typedef struct GlanceReport {
    double percent; /* of the rows; 0: they were counted */
    int seed;
    GlanceList glances;
    const char *state; /* passed, failed, suspect */
    double seconds;
} GlanceReport;
bool engine_glance(Session *session, double percent, int seed, GlanceReport *report, Error *error);
/* Verification and checks alone. */
bool engine_verify(Session *session, RunReport *report, Error *error);
