#include "base/file.h"
#include "base/text.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

TEST(a_file_is_loaded_as_it_is)
{
    AUTO(Arena) *arena = arena_new();
    char path[] = "/tmp/rehome-file-XXXXXX";
    int descriptor = mkstemp(path);
    Text big = text_new(arena);
    for (int i = 0; i < 40000; i++)
        text_add_n(&big, "a\0b", 3);
    CHECK(write(descriptor, big.chars, big.length) == (ssize_t)big.length);
    close(descriptor);

    Error error = {0};
    size_t length = 0;
    char *content = file_load(arena, path, &length, &error);
    CHECK(content && length == big.length && memcmp(content, big.chars, length) == 0);
    CHECK(file_exists(path) && !file_is_directory(path));
    unlink(path);
    CHECK(!file_exists(path));
}

TEST(what_cannot_be_read_is_named)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    CHECK(!file_load(arena, "/nowhere/at/all", NULL, &error));
    CHECK(error.kind == ERROR_SYSTEM);
    CHECK_TEXT(error.message, "cannot read /nowhere/at/all: No such file or directory");
    CHECK(!file_load(arena, "/tmp", NULL, &error));
    CHECK_TEXT(error.message, "cannot read /tmp: Is a directory");
    CHECK(file_is_directory("/tmp"));
}

TEST(paths_are_joined_with_one_slash)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(file_join(arena, "a", "b"), "a/b");
    CHECK_TEXT(file_join(arena, "a/", "b"), "a/b");
    CHECK_TEXT(file_join(arena, "a", "/b"), "/b");
    CHECK_TEXT(file_join(arena, "", "b"), "b");
}

TEST(a_file_that_was_there_stays_until_the_new_one_is_complete)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    const char *path = arena_printf(arena, "/tmp/rehome-file-%d", (int)getpid());
    const char *const contents[] = {"first", "second", "half"};
    for (int i = 0; i < 3; i++) {
        char *beside = NULL;
        FILE *file = file_begin(arena, path, &beside, &error);
        fputs(contents[i], file);
        CHECK(file_end(file, beside, path, i < 2, &error) == (i < 2));
        CHECK(!file_exists(beside));
        CHECK_TEXT(file_load(arena, path, NULL, &error), i == 0 ? "first" : "second");
    }
    CHECK(error.kind == ERROR_NONE);
    unlink(path);

    char *beside = NULL;
    CHECK(!file_begin(arena, "/nowhere/at/all", &beside, &error));
    CHECK_TEXT(error.message, "cannot write /nowhere/at/all: No such file or directory");
}
