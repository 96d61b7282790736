#include "scratch/binaries.h"

#include "base/child.h"
#include "base/file.h"
#include "base/list.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool holds_a_server(Arena *arena, const char *folder)
{
    static const char *const programs[] = {"initdb", "pg_ctl", "postgres"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (access(file_join(arena, folder, programs[i]), X_OK) != 0)
            return false;
    return true;
}

static void candidates_of_pg_config(Arena *arena, StringList *folders)
{
    const Child child = {.arguments = (const char *const[]){"pg_config", "--bindir", NULL}};
    Error none = {0};
    char *output = NULL;
    int status = 0;
    if (!child_run(arena, &child, &output, &status, &none) || status != 0)
        return;
    output[strcspn(output, "\n")] = '\0';
    LIST_PUSH(arena, folders, output);
}

static void candidates_of_path(Arena *arena, StringList *folders)
{
    const char *path = getenv("PATH");
    char *rest = arena_strdup(arena, path ? path : ""), *folder;
    while ((folder = strsep(&rest, ":")))
        if (*folder == '/')
            LIST_PUSH(arena, folders, folder);
}

static void Glob_cleanup(glob_t *found)
{
    globfree(found);
}
typedef glob_t Glob;

/* "…/postgresql/15/bin" -> 15 */
static int version_in(const char *folder)
{
    const char *version = strstr(folder, "postgresql/");
    return version ? atoi(version + strlen("postgresql/")) : 0;
}

static const char *newest_packaged(Arena *arena)
{
    AUTO(Glob) found = {0};
    const char *newest = NULL;
    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (holds_a_server(arena, found.gl_pathv[i]) && (!newest || version_in(found.gl_pathv[i]) > version_in(newest)))
            newest = arena_strdup(arena, found.gl_pathv[i]);
    return newest;
}

char *binaries_find(Arena *arena, Error *error)
{
    const char *chosen = getenv("REHOME_PG_BIN");
    if (chosen && *chosen) {
        if (holds_a_server(arena, chosen))
            return arena_strdup(arena, chosen);
        error_set(error, ERROR_INPUT, "REHOME_PG_BIN is %s, but initdb, pg_ctl and postgres are not there", chosen);
        error_hint(error, "Set it to the bin folder of a PostgreSQL server, or leave it unset.");
        return NULL;
    }
    StringList folders = {0};
    candidates_of_pg_config(arena, &folders);
    candidates_of_path(arena, &folders);
    LIST_PUSH(arena, &folders, newest_packaged(arena));
    FOR_EACH(const char *, folder, folders)
        if (*folder && holds_a_server(arena, *folder))
            return arena_strdup(arena, *folder);
    error_set(error, ERROR_SYSTEM,
              "a scratch server needs PostgreSQL's server programs, and they are not on this machine");
    error_hint(error, "Install the package of the server (postgresql), or set REHOME_PG_BIN to the folder of initdb.");
    return NULL;
}

char *binaries_program(Arena *arena, const char *folder, const char *program)
{
    char *path = file_join(arena, folder, program);
    return access(path, X_OK) == 0 ? path : arena_strdup(arena, program);
}
