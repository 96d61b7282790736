/* One entity of a dry run: its first chunk, moved under savepoints of the open transactions. */
#pragma once

#include "engine/dry_run.h"

/* Adds the entity to the report. False when the dry run as a whole cannot go on: a lock, a connection, a stop. */
bool dry_entity_try(Session *session, const EntityPlan *plan, DryRun *report, Error *error);
/* As many of an entity's rows as are tried at most, unless it cannot be cut. */
enum { DRY_ROWS = 20000 };
