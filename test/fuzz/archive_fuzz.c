/* Files that may be dumps: which kind, and whether they are whole. */
#include "fuzz.h"

#include "base/file.h"
#include "scratch/archive_check.h"
#include "scratch/dump.h"

#include <unistd.h>

static char folder[256];

static void remove_folder(void)
{
    AUTO(Arena) *arena = arena_new();
    remove(file_join(arena, folder, "1.dat"));
    rmdir(folder);
}

static const char *folder_of(Arena *arena)
{
    if (!*folder) {
        const char *base = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/rehome-fuzz-XXXXXX", base ? base : "/tmp");
        HOLDS(mkdtemp(folder));
        atexit(remove_folder);
    }
    return file_join(arena, folder, "1.dat");
}

/* Those are given to gzip and zstd, and starting one takes as long as a thousand texts. */
static bool is_packed(const char *text)
{
    return strncmp(text, "\x1f\x8b", 2) == 0 || strncmp(text, "\x28\xb5\x2f\xfd", 4) == 0;
}

FUZZ(arena, text, length)
{
    if (is_packed(text))
        return;
    const char *path = folder_of(arena);
    remove(path); /* emptying it would wait for the disk */
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(text, 1, length, file) == length && fclose(file) == 0);
    DumpKind kind;
    Error error = {0}, of_tar = {0}, of_rows = {0};
    HOLDS(dump_kind(path, &kind, &error) == (error.kind == ERROR_NONE));
    HOLDS(archive_check_tar(path, &of_tar) == (of_tar.kind == ERROR_NONE));
    HOLDS(archive_check_rows(arena, folder, 1, &of_rows) == (of_rows.kind == ERROR_NONE));
}
