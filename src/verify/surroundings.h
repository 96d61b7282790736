/* What verification looks at beside the rows: that the tables are what was declared, that the next insert does not
 * fail on its sequence, that keys are validated and views refreshed. */
#pragma once

#include "ledger/oddity.h"

/* Of a migration whose steps are all done. What is found is recorded. */
bool surroundings_look(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found,
                       Error *error);
