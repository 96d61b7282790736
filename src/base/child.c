#include "base/child.h"

#include "base/list.h"
#include "base/stop.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Pipe {
    int ends[2]; /* read, write; -1: closed */
} Pipe;

static void end_close(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void Pipe_cleanup(Pipe *pipe)
{
    end_close(&pipe->ends[0]);
    end_close(&pipe->ends[1]);
}

/* The environment of the child: what `added` names replaces ours. */
static char **environment_build(Arena *arena, const char *const *added)
{
    extern char **environ;
    LIST(char *) all = {0};
    for (char **ours = environ; *ours; ours++) {
        size_t name = strcspn(*ours, "=") + 1;
        bool replaced = false;
        for (const char *const *theirs = added; theirs && *theirs && !replaced; theirs++)
            replaced = strncmp(*ours, *theirs, name) == 0;
        if (!replaced)
            LIST_PUSH(arena, &all, *ours);
    }
    for (const char *const *theirs = added; theirs && *theirs; theirs++)
        LIST_PUSH(arena, &all, arena_strdup(arena, *theirs));
    LIST_PUSH(arena, &all, NULL);
    return all.items;
}

static bool become(const Child *child)
{
    if (child->user == 0 && child->group == 0)
        return true;
    return setgroups(0, NULL) == 0 && setgid(child->group) == 0 && setuid(child->user) == 0;
}

static bool log_open_append(const char *path, int *descriptor)
{
    *descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return *descriptor >= 0;
}

/* Between fork and exec: only what is safe there. What fails is told as errno through `failed`. */
static _Noreturn void child_become_program(const Child *child, char **environment, int input, int output, int errors,
                                           int failed)
{
    static const int handled[] = {SIGINT, SIGTERM, SIGPIPE};
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        signal(handled[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0 &&
        become(child) && (!child->folder || chdir(child->folder) == 0))
        execvpe(child->arguments[0], (char *const *)child->arguments, environment);
    int reason = errno;
    ssize_t told = write(failed, &reason, sizeof reason);
    (void)told;
    _exit(127);
}

static void descriptor_drain(struct pollfd *watched, Text *into)
{
    char buffer[8192];
    ssize_t got = read(watched->fd, buffer, sizeof buffer);
    if (got > 0)
        text_add_n(into, buffer, (size_t)got);
    else if (got == 0 || errno != EINTR)
        watched->fd = -1; /* poll() leaves it out */
}

/* Reads both pipes to their ends; a stop ends the child. */
static void capture(pid_t pid, int output, int errors, Text *output_text, Text *errors_text)
{
    struct pollfd watched[] = {{.fd = output, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
    bool stopped = false;
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        if (!stopped && stop_requested()) {
            kill(pid, SIGTERM);
            stopped = true;
        }
        if (poll(watched, 2, 100) <= 0)
            continue;
        if (watched[0].revents)
            descriptor_drain(&watched[0], output_text);
        if (watched[1].revents)
            descriptor_drain(&watched[1], errors_text);
    }
}

static int wait_for(pid_t pid)
{
    bool stopped = false;
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (!stopped && stop_requested()) {
            kill(pid, SIGTERM);
            stopped = true;
        }
        poll(NULL, 0, 10);
    }
}

/* A folder of PATH that we may not enter makes execvpe() say so even when the program is nowhere. */
static bool cannot_start(const Child *child, int reason, Error *error)
{
    if (reason == EACCES && !strchr(child->arguments[0], '/'))
        reason = ENOENT;
    return error_set(error, ERROR_SYSTEM, "cannot run %s: %s", child->arguments[0], strerror(reason));
}

static bool child_ended(const Child *child, int wait_status, const char *errors, int *status, Error *error)
{
    if (wait_status != 0 && stop_requested()) /* some catch SIGTERM and end with a status of their own */
        return error_set(error, ERROR_STOPPED, "%s was stopped", child->arguments[0]);
    if (WIFSIGNALED(wait_status)) {
        error_set(error, ERROR_SYSTEM, "%s was killed by signal %d", child->arguments[0], WTERMSIG(wait_status));
        return error_detail(error, "%s", errors);
    }
    *status = WEXITSTATUS(wait_status);
    if (*status != 0)
        error_detail(error, "%s", errors);
    return true;
}

bool child_run(Arena *arena, const Child *child, char **output, int *status, Error *error)
{
    __attribute__((cleanup(Pipe_cleanup))) Pipe out = {{-1, -1}};
    __attribute__((cleanup(Pipe_cleanup))) Pipe err = {{-1, -1}};
    __attribute__((cleanup(Pipe_cleanup))) Pipe failed = {{-1, -1}};
    __attribute__((cleanup(Pipe_cleanup))) Pipe nothing = {{open("/dev/null", O_RDWR | O_CLOEXEC), -1}};

    char **environment = environment_build(arena, child->environment);
    if (nothing.ends[0] < 0 || pipe2(failed.ends, O_CLOEXEC) != 0)
        return cannot_start(child, errno, error);
    if (child->log && !log_open_append(child->log, &out.ends[1]))
        return error_set(error, ERROR_SYSTEM, "cannot write %s: %s", child->log, strerror(errno));
    if (!child->log && (pipe2(out.ends, O_CLOEXEC) != 0 || pipe2(err.ends, O_CLOEXEC) != 0))
        return cannot_start(child, errno, error);

    int input = child->input ? child->input : nothing.ends[0];
    int errors_end = child->log ? out.ends[1] : err.ends[1];
    pid_t pid = fork();
    if (pid < 0)
        return cannot_start(child, errno, error);
    if (pid == 0)
        child_become_program(child, environment, input, out.ends[1], errors_end, failed.ends[1]);
    end_close(&out.ends[1]);
    end_close(&err.ends[1]);
    end_close(&failed.ends[1]);

    Text output_text = text_new(arena), errors_text = text_new(arena);
    int reason = 0;
    bool started = read(failed.ends[0], &reason, sizeof reason) <= 0;
    capture(pid, out.ends[0], err.ends[0], &output_text, &errors_text);
    int wait_status = wait_for(pid);
    if (!started)
        return cannot_start(child, reason, error);
    if (output)
        *output = output_text.chars;
    return child_ended(child, wait_status, errors_text.chars, status, error);
}
