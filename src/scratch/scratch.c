#include "scratch/scratch.h"

#include "base/file.h"
#include "scratch/filled.h"
#include "scratch/server.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool database_is_there(Conn *conn, bool *there, Error *error)
{
    AUTO(Result) *result =
        conn_query(conn, "SELECT count(*) FROM pg_catalog.pg_database WHERE datname = 'rehome'", NO_PARAMS, error);
    *there = result && result_number(result, 0, 0) > 0;
    return result != NULL;
}

static bool make_database(Arena *arena, const Server *server, Error *error)
{
    AUTO(Conn) *conn = server_connect(arena, server, "postgres", error);
    bool there = false;
    return conn && database_is_there(conn, &there, error) &&
           (there || conn_exec(conn, "CREATE DATABASE rehome TEMPLATE template0", NO_PARAMS, NULL, error));
}

Scratch *scratch_start(Arena *arena, const char *name, Error *error)
{
    Home home;
    AUTO(Descriptor) lock = 0;
    if (!home_check_name(name, error) || !home_open(arena, &home, error) ||
        !home_lock(arena, &home, name, &lock, error))
        return NULL;
    Server server = server_at(arena, &home, name);
    if (!server_start(arena, &server, error))
        return NULL;
    /* One that was to hold a dump gets its database from the restore. */
    if (!filled_dump(arena, &server) && !make_database(arena, &server, error))
        return NULL;
    Scratch *scratch = NEW(arena, Scratch);
    *scratch = filled_describe(arena, &server);
    return scratch;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const Scratch *)left)->name, ((const Scratch *)right)->name);
}

static void Directory_cleanup(DIR **directory)
{
    if (*directory)
        closedir(*directory);
}
typedef DIR Directory;

bool scratch_list(Arena *arena, ScratchList *list, Error *error)
{
    Home *home = NEW(arena, Home);
    if (!home_find(arena, home, error))
        return false;
    AUTO(Directory) *directory = opendir(home->folder);
    if (!directory)
        return errno == ENOENT || error_set(error, ERROR_SYSTEM, "cannot read %s: %s", home->folder, strerror(errno));
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        const Server server = server_at(arena, home, entry->d_name);
        if (home_is_name(entry->d_name) && server_exists(&server))
            LIST_PUSH(arena, list, filled_describe(arena, &server));
    }
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_name);
    return true;
}

/* Names begin with the label of a migration and end with a fingerprint, which nobody remembers. */
static bool not_there(Arena *arena, const char *name, Error *error)
{
    ScratchList all = {0};
    StringList names = {0};
    if (!scratch_list(arena, &all, error))
        return false;
    FOR_EACH(Scratch, scratch, all)
        LIST_PUSH(arena, &names, scratch->name);
    error_set(error, ERROR_INPUT, "there is no scratch server %s", name);
    if (names.count == 0)
        return error_hint(error, "There is none at all.");
    return error_hint(error, "These are there: %s.", string_list_join(arena, &names, ", "));
}

bool scratch_stop(Arena *arena, const char *name, Error *error)
{
    Home home;
    AUTO(Descriptor) lock = 0;
    if (!home_check_name(name, error) || !home_find(arena, &home, error))
        return false;
    Server server = server_at(arena, &home, name);
    if (!server_exists(&server))
        return not_there(arena, name, error);
    if (!home_lock(arena, &home, name, &lock, error))
        return false;
    server = server_at(arena, &home, name);
    if (!server_end(arena, &server, error))
        return false;
    bool elsewhere = server.socket && strncmp(server.socket, "/tmp/rehome-", strlen("/tmp/rehome-")) == 0;
    if ((elsewhere && !folder_remove(server.socket, error)) || !folder_remove(server.folder, error))
        return false;
    home_forget_lock(arena, &home, name);
    return true;
}
