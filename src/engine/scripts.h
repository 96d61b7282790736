/* The manifest's scripts on the target: expand files (additive DDL), and after all of them seed files (rows that come
 * from nowhere). Each is run once, in one transaction with its mark in the ledger: for all params of the migration, or
 * for each of them where its text has variables. */
#pragma once

#include "engine/engine.h"

/* In the open target transaction: runs those that were not run yet. The caller rolls back. A script that was changed
 * after it was run is ERROR_STATE. */
bool scripts_rehearse(Session *session, Error *error);
/* True in *pending: at least one was not run yet. */
bool scripts_are_pending(Session *session, bool *pending, Error *error);
/* Titles of those of one kind that were not run yet. */
bool scripts_list_pending(Session *session, StepKind kind, StringList *titles, Error *error);
/* Runs those that were not run yet, each committed with its step. */
bool scripts_run(Session *session, Error *error);
/* In the open target transaction: any script, whose settings end with it. Its errors name their place. */
bool scripts_try(Session *session, const Sql *file, Error *error);
