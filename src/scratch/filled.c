#include "scratch/filled.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static char *mark_load(Arena *arena, const Server *server, const char *name)
{
    Error none = {0};
    const char *path = file_join(arena, server->folder, name);
    return file_exists(path) ? file_load(arena, path, NULL, &none) : NULL;
}

static bool mark_write(Arena *arena, const Server *server, const char *name, const char *content, Error *error)
{
    return folder_write(arena, file_join(arena, server->folder, name), content, 0600, error);
}

char *filled_dump(Arena *arena, const Server *server)
{
    return mark_load(arena, server, "dump");
}

bool filled_covers(Arena *arena, const Server *server, const StringList *needed)
{
    char *rest = mark_load(arena, server, "restored"), *line;
    StringList held = {0};
    if (!rest)
        return false;
    while ((line = strsep(&rest, "\n")))
        LIST_PUSH(arena, &held, line);
    if (string_list_contains(&held, "*"))
        return true;
    if (!needed)
        return false;
    FOR_EACH(const char *, table, *needed)
        if (!string_list_contains(&held, *table))
            return false;
    return true;
}

bool filled_begin(Arena *arena, const Server *server, const char *dump, Error *error)
{
    const char *restored = file_join(arena, server->folder, "restored");
    if (unlink(restored) != 0 && errno != ENOENT)
        return error_set(error, ERROR_SYSTEM, "cannot remove %s: %s", restored, strerror(errno));
    return mark_write(arena, server, "dump", dump, error);
}

bool filled_end(Arena *arena, const Server *server, const StringList *needed, Error *error)
{
    return mark_write(arena, server, "restored", needed ? string_list_join(arena, needed, "\n") : "*", error);
}

Scratch filled_describe(Arena *arena, const Server *server)
{
    return (Scratch){.name = server->name,
                     .folder = server->folder,
                     .url = server_url(arena, server, "rehome"),
                     .dump = filled_dump(arena, server),
                     .running = server_is_running(arena, server),
                     .bytes = folder_bytes(server->folder)};
}
