/* Restores a dump for a migration that reads some of its tables, and prints the URL, for test/scenario/test_scratch.py.
 *
 * usage: restore_tables DUMP TABLE… */
#include "base/log.h"
#include "base/stop.h"
#include "scratch/dump.h"

#include <stdio.h>

static void print_note(void *self, const char *message)
{
    (void)self;
    log_line(LOG_INFO, "%s", message);
}

int main(int count, char **words)
{
    AUTO(Arena) *arena = arena_new();
    StringList needed = {0};
    Error error = {0};
    log_open((LogOptions){.least = LOG_INFO});
    stop_install();
    for (int i = 2; i < count; i++)
        LIST_PUSH(arena, &needed, words[i]);
    const DumpOptions options = {.path = words[1], .label = "needed", .needed = &needed, .jobs = 2, .note = print_note};
    const Scratch *scratch = dump_restore(arena, &options, &error);
    if (!scratch) {
        log_error(&error);
        return error_policy(error.kind)->exit_status;
    }
    return printf("%s\n", scratch->url) > 0 ? 0 : 1;
}
