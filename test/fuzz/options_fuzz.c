/* A command line, one argument a line. */
#include "fuzz.h"

#include "cli/options.h"

FUZZ(arena, text, length)
{
    const StringList lines = fuzz_lines(arena, text);
    char **arguments = NEW_ARRAY(arena, char *, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++)
        arguments[i] = arena_strdup(arena, lines.items[i]);
    CommandLine line = {0};
    Error error = {0};
    bool fine = options_parse(arena, (int)lines.count, arguments, &line, &error);
    HOLDS(fine ? error.kind == ERROR_NONE : error.kind == ERROR_INPUT && *error.message);
    if (fine && line.command)
        HOLDS(line.options.jobs >= 0 && command_find(line.command->name) == line.command);
}
