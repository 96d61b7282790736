/* What one thread works with: a connection to either side, each seeing the shared snapshot of its side. */
#pragma once

#include "verify/quiet.h"
#include "verify/verify.h"

/* What all desks share. */
typedef struct Office {
    const VerifyRequest *request;
    Snapshot *target_snapshot; /* that of the source is the request's */
    Quiet quiet;
} Office;

typedef struct Desk {
    Office *office;
    const VerifyRequest *request;
    Snapshot *source_snapshot, *target_snapshot; /* the office's, or younger ones of its own */
    Snapshot *own_source, *own_target;
    Conn *source, *target; /* the same with target: same; opened when they are first needed */
} Desk;

Desk *desk_new(Arena *arena, Office *office);
void desk_close(Desk *desk); /* ends the connections, for new ones to be opened, in the office's snapshots */
/* From now on it sees both sides as they are now. Connections stay, with their temporary tables. */
void desk_refresh(Desk *desk);
void Desk_cleanup(Desk **desk);

/* Open connections, in their snapshots. */
bool desk_read_source(Desk *desk, Error *error);
bool desk_read_target(Desk *desk, Error *error);
/* An open connection to the target outside any transaction: for temporary tables and the ledger. */
bool desk_leave_snapshot(Desk *desk, Error *error);
/* The same in a transaction that may write, to be committed by the caller. Every transaction of ours on the target that
 * writes begins so, or quiet.h takes it for somebody else's. */
bool desk_write(Desk *desk, const char *mode, Error *error);

/* Does it, and three times more with fresh connections when what went wrong is worth another try. */
typedef bool DeskWork(Desk *desk, void *self, Error *error);
bool desk_try(Desk *desk, DeskWork *work, void *self, Error *error);
