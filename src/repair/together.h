/* The last resort of a repair: rows of one entity, then of all of them, in one transaction. */
#pragma once

#include "repair/repair.h"

/* Rows that were left because others stand in their way (unique values, references), all at once with constraints that
 * wait for the end: those of each entity anew, which deletes the rows that are there first; then of all entities the
 * extra ones, the others, the others anew. What is refused stays as it was left. */
bool together_try(Session *session, RepairList *repairs, Error *error);
