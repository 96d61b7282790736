/* Materialised views refreshed by themselves, at any time: `rehome refresh`. */
#pragma once

#include "engine/engine.h"

typedef struct RefreshOutcome {
    const Relation *view;
    bool concurrent;
    double seconds;
    Error error; /* kind ERROR_NONE: done */
} RefreshOutcome;
typedef LIST(RefreshOutcome) RefreshOutcomeList;

/* Those that the manifest lists, or the `names` among them, in their order and each in a transaction of its own; one
 * that fails keeps no other from its turn. False with the first failure; `outcomes` has what was tried. */
bool refresh_run(Session *session, const StringList *names, RefreshOutcomeList *outcomes, Error *error);
