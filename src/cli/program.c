#include "cli/program.h"

#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"
#include "cli/complaint.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/terminal.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_log(const Options *options)
{
    log_open((LogOptions){
        .least = options->quiet     ? LOG_WARNING
                 : options->verbose ? LOG_DEBUG
                                    : LOG_INFO,
        .color = terminal_has_color(STDERR_FILENO, options->no_color),
    });
}

static bool line_run(Arena *arena, const CommandLine *line, FILE *out, Error *error)
{
    const Options *options = &line->options;
    if (options->version)
        fprintf(out, "rehome %s\n", REHOME_VERSION);
    else if (!line->command)
        help_print(out);
    else if (options->help)
        help_print_command(line->command, out);
    else
        return line->command->run(arena, options, out, error);
    return true;
}

/* A result that did not arrive is a failure, whatever else went well. */
static bool result_arrived(FILE *out, Error *error)
{
    if (fflush(out) == 0 && !ferror(out))
        return true;
    return error_set(error, ERROR_SYSTEM, "cannot write the result: %s", strerror(errno));
}

int program_run(int count, char *const *arguments)
{
    umask(077);
    setlocale(LC_CTYPE, "");
    stop_install();

    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    CommandLine line;
    bool parsed = options_parse(arena, count, arguments, &line, &error);
    open_log(&line.options);
    bool done = parsed && line_run(arena, &line, stdout, &error);
    bool arrived = result_arrived(stdout, done ? &error : NULL);
    if (done && arrived)
        return 0;
    complain(&error);
    int status = error_policy(error.kind)->exit_status;
    return status ? status : 1;
}
