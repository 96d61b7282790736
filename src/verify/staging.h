/* Rows of both sides as (key hash, row hash) in temporary tables of the target, and what differs between them:
 * pg_temp.rehome_source, rehome_target, and rehome_odd (pair_rows.sql). */
#pragma once

#include "verify/unit.h"

/* Empty tables, in place of those that are there. */
bool staging_open(Desk *desk, Error *error);
/* Puts the rows of the source's units there. */
bool staging_fill_source(Desk *desk, const UnitList *units, BucketFilter filter, Error *error);
/* Puts the rows of the target's units there, after the source's, because what is taken of the target may depend on them:
 * so in a snapshot that is younger than the staged rows, one for all units. */
bool staging_fill_target(Desk *desk, const UnitList *units, BucketFilter filter, Error *error);
/* Joins them. */
bool staging_pair(Desk *desk, Error *error);
/* One statement on the staged rows, in a transaction of its own. */
bool staging_exec(Desk *desk, const char *sql, Params params, Error *error);
