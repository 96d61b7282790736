#include "cli/command.h"

#include "base/text.h"

const Command *const commands[] = {
    &command_plan, &command_run,     &command_verify,  &command_status, &command_rejects, &command_rollback,
    &command_flag, &command_refresh, &command_report, &command_scratch, &command_demo,   &command_help,
    NULL,
};

const Command *command_find(const char *name)
{
    for (const Command *const *command = commands; *command; command++)
        if (text_equal((*command)->name, name))
            return *command;
    return NULL;
}

bool command_refuse(Arena *arena, const char *name, Error *error)
{
    StringList names = {0};
    for (const Command *const *command = commands; *command; command++)
        LIST_PUSH(arena, &names, (*command)->name);
    const char *nearest = string_list_nearest(&names, name);
    error_set(error, ERROR_INPUT, "unknown command \"%s\"%s", name,
              nearest ? arena_printf(arena, "; did you mean \"%s\"?", nearest) : "");
    return error_hint(error, "`rehome help` lists the commands.");
}
