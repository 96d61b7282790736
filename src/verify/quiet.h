/* Whether anybody else has written to the two sides since both were first looked at.
 *
 * A snapshot says which transactions have ended. Where none was under way in the first one, none has ended since but our
 * own, which are counted, and none is under way now, nothing was written: what differs does so for good, if the target
 * is not further behind than that time is long. What cannot be told (a standby, another database of the server that is
 * written to) counts as written. */
#pragma once

#include "base/arena.h"
#include "pg/conn.h"

#include <stdatomic.h>

typedef struct QuietMark {
    int64_t xmin, xmax; /* of the first snapshot */
    const char *text;   /* the first snapshot as the server writes it */
    const char *server; /* when it was started: what tells servers apart; NULL: nothing can be said */
} QuietMark;

typedef struct Quiet {
    QuietMark source, target;
    double since;            /* clock_now() of the marks */
    atomic_llong ours;       /* transactions of ours on the target since */
} Quiet;

/* Sets the marks: both connections are in the snapshots that are looked at first (equal inside one database). */
bool quiet_begin(Arena *arena, Quiet *quiet, Conn *source, Conn *target, Error *error);
/* The open transaction on the target is one of ours. */
bool quiet_count(Quiet *quiet, Conn *target, Error *error);
/* Both connections are outside of transactions. */
bool quiet_holds(const Quiet *quiet, Conn *source, Conn *target, bool *holds, Error *error);
