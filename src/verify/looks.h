/* Rows that differ while somebody writes are looked at again, in younger snapshots of both sides.
 *
 * One that is alike then is no difference. Nor is one of which the target holds what the source was seen to hold before:
 * the target follows. What stays as it is, both hashes the same in several looks and for longer than the target may be
 * behind, is a failure; what still changes in the end is suspect. Where quiet.h can tell that nobody has written, the
 * first look was enough. */
#pragma once

#include "verify/unit.h"

/* After staging_pair(): takes the rows that are no differences out of pg_temp.rehome_odd, and marks those that are suspect.
 * `units`: all of the subject. */
bool looks_run(Desk *desk, const Subject *subject, const UnitList *units, Error *error);
