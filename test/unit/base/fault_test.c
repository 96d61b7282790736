#include "base/fault.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef REHOME_FAULTS

/* How a process ends that reaches copy.done three times, with this REHOME_FAULT; `*reached` is how often it got past.
 */
static int end_of(const char *chosen, int *reached)
{
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("REHOME_FAULT", chosen, 1);
        close(STDERR_FILENO);
        for (int i = 0; i < 3; i++) {
            FAULT("copy.done.more");
            FAULT("copy.done");
            if (write(ends[1], "x", 1) != 1)
                abort();
        }
        _exit(0);
    }
    close(ends[1]);
    char passed[8];
    *reached = 0;
    ssize_t got;
    while ((got = read(ends[0], passed, sizeof passed)) > 0)
        *reached += (int)got;
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

TEST(a_fault_happens_where_and_when_it_was_asked_for)
{
    int reached;
    int status = end_of("copy.done:kill", &reached);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == 9 && reached == 0);
    status = end_of("copy.done:exit:3", &reached);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 99 && reached == 2);
    status = end_of("trace", &reached);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0 && reached == 3);
    status = end_of("copy:kill", &reached);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0 && reached == 3);
}

#else

TEST(faults_cost_nothing_in_a_release)
{
    setenv("REHOME_FAULT", "copy.done:kill", 1);
    FAULT("copy.done");
    CHECK(true);
}

#endif
