/* What one thread works with: a connection to either side, each seeing the shared snapshot of its side. */
#pragma once

#include "verify/verify.h"

typedef struct Desk {
    const VerifyRequest *request;
    Snapshot *target_snapshot;
    Conn *source, *target; /* the same with target: same; opened when they are first needed */
} Desk;

Desk *desk_new(Arena *arena, const VerifyRequest *request, Snapshot *target_snapshot);
void desk_close(Desk *desk); /* ends the connections, for new ones to be opened */
void Desk_cleanup(Desk **desk);

/* Open connections, in their snapshots. */
bool desk_read_source(Desk *desk, Error *error);
bool desk_read_target(Desk *desk, Error *error);
/* An open connection to the target outside any transaction: for temporary tables and the ledger. */
bool desk_leave_snapshot(Desk *desk, Error *error);

/* Does it, and three times more with fresh connections when what went wrong is worth another try. */
typedef bool DeskWork(Desk *desk, void *self, Error *error);
bool desk_try(Desk *desk, DeskWork *work, void *self, Error *error);
