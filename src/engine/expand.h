/* Expand files: additive DDL on the target, each run once in one transaction with its mark in the ledger. */
#pragma once

#include "engine/engine.h"

/* In the open target transaction: runs those that were not run yet. The caller rolls back. */
bool expand_rehearse(Session *session, Error *error);
/* True in *pending: at least one was not run yet. A file that was changed after it was run is ERROR_STATE. */
bool expand_is_pending(Session *session, bool *pending, Error *error);
/* Titles of those that were not run yet. */
bool expand_list_pending(Session *session, StringList *titles, Error *error);
/* Runs those that were not run yet, each committed with its step. */
bool expand_run(Session *session, Error *error);
