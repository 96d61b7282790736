/* Named points where tests make the program die, fail or stall. They compile to nothing unless REHOME_FAULTS is defined.
 *
 *     FAULT("copy.chunk.moved");
 *
 * REHOME_FAULT=name:action[:nth] chooses: `kill` (SIGKILL to ourselves), `stall` (sleeps for an hour), `exit` (status 99). */
#pragma once

#ifdef REHOME_FAULTS
void fault_reach(const char *name);
#define FAULT(name) fault_reach(name)
#else
#define FAULT(name) ((void)0)
#endif
