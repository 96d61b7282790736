/* Which versions of rows a part of a verification has read, as a text: while it stays the same so do the rows, and what
 * they sum up to need not be computed again. `rehome verify --changed` reads nothing but what was written to.
 *
 * A version of a row is told by its place and the transaction that wrote it; the versions of a range of blocks by how
 * many there are and the sum of their hashes. Beside them counts what else decides what reading them gives: see
 * sql/verify/ground.sql, and for a transform all other tables that it reads. Where its SQL may give another answer for
 * the same rows, or reads what has no such versions (views, foreign tables, `load`, crosswalks), nothing is told. */
#pragma once

#include "verify/desk.h"
#include "verify/unit.h"

/* Fills `ground` of the subjects and of their fillings: after this their units can be told. A server that does not say
 * enough of itself is no error. */
bool versions_prepare(Arena *arena, Desk *desk, SubjectList *subjects, Error *error);
/* In the desk's snapshot. NULL in *versions: nobody can tell. */
bool versions_read(Arena *arena, const Unit *unit, Desk *desk, const char **versions, Error *error);
