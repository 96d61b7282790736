#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"
#include "base/text.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(output_and_status_of_a_program_come_back)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    char *output = NULL;
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sh", "-c", "pwd; echo \"$GREETING $1\"; echo oh >&2; exit 3", "sh", "a b"),
                   .environment = ARGUMENTS("GREETING=hello"),
                   .folder = "/"};
    CHECK(child_run(arena, &child, &output, &status, &error));
    CHECK_TEXT(output, "/\nhello a b\n");
    CHECK_NUMBER(status, 3);
    CHECK_TEXT(error.detail, "oh\n");
}

TEST(much_output_on_both_streams_does_not_block)
{
    AUTO(Arena) *arena = arena_new();
    char *output = NULL;
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sh", "-c", "seq 1 50000 >&2; seq 1 50000")};
    CHECK(child_run(arena, &child, &output, &status, NULL));
    CHECK(status == 0 && output && text_ends_with(output, "\n50000\n"));
}

TEST(a_program_that_is_not_there_is_named)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    int status = -1;
    Child child = {.arguments = ARGUMENTS("no-such-program")};
    CHECK(!child_run(arena, &child, NULL, &status, &error));
    CHECK_TEXT(error.message, "cannot run no-such-program: No such file or directory");
}

TEST(a_log_takes_both_streams)
{
    AUTO(Arena) *arena = arena_new();
    char path[] = "/tmp/rehome-log-XXXXXX";
    close(mkstemp(path));
    Error error = {0};
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sh", "-c", "echo out; echo err >&2"), .log = path};
    CHECK(child_run(arena, &child, NULL, &status, &error));
    CHECK(child_run(arena, &child, NULL, &status, &error));
    CHECK_TEXT(file_load(arena, path, NULL, &error), "out\nerr\nout\nerr\n");
    unlink(path);
}

TEST(a_killed_program_is_an_error)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sh", "-c", "kill -9 $$")};
    CHECK(!child_run(arena, &child, NULL, &status, &error));
    CHECK_TEXT(error.message, "sh was killed by signal 9");
}

TEST(a_stop_ends_the_program)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sleep", "60")};
    stop_request();
    double before = clock_now();
    CHECK(!child_run(arena, &child, NULL, &status, &error));
    CHECK(error.kind == ERROR_STOPPED);
    CHECK(clock_now() - before < 10);
}

TEST(a_program_that_ends_with_a_status_of_its_own_after_a_stop_was_stopped)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    int status = -1;
    Child child = {.arguments = ARGUMENTS("sh", "-c", "trap 'exit 1' TERM; while :; do sleep 0.1; done")};
    stop_request();
    CHECK(!child_run(arena, &child, NULL, &status, &error));
    CHECK(error.kind == ERROR_STOPPED);
}
