#include "scratch/clients.h"

#include "base/child.h"
#include "base/file.h"
#include "base/list.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int clients_version(const char *words)
{
    static const char mark[] = "(PostgreSQL) ";
    const char *found = words ? strstr(words, mark) : NULL;
    return found ? atoi(found + strlen(mark)) : 0;
}

static bool says(Arena *arena, const char *const *arguments, char **output)
{
    const Child child = {.arguments = arguments, .environment = (const char *const[]){"LC_ALL=C.UTF-8", NULL}};
    Error none = {0};
    int status = 0;
    return child_run(arena, &child, output, &status, &none) && status == 0;
}

/* Without both of them, or when they do not run, the version is 0. */
static Clients clients_in(Arena *arena, const char *folder)
{
    Clients clients = {.dump = file_join(arena, folder, "pg_dump"), .restore = file_join(arena, folder, "pg_restore")};
    char *words = NULL;
    if (access(clients.dump, X_OK) == 0 && access(clients.restore, X_OK) == 0 &&
        says(arena, (const char *const[]){clients.dump, "--version", NULL}, &words))
        clients.version = clients_version(words);
    return clients;
}

static void add_path(Arena *arena, StringList *folders)
{
    const char *path = getenv("PATH");
    char *rest = arena_strdup(arena, path ? path : ""), *folder;
    while ((folder = strsep(&rest, ":")))
        if (*folder == '/')
            LIST_PUSH(arena, folders, folder);
}

static void add_configured(Arena *arena, StringList *folders)
{
    char *folder = NULL;
    if (!says(arena, (const char *const[]){"pg_config", "--bindir", NULL}, &folder))
        return;
    folder[strcspn(folder, "\n")] = '\0';
    LIST_PUSH(arena, folders, folder);
}

typedef glob_t Glob;
static void Glob_cleanup(Glob *found)
{
    globfree(found);
}

static void add_packaged(Arena *arena, StringList *folders)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        AUTO(Glob) found = {0};
        if (glob(patterns[i], 0, NULL, &found) == 0)
            for (size_t at = 0; at < found.gl_pathc; at++)
                LIST_PUSH(arena, folders, arena_strdup(arena, found.gl_pathv[at]));
    }
}

static StringList folders_to_look_in(Arena *arena)
{
    const char *chosen = getenv("REHOME_PG_BIN");
    StringList folders = {0};
    if (chosen && *chosen) {
        LIST_PUSH(arena, &folders, chosen);
        return folders;
    }
    add_path(arena, &folders);
    add_configured(arena, &folders);
    add_packaged(arena, &folders);
    return folders;
}

bool clients_find(Arena *arena, int server, Clients *clients, Error *error)
{
    const StringList folders = folders_to_look_in(arena);
    const int wanted = server / 10000;
    *clients = (Clients){0};
    FOR_EACH(const char *, folder, folders) {
        const Clients found = clients_in(arena, *folder);
        if (found.version > clients->version)
            *clients = found;
        if (found.version >= wanted)
            return true;
    }
    if (clients->version == 0)
        error_set(error, ERROR_SYSTEM, "a backup needs pg_dump and pg_restore, and they are not on this machine");
    else
        error_set(error, ERROR_SYSTEM,
                  "a backup needs pg_dump of PostgreSQL %d or later, and the newest here is %d (%s)", wanted,
                  clients->version, clients->dump);
    return error_hint(error, "Install the client programs of PostgreSQL %d, or set REHOME_PG_BIN to their folder.",
                      wanted);
}
