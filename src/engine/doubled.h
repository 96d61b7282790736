/* Values that stand more than once in the columns of a unique index, found by a hash of each row. */
#pragma once

#include "plan/plan.h"

/* In the target's open transaction, with the table locked. *rows, offenders_of_unique(), becomes a quicker SELECT of
 * the same where the values can be hashed, which reads pg_temp.rehome_doubled; or NULL: there are no such rows. */
bool doubled_narrow(Arena *arena, Conn *target, const Relation *relation, const Index *index, const char **rows,
                    Error *error);
