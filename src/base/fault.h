/* Named points where tests make the program die, fail or stall. They compile to nothing unless REHOME_FAULTS is defined.
 *
 *     FAULT("copy.chunk.moved");
 *     if (FAULT_FAILS("engine.claimed", error)) return false;     where a failure can be told
 *     FAULT_ON("conn.commit.sent", socket);                       where a socket can be shut
 *
 * REHOME_FAULT=name:action[:nth] chooses: `kill` (SIGKILL to ourselves), `stall` (sleeps for an hour), `exit` (status 99), `pause`
 * (SIGSTOP to ourselves), `error` (a transient error; FAULT_FAILS alone), `drop` (shuts the socket down, as a lost connection does;
 * FAULT_ON alone).
 * REHOME_FAULT=trace only says which points are reached. */
#pragma once

#include "base/error.h"

#ifdef REHOME_FAULTS
bool fault_reach(const char *name, int socket); /* true: to fail here */
#define FAULT(name) ((void)fault_reach(name, -1))
#define FAULT_FAILS(name, error) (fault_reach(name, -1) && !error_set(error, ERROR_TRANSIENT, "fault %s", name))
#define FAULT_ON(name, socket) ((void)fault_reach(name, socket))
#else
#define FAULT(name) ((void)0)
#define FAULT_FAILS(name, error) (false)
#define FAULT_ON(name, socket) ((void)0)
#endif
