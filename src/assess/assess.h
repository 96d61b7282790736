/* `plan --assess`: what the target will say of the rows, found out before anything moves.
 *
 * In one transaction on the target that is rolled back: expand and seed are rehearsed, the ledger is made, and the steps of
 * the plan are done in their order, with shadows in place of the tables (shadow.h). The engine's own movers and
 * withdrawals do it, so what is in rehome.reject then is what a run will write there. Tables of the target are only read. */
#pragma once

#include "assess/profile.h"
#include "engine/engine.h"
#include "ledger/reject.h"

typedef enum AssessState {
    ASSESS_TOLD,       /* all its rows were looked at */
    ASSESS_SAMPLED,    /* some of them */
    ASSESS_MOVED,      /* an earlier run has moved them */
    ASSESS_UNKNOWN,    /* its table can have no shadow */
    ASSESS_FAILS,      /* the run would stop at this entity */
    ASSESS_NOT_REACHED /* because of another one that fails */
} AssessState;
const char *assess_state_name(AssessState state);

typedef struct AssessedEntity {
    const EntityPlan *plan; /* of the real plan */
    AssessState state;
    Books books;
    int64_t chunks, chunks_sampled;
    const char *stop;    /* the budget that stops it before its last chunk, with the rejects by then; NULL: none does */
    StringList warnings; /* what could not be foreseen */
    const Error *error;  /* NULL */
    ProfileList columns;
    double seconds;
} AssessedEntity;
typedef LIST(AssessedEntity) AssessedEntityList;

/* A key that cannot come back, although rows were taken out for it. */
typedef struct AssessedStep {
    const char *name;
    const Error *error;
} AssessedStep;

typedef struct Assessment {
    int sample; /* per cent; 100: everything */
    AssessedEntityList entities;
    LIST(AssessedStep) failing;
    RejectGroupList rejects; /* as the ledger would have them after the run */
    BudgetStateList budgets;
    int64_t over_budget;
    CheckOutcomeList checks; /* of the source */
    StringList notes;
    int predicted_status; /* with which a run would end */
    double seconds;       /* that this took */
    double moving, keys, profiles; /* of that */
    double run_seconds;   /* about what a run will take */
} Assessment;

typedef struct AssessOptions {
    int sample; /* per cent; 0: everything */
    /* When what is to be done is in the ledger, and when everything was found and is still there; may be NULL. */
    bool (*begun)(void *self, Session *session, Error *error);
    bool (*found)(void *self, Session *session, Error *error);
    void *self;
} AssessOptions;

/* True when a run would stay within its budgets. Else ERROR_REJECTS, ERROR_DATA: it would fail, or ERROR_DIFFERENT: a check of the
 * source fails; then the assessment is whole. Anything else: it could not be made. */
bool assess_run(Session *session, const AssessOptions *options, Assessment *assessment, Error *error);
