/* A migration's folder below the temporary directory, and what loading it says. */
#pragma once

#include "base/file.h"
#include "base/text.h"
#include "manifest/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct MigrationFolder {
    Arena *arena;
    const char *path;
    StringList made; /* files and folders, in the order they were made */
} MigrationFolder;

static MigrationFolder folder_open(Arena *arena)
{
    const char *base = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/rehome-manifest-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(path))
        abort();
    return (MigrationFolder){.arena = arena, .path = path};
}

static const char *folder_made(MigrationFolder *folder, const char *name)
{
    const char *path = file_join(folder->arena, folder->path, name);
    if (!string_list_contains(&folder->made, path))
        LIST_PUSH(folder->arena, &folder->made, path);
    return path;
}

__attribute__((unused)) static void folder_make(MigrationFolder *folder, const char *name)
{
    mkdir(folder_made(folder, name), 0700);
}

static void folder_write_bytes(MigrationFolder *folder, const char *name, const char *bytes, size_t length)
{
    FILE *file = fopen(folder_made(folder, name), "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

static void folder_write(MigrationFolder *folder, const char *name, const char *text)
{
    folder_write_bytes(folder, name, text, strlen(text));
}

static void folder_close(MigrationFolder *folder)
{
    while (folder->made.count > 0)
        remove(folder->made.items[--folder->made.count]);
    remove(folder->path);
}

/* All mistakes, one a line; "" when there are none. */
__attribute__((unused)) static const char *folder_mistakes(MigrationFolder *folder, ManifestOptions options)
{
    Mistakes mistakes = {.arena = folder->arena};
    Text lines = text_new(folder->arena);
    options.folder = options.folder ? options.folder : folder->path;
    const Manifest *manifest = manifest_load(folder->arena, &options, &mistakes);
    FOR_EACH(Mistake, mistake, mistakes.list) {
        text_separate(&lines, "\n");
        text_add(&lines, mistake_print(folder->arena, mistake));
    }
    if ((manifest == NULL) != (mistakes.list.count > 0))
        text_add(&lines, "\na manifest comes without mistakes, and mistakes come without a manifest");
    return lines.chars;
}
