#include "base/fault.h"

#ifdef REHOME_FAULTS

#include "base/clock.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void act(const char *name, const char *action)
{
    /* Tests wait for this line to know that the point was reached. */
    dprintf(STDERR_FILENO, "fault: %s: %s\n", name, action);
    if (strncmp(action, "kill", 4) == 0)
        kill(getpid(), SIGKILL);
    else if (strncmp(action, "stall", 5) == 0)
        clock_sleep(3600);
    else if (strncmp(action, "exit", 4) == 0)
        _exit(99);
}

void fault_reach(const char *name)
{
    static atomic_int reached;

    const char *chosen = getenv("REHOME_FAULT");
    size_t length = strlen(name);
    if (!chosen || strncmp(chosen, name, length) != 0 || chosen[length] != ':')
        return;
    const char *action = chosen + length + 1;
    const char *nth = strchr(action, ':');
    if (atomic_fetch_add(&reached, 1) + 1 == (nth ? atoi(nth + 1) : 1))
        act(name, action);
}

#else
typedef int FaultsAreOff; /* a translation unit is never empty */
#endif
