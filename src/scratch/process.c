#include "scratch/process.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef posix_spawn_file_actions_t Actions;
typedef posix_spawnattr_t Attributes;

static void Actions_cleanup(Actions *actions)
{
    posix_spawn_file_actions_destroy(actions);
}

static void Attributes_cleanup(Attributes *attributes)
{
    posix_spawnattr_destroy(attributes);
}

static int connect_descriptor(Actions *actions, int ours, int theirs)
{
    if (ours > 0)
        return posix_spawn_file_actions_adddup2(actions, ours, theirs);
    return posix_spawn_file_actions_addopen(actions, theirs, "/dev/null", O_RDWR, 0);
}

/* Returns an errno. */
static int spawn(pid_t *id, const char *const *arguments, const int descriptors[3])
{
    extern char **environ;
    AUTO(Actions) actions;
    AUTO(Attributes) attributes;
    sigset_t defaults;
    posix_spawn_file_actions_init(&actions); /* glibc's cannot fail */
    posix_spawnattr_init(&attributes);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    for (int i = 0; i < 3; i++) {
        int failure = connect_descriptor(&actions, descriptors[i], i);
        if (failure != 0)
            return failure;
    }
    return posix_spawnp(id, arguments[0], &actions, &attributes, (char *const *)arguments, environ);
}

bool process_start(Process *process, const char *const *arguments, int input, int output, int errors, Error *error)
{
    pid_t id = 0;
    int failure = spawn(&id, arguments, (const int[]){input, output, errors});
    if (failure != 0) {
        error_set(error, ERROR_SYSTEM, "cannot run %s: %s", arguments[0], strerror(failure));
        return error_hint(error, "Is it installed?");
    }
    *process = (Process){id, arguments[0]};
    return true;
}

bool process_wait(Process *process, int *status, Error *error)
{
    int ended = 0;
    while (waitpid(process->id, &ended, 0) < 0)
        if (errno != EINTR)
            return error_set(error, ERROR_SYSTEM, "cannot wait for %s: %s", process->program, strerror(errno));
    process->id = 0;
    if (WIFSIGNALED(ended))
        return error_set(error, ERROR_SYSTEM, "%s was killed by signal %d", process->program, WTERMSIG(ended));
    *status = WEXITSTATUS(ended);
    return true;
}

void Process_cleanup(Process *process)
{
    if (process->id <= 0)
        return;
    kill(process->id, SIGTERM);
    while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR)
        ;
}
