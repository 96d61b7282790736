/* What a migration leaves behind and what it leaves empty, with the reasons that the manifest gives. */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

/* Of a plan of all entities; of a part of them nothing is known for certain, and what was written before stays. */
bool uncovered_record(Conn *target, int64_t migration, const Plan *plan, Error *error);
