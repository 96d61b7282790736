/* A file of DDL, looked at before it is run: it has to fit into one transaction together with its mark in the ledger.
 */
#pragma once

#include "manifest/manifest.h"

/* The statements in their order, without what separates them; places stay those of the file. */
void script_split(Arena *arena, const Sql *script, SqlList *statements);

/* Mistakes: transaction control, and statements that cannot run in a transaction. What libpg_query does not understand
 * is left to the server. Pure. */
void script_check(const Sql *script, Mistakes *mistakes);
