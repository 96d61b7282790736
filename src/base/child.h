/* Running another program: arguments are passed as they are, no shell. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Child {
    const char *const *arguments;   /* NULL-terminated; [0] is found in PATH unless it has a slash */
    const char *const *environment; /* NULL-terminated "NAME=value" added to ours; NULL: nothing added */
    const char *folder;             /* working directory; NULL: ours */
    uid_t user;                     /* runs as this user and group; 0: as we are */
    gid_t group;
    int input;                      /* file descriptor for stdin; 0: /dev/null */
    const char *log;                /* file that stdout and stderr are appended to; NULL: captured */
} Child;

/* Runs it and waits. `output` (may be NULL) gets what was captured of stdout, `*status` the exit status. False only when it
 * could not be started, was killed by a signal or failed after a stop, which ends the child with SIGTERM. Captured stderr goes to error->detail
 * when the status is not 0, but the caller decides whether that is a failure. */
bool child_run(Arena *arena, const Child *child, char **output, int *status, Error *error);
