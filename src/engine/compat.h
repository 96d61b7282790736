/* Views that look like the old tables: what planning needs to know of the servers, and whether the target takes their
 * SQL. */
#pragma once

#include "engine/engine.h"

/* Fills gathered.compats, after the entities. */
bool compat_gather(Session *session, Mistakes *mistakes, Error *error);
/* In the open target transaction, which is afterwards as before: makes those that are not as planned. What the target
 * refuses is a mistake. */
bool compat_rehearse(Session *session, Mistakes *mistakes, Error *error);
