/* Runs a fuzzer over the files of the folders that are named, in the order of their names, and says so in TAP. */
#include "fuzz.h"

#include "base/file.h"

#include <dirent.h>

static int number;

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool replay_file(Arena *arena, const char *folder, const char *name)
{
    Error error = {0};
    size_t length = 0;
    const char *bytes = file_load(arena, file_join(arena, folder, name), &length, &error);
    if (bytes)
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
    printf("%s %d - %s\n", bytes ? "ok" : "not ok", ++number, bytes ? name : error.message);
    return bytes;
}

static bool replay_folder(Arena *arena, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    bool fine = count > 0;
    for (int i = 0; i < count; i++) {
        fine = replay_file(arena, folder, entries[i]->d_name) && fine;
        free(entries[i]);
    }
    free(entries);
    return fine;
}

int main(int count, char **folders)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    AUTO(Arena) *arena = arena_new();
    bool fine = count > 1;
    for (int i = 1; i < count; i++)
        fine = replay_folder(arena, folders[i]) && fine;
    printf("1..%d\n", number);
    return fine ? 0 : 1;
}
