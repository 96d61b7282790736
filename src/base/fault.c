#include "base/fault.h"

#ifdef REHOME_FAULTS

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool act(const char *name, const char *action, int socket)
{
    /* Tests wait for this line to know that the point was reached. */
    dprintf(STDERR_FILENO, "fault: %s: %s\n", name, action);
    if (strncmp(action, "kill", 4) == 0)
        kill(getpid(), SIGKILL);
    else if (strncmp(action, "stall", 5) == 0)
        clock_sleep(3600);
    else if (strncmp(action, "exit", 4) == 0)
        _exit(99);
    else if (strncmp(action, "pause", 5) == 0)
        pthread_kill(pthread_self(), SIGSTOP); /* to another thread it would let this one go on for a moment */
    else if (strncmp(action, "drop", 4) == 0 && socket >= 0)
        shutdown(socket, SHUT_RDWR);
    return strncmp(action, "error", 5) == 0;
}

bool fault_reach(const char *name, int socket)
{
    static atomic_int reached;

    const char *chosen = getenv("REHOME_FAULT");
    size_t length = strlen(name);
    if (chosen && strcmp(chosen, "trace") == 0)
        act(name, chosen, -1);
    if (!chosen || strncmp(chosen, name, length) != 0 || chosen[length] != ':')
        return false;
    const char *action = chosen + length + 1;
    const char *nth = strchr(action, ':');
    return atomic_fetch_add(&reached, 1) + 1 == (nth ? atoi(nth + 1) : 1) && act(name, action, socket);
}

#else
typedef int FaultsAreOff; /* a translation unit is never empty */
#endif
