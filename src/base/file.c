#include "base/file.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 64 * 1024 * 1024 };

static void File_cleanup(FILE **file)
{
    if (*file)
        fclose(*file);
}
typedef FILE File;

static char *cannot_read(const char *path, const char *reason, Error *error)
{
    error_set(error, ERROR_SYSTEM, "cannot read %s: %s", path, reason);
    return NULL;
}

char *file_load(Arena *arena, const char *path, size_t *length, Error *error)
{
    AUTO(File) *file = fopen(path, "rbe");
    if (!file)
        return cannot_read(path, strerror(errno), error);
    if (file_is_directory(path))
        return cannot_read(path, strerror(EISDIR), error);

    /* The size may be unknown beforehand: a pipe, /dev/stdin. */
    Text content = text_new(arena);
    char buffer[16384];
    size_t got;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) {
        if (content.length + got > LARGEST_FILE)
            return cannot_read(path, "it is larger than 64 MB", error);
        text_add_n(&content, buffer, got);
    }
    if (ferror(file))
        return cannot_read(path, strerror(errno), error);
    if (length)
        *length = content.length;
    return content.chars;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool file_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool cannot_write(const char *path, Error *error)
{
    return error_set(error, ERROR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

FILE *file_begin(Arena *arena, const char *path, char **beside, Error *error)
{
    *beside = arena_printf(arena, "%s.XXXXXX", path);
    const int descriptor = mkstemp(*beside);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!file)
        cannot_write(path, error);
    return file;
}

bool file_end(FILE *file, const char *beside, const char *path, bool complete, Error *error)
{
    bool written = !ferror(file);
    written = fclose(file) == 0 && written;
    if (complete && written && rename(beside, path) == 0)
        return true;
    if (complete)
        cannot_write(path, error);
    unlink(beside);
    return false;
}

char *file_join(Arena *arena, const char *folder, const char *name)
{
    if (name[0] == '/' || folder[0] == '\0')
        return arena_strdup(arena, name);
    return arena_printf(arena, text_ends_with(folder, "/") ? "%s%s" : "%s/%s", folder, name);
}
