#include "scratch/dump.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "pg/quote.h"
#include "scratch/filled.h"
#include "scratch/restore.h"
#include "sql/embedded.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_LABEL = 40, MOST_JOBS = 8 };

/* FNV-1a, 64 bits: https://www.rfc-editor.org/rfc/rfc9923 */
static uint64_t fingerprint(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

/* The label as far as names allow, and a fingerprint of path, size and time. NULL: there is no such file. */
static char *name_of(Arena *arena, const DumpOptions *options, DumpKind kind, Error *error)
{
    char path[PATH_MAX], label[LONGEST_LABEL + 1] = "";
    struct stat status;
    const char *file = kind == DUMP_DIRECTORY ? file_join(arena, options->path, "toc.dat") : options->path;
    if (!realpath(options->path, path) || stat(file, &status) != 0) {
        error_set(error, ERROR_INPUT, "cannot read the dump %s: %s", options->path, strerror(errno));
        return NULL;
    }
    const char *given = options->label && *options->label ? options->label : "dump";
    for (size_t i = 0; given[i] && i < LONGEST_LABEL; i++) {
        char c = (char)tolower((unsigned char)given[i]);
        label[i] = (c >= 'a' && c <= 'z') || isdigit((unsigned char)c) || c == '_' ? c : '-';
    }
    const char *identity = arena_printf(arena, "%s\n%lld\n%lld.%09ld", path, (long long)status.st_size,
                                        (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    return arena_printf(arena, "%s-%010llx", label, (unsigned long long)fingerprint(identity) & 0xffffffffffu);
}

static int jobs_of(const DumpOptions *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return options->jobs > 0        ? options->jobs
           : processors < 1         ? 1
           : processors > MOST_JOBS ? MOST_JOBS
                                    : (int)processors;
}

static bool is_archive(DumpKind kind)
{
    return kind == DUMP_CUSTOM || kind == DUMP_DIRECTORY || kind == DUMP_TAR;
}

char *restore_log(const Restore *restore, const char *part, Error *error)
{
    char *path = file_join(restore->arena, restore->server->folder, arena_printf(restore->arena, "%s.log", part));
    return folder_write(restore->arena, path, "", 0600, error) ? path : NULL;
}

/* What a killed restore was doing is of no use any more, and may still be going on. */
static bool drop_unfinished(Arena *arena, Conn *conn, Error *error)
{
    AUTO(Result) *databases = conn_query(conn, sql_scratch_unfinished, NO_PARAMS, error);
    for (int row = 0; databases && row < result_rows(databases); row++) {
        const char *name = result_text(databases, row, 0);
        AUTO(Result) *ended = conn_query(conn, sql_scratch_end_sessions, PARAMS(name), error);
        if (!ended ||
            !conn_exec(conn, arena_printf(arena, "DROP DATABASE %s", quote_name(arena, name)), NO_PARAMS, NULL, error))
            return false;
    }
    return databases != NULL;
}

/* Roles belong to the server: owners and grantees are there before what they own. A dump does not say what they may; as
 * superusers their views and functions read all that was dumped, and nobody can log in as one. */
static bool make_roles(const Restore *restore, Conn *conn, Error *error)
{
    Arena *arena = restore->arena;
    const StringList *roles = &restore->script.roles;
    const char *names = quote_array(arena, roles->items, roles->count);
    AUTO(Result) *missing = conn_query(conn, sql_scratch_missing_roles, PARAMS(names), error);
    for (int row = 0; missing && row < result_rows(missing); row++) {
        const char *name = quote_name(arena, result_text(missing, row, 0));
        if (!conn_exec(conn, arena_printf(arena, "CREATE ROLE %s SUPERUSER NOLOGIN", name), NO_PARAMS, NULL, error))
            return error_doing(error, "creating the role %s, which the dump names", name);
    }
    return missing != NULL;
}

static bool prepare(const Restore *restore, Error *error)
{
    AUTO(Conn) *conn = server_connect(restore->arena, restore->server, "postgres", error);
    return conn && drop_unfinished(restore->arena, conn, error) && make_roles(restore, conn, error) &&
           conn_exec(conn, arena_printf(restore->arena, "CREATE DATABASE %s TEMPLATE template0", restore->database),
                     NO_PARAMS, NULL, error);
}

/* Plans and the cutting of chunks lean on statistics. What an index expression objects to is no reason to fail. */
static void analyze(const Restore *restore)
{
    Error failed = {0};
    AUTO(Conn) *conn = server_connect(restore->arena, restore->server, restore->database, &failed);
    if (!conn || !conn_exec(conn, "ANALYZE", NO_PARAMS, NULL, &failed))
        restore_note(restore, "there are no statistics: %s", failed.message);
}

/* From here on it is the server's database. */
static bool finish(const Restore *restore, Error *error)
{
    AUTO(Conn) *conn = server_connect(restore->arena, restore->server, "postgres", error);
    return conn && conn_exec(conn, "DROP DATABASE IF EXISTS rehome", NO_PARAMS, NULL, error) &&
           conn_exec(conn, arena_printf(restore->arena, "ALTER DATABASE %s RENAME TO rehome", restore->database),
                     NO_PARAMS, NULL, error);
}

static bool database_answers(Arena *arena, const Server *server)
{
    Error none = {0};
    AUTO(Conn) *conn = server_connect(arena, server, "rehome", &none);
    return conn != NULL;
}

/* Of a restore that failed only the messages stay. */
static void give_up(const Restore *restore)
{
    Error none = {0};
    AUTO(Conn) *conn = server_connect(restore->arena, restore->server, "postgres", &none);
    if (conn)
        drop_unfinished(restore->arena, conn, &none);
    server_end(restore->arena, restore->server, &none);
}

static bool fill(Restore *restore, Server *server, Error *error)
{
    Arena *arena = restore->arena;
    const DumpOptions *options = restore->options;
    char path[PATH_MAX];
    const char *full = realpath(options->path, path) ? path : options->path;
    bool (*restore_kind)(Restore *, Error *) = is_archive(restore->kind) ? restore_archive : restore_plain;

    restore->database = arena_printf(arena, "restore_%ld_%lld", (long)getpid(), (long long)time(NULL));
    if (!server_start(arena, server, error) || !filled_begin(arena, server, full, error) || !prepare(restore, error))
        return false;
    restore_note(restore, "restoring %s into the scratch server %s", options->path, server->name);
    if (!restore_kind(restore, error)) {
        give_up(restore);
        return false;
    }
    analyze(restore);
    return finish(restore, error) &&
           filled_end(arena, server, is_archive(restore->kind) ? options->needed : NULL, error);
}

static Scratch *scratch_of(Arena *arena, const Server *server)
{
    Scratch *scratch = NEW(arena, Scratch);
    *scratch = filled_describe(arena, server);
    return scratch;
}

Scratch *dump_restore(Arena *arena, const DumpOptions *options, Error *error)
{
    Home home;
    DumpKind kind;
    AUTO(Descriptor) lock = 0;
    const char *name = NULL;
    if (!dump_kind(options->path, &kind, error) || !(name = name_of(arena, options, kind, error)) ||
        !home_open(arena, &home, error) || !home_lock(arena, &home, name, &lock, error))
        return NULL;
    Server server = server_at(arena, &home, name);
    if (filled_covers(arena, &server, options->needed)) {
        if (!server_start(arena, &server, error))
            return NULL;
        if (database_answers(arena, &server))
            return scratch_of(arena, &server);
    }
    Restore restore = {.arena = arena,
                       .options = options,
                       .kind = kind,
                       .jobs = jobs_of(options),
                       .server = &server,
                       .script = dump_script_new(arena)};
    if (need_parse(arena, options->needed, &restore.need, error) &&
        (is_archive(kind) ? restore_read_archive(&restore, error) : restore_read_plain(&restore, error)) &&
        fill(&restore, &server, error))
        return scratch_of(arena, &server);
    if (!server_exists(&server))
        home_forget_lock(arena, &home, name);
    return NULL;
}
