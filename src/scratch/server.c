#include "scratch/server.h"

#include "base/child.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "scratch/binaries.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LONGEST_SOCKET_FOLDER = 107 - (int)sizeof "/.s.PGSQL.5432" + 1, /* sun_path has 108 bytes with its end */
    START_ATTEMPTS = 5 /* after a kill -9 the old backends need a moment to notice and let go of the data */
};
static const double END_SECONDS = 30;

/* For every program that we run: its messages are read by us, and our environment is not its business. */
static const char *const plain_environment[] = {"LC_ALL=C.UTF-8", "PGOPTIONS=", "PGDATA=", NULL};

/* As `folder_write` left it: one line. NULL: there is none. */
static char *remembered_socket(Arena *arena, const char *folder)
{
    Error none = {0};
    const char *path = file_join(arena, folder, "socket");
    return file_exists(path) ? file_load(arena, path, NULL, &none) : NULL;
}

Server server_at(Arena *arena, const Home *home, const char *name)
{
    const char *folder = file_join(arena, home->folder, name), *own = file_join(arena, folder, "server");
    return (Server){.home = home,
                    .name = arena_strdup(arena, name),
                    .folder = folder,
                    .own = own,
                    .data = file_join(arena, own, "data"),
                    .log = file_join(arena, own, "log"),
                    .socket = remembered_socket(arena, folder)};
}

bool server_exists(const Server *server)
{
    return file_is_directory(server->folder);
}

char *server_url(Arena *arena, const Server *server, const char *database)
{
    return arena_printf(arena, "postgresql://rehome@/%s?host=%s&port=5432", database,
                        server->socket ? server->socket : server->own);
}

Conn *server_connect(Arena *arena, const Server *server, const char *database, Error *error)
{
    const ConnOptions options = {
        .url = server_url(arena, server, database), .side = "scratch", .application = "rehome:scratch"};
    return conn_open(&options, error);
}

/* Of the postmaster; 0 when there is none. */
static pid_t process_of(Arena *arena, const Server *server)
{
    Error none = {0};
    const char *path = file_join(arena, server->data, "postmaster.pid");
    const char *content = file_exists(path) ? file_load(arena, path, NULL, &none) : NULL;
    long process = content ? strtol(content, NULL, 10) : 0;
    return process > 1 && (kill((pid_t)process, 0) == 0 || errno == EPERM) ? (pid_t)process : 0;
}

/* Process ids are used again: it is ours when it stands in our data folder, as a postmaster does. */
static bool stands_in(Arena *arena, pid_t process, const char *data)
{
    char here[PATH_MAX], there[PATH_MAX];
    ssize_t length = readlink(arena_printf(arena, "/proc/%d/cwd", (int)process), there, sizeof there - 1);
    if (length < 0 || !realpath(data, here))
        return length < 0 && errno != ENOENT && errno != EACCES;
    there[length] = '\0';
    return strcmp(here, there) == 0;
}

bool server_is_running(Arena *arena, const Server *server)
{
    pid_t process = process_of(arena, server);
    return process != 0 && stands_in(arena, process, server->data);
}

/* Runs one of the server's programs as its user, who may not be able to stand where we do. */
static bool run_as_server(Arena *arena, const Server *server, const char *const *arguments, int *status, Error *error)
{
    const Child child = {.arguments = arguments,
                         .environment = plain_environment,
                         .folder = "/",
                         .user = server->home->user,
                         .group = server->home->group};
    return child_run(arena, &child, NULL, status, error);
}

static bool make_folders(Arena *arena, const Server *server, Error *error)
{
    return folder_make(arena, server->folder, server->home->user ? 0711 : 0700, error) &&
           folder_make(arena, server->own, 0700, error) && home_give(server->home, server->own, error);
}

static bool initdb_failed(const Server *server, Error *error)
{
    char words[sizeof error->detail];
    memcpy(words, error->detail, sizeof words);
    error_set(error, ERROR_SYSTEM, "cannot make the scratch server %s in %s: initdb failed", server->name, server->own);
    error_detail(error, "%.*s", (int)strcspn(words, "\n"), words);
    if (!server->home->user)
        return error_hint(error, "Is the disk full? Another folder can be chosen with REHOME_SCRATCH.");
    return error_hint(
        error,
        "It runs as the user %s, who must be able to pass through every folder above; another folder can be "
        "chosen with REHOME_SCRATCH.",
        server->home->user_name);
}

/* Points postgresql.conf at our settings, which are written anew at every start. The file is the server's: a link that
 * it may have put there is not followed. */
static bool include_settings(Arena *arena, const Server *server, const char *data, Error *error)
{
    const char *path = file_join(arena, data, "postgresql.conf");
    AUTO(Descriptor) file = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    bool trusted = file > 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1 &&
                   status.st_uid == (server->home->user ? server->home->user : geteuid());
    if (!trusted || dprintf(file, "\ninclude '%s/rehome.conf'\n", server->folder) < 0)
        return error_set(error, ERROR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    return true;
}

static bool make_data(Arena *arena, const Server *server, const char *binaries, Error *error)
{
    const char *fresh = file_join(arena, server->own, "data.new");
    if (file_is_directory(server->data))
        return true;
    if (!folder_remove(fresh, error))
        return false;
    const char *const arguments[] = {binaries_program(arena, binaries, "initdb"),
                                     "--no-sync",
                                     "-E",
                                     "UTF8",
                                     "--locale=C.UTF-8",
                                     "-U",
                                     "rehome",
                                     "-A",
                                     "trust",
                                     "-D",
                                     fresh,
                                     NULL};
    int status = 0;
    if (!run_as_server(arena, server, arguments, &status, error))
        return false;
    if (status != 0)
        return initdb_failed(server, error);
    if (!include_settings(arena, server, fresh, error))
        return false;
    FAULT("scratch.initialised");
    if (rename(fresh, server->data) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot rename %s: %s", fresh, strerror(errno));
    return true;
}

/* unix_socket_directories is a list with quotes of its own, so only plain paths go into it. */
static bool fits_a_socket(const char *folder)
{
    size_t length = strlen(folder);
    return length <= LONGEST_SOCKET_FOLDER &&
           strspn(folder, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == length;
}

static bool is_private(const Server *server, const char *folder)
{
    struct stat status;
    uid_t owner = server->home->user ? server->home->user : geteuid();
    return lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == owner &&
           (status.st_mode & 077) == 0;
}

static bool choose_socket(Arena *arena, Server *server, Error *error)
{
    if (server->socket && is_private(server, server->socket))
        return true;
    server->socket = server->own;
    if (!fits_a_socket(server->own)) {
        char folder[] = "/tmp/rehome-XXXXXX";
        if (!mkdtemp(folder))
            return error_set(error, ERROR_SYSTEM, "cannot make a folder for the socket in /tmp: %s", strerror(errno));
        if (!home_give(server->home, folder, error))
            return false;
        server->socket = arena_strdup(arena, folder);
    }
    return folder_write(arena, file_join(arena, server->folder, "socket"), server->socket, 0600, error);
}

/* An eighth of the memory, 128 MB to 1 GB. */
static long shared_megabytes(void)
{
    long megabytes = sysconf(_SC_PHYS_PAGES) / 8 * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
    return megabytes < 128 ? 128 : megabytes > 1024 ? 1024 : megabytes;
}

static bool write_settings(Arena *arena, const Server *server, Error *error)
{
    const char *settings = arena_printf(arena,
                                        "# Written by rehome at every start.\n"
                                        "listen_addresses = ''\n"
                                        "search_path = 'public'\n" /* "$user" would be the ledger's schema */
                                        "port = 5432\n"
                                        "unix_socket_directories = '%s'\n"
                                        "unix_socket_permissions = 0700\n"
                                        "max_connections = 100\n"
                                        "shared_buffers = %ldMB\n"
                                        "maintenance_work_mem = 256MB\n"
                                        "max_locks_per_transaction = 256\n"
                                        "fsync = off\n"
                                        "full_page_writes = off\n"
                                        "synchronous_commit = off\n"
                                        "wal_level = minimal\n"
                                        "max_wal_senders = 0\n"
                                        "max_wal_size = 4GB\n"
                                        "autovacuum = on\n",
                                        server->socket, shared_megabytes());
    return folder_write(arena, file_join(arena, server->folder, "rehome.conf"), settings, 0644, error);
}

static bool start_failed(Arena *arena, const Server *server, Error *error)
{
    Error none = {0};
    const char *log = file_exists(server->log) ? file_load(arena, server->log, NULL, &none) : NULL;
    size_t length = log ? strlen(log) : 0, tail = 1500;
    error_set(error, ERROR_SYSTEM, "the scratch server %s does not start", server->name);
    if (log)
        error_detail(error, "%s: %s", server->log, length > tail ? log + length - tail : log);
    return error_hint(error, "Remove it with \"rehome scratch stop %s\" and start it again.", server->name);
}

static bool start_process(Arena *arena, const Server *server, const char *binaries, Error *error)
{
    const char *const arguments[] = {binaries_program(arena, binaries, "pg_ctl"),
                                     "start",
                                     "-w",
                                     "-t",
                                     "120",
                                     "-s",
                                     "-D",
                                     server->data,
                                     "-l",
                                     server->log,
                                     NULL};
    /* A process id that somebody else has by now would keep PostgreSQL from starting. */
    const char *left = file_join(arena, server->data, "postmaster.pid");
    if (process_of(arena, server) != 0 && unlink(left) != 0 && errno != ENOENT)
        return error_set(error, ERROR_SYSTEM, "cannot remove %s: %s", left, strerror(errno));
    /* The server outlives us and must not keep open what our caller waits for: a pipe of a script, a lock of make. */
    close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    for (int attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
        int status = 0;
        if (!run_as_server(arena, server, arguments, &status, error))
            return false;
        if (status == 0)
            return true;
        if (!clock_sleep(clock_backoff(attempt, 0.1)))
            return error_set(error, ERROR_STOPPED, "stopped while the scratch server %s was starting", server->name);
    }
    return start_failed(arena, server, error);
}

bool server_start(Arena *arena, Server *server, Error *error)
{
    if (server_is_running(arena, server))
        return true;
    const char *binaries = binaries_find(arena, error);
    if (!binaries || !make_folders(arena, server, error) || !make_data(arena, server, binaries, error) ||
        !choose_socket(arena, server, error) || !write_settings(arena, server, error))
        return false;
    return start_process(arena, server, binaries, error);
}

bool server_end(Arena *arena, const Server *server, Error *error)
{
    if (!server_is_running(arena, server))
        return true;
    pid_t process = process_of(arena, server);
    double until = clock_now() + END_SECONDS;
    kill(process, SIGQUIT); /* "immediate" */
    while (server_is_running(arena, server)) {
        if (clock_now() > until)
            kill(process, SIGKILL);
        if (clock_now() > until + END_SECONDS)
            return error_set(error, ERROR_SYSTEM, "the scratch server %s (process %d) does not end", server->name,
                             (int)process);
        if (!clock_sleep(0.02))
            return error_set(error, ERROR_STOPPED, "stopped while the scratch server %s was ending", server->name);
    }
    return true;
}
