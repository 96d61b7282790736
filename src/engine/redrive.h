/* Rejects are brought in: the transform as the manifest now says it runs again for exactly their driving keys.
 *
 * Page by page, each one target transaction: the old rejects go, rows come in or become rejects again, a chunk that
 * corrects the books says how many. Parents before children; a child that was parked comes along when its parent is no
 * reject any more. Killed anywhere, nothing is lost: what is not done is still a reject. */
#pragma once

#include "engine/engine.h"
#include "ledger/reject.h"

/* Of one entity. */
typedef struct Redriven {
    const char *entity;
    int64_t tried;           /* rejects */
    int64_t arrived;         /* rows: written, or there already */
    int64_t filtered, again; /* left out by the transform now; rejected again */
    int64_t left;            /* rejects that could not be tried */
    const char *why_left;    /* NULL: none */
    bool mended;             /* it has another transform than before */
} Redriven;
typedef LIST(Redriven) RedrivenList;

/* With a session that has planned. Its migration is not proved any more when rows came in. */
bool redrive_run(Session *session, const RejectFilter *filter, RedrivenList *redriven, Error *error);
