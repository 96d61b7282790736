#include "base/text.h"
#include "cli/help.h"
#include "cli/options.h"

#include <string.h>

enum { LEFT_WIDTH = 24 };

static void print_option(const OptionRule *rule, FILE *out)
{
    char left[64];
    int length = rule->letter ? snprintf(left, sizeof left, "-%c, --%s", rule->letter, rule->name)
                              : snprintf(left, sizeof left, "    --%s", rule->name);
    if (rule->argument && length > 0)
        snprintf(left + length, sizeof left - (size_t)length, " %s", rule->argument);
    fprintf(out, "  %-*s  %s\n", LEFT_WIDTH, left, rule->help);
}

static void print_options(const Command *command, bool general, FILE *out)
{
    for (size_t i = 0; i < option_rule_count; i++)
        if ((option_rules[i].flag == 0) == general && option_is_for(&option_rules[i], command))
            print_option(&option_rules[i], out);
}

void help_print(FILE *out)
{
    fputs("rehome moves a PostgreSQL database's data from an old schema to a new one and proves that every row "
          "arrived.\n\n"
          "usage: rehome COMMAND [OPTION…]\n\ncommands:\n",
          out);
    for (const Command *const *command = commands; *command; command++)
        fprintf(out, "  %-9s %s\n", (*command)->name, (*command)->summary);
    fputs("\noptions of every command:\n", out);
    print_options(NULL, true, out);
    fputs("\nexit status: 0 done · 1 failed · 2 the manifest or the command line is wrong · 3 done, but more rejects "
          "than the\n"
          "budget · 4 verification found differences · 130 interrupted (run again to go on)\n\n"
          "`rehome help COMMAND` explains a command.\n",
          out);
}

void help_print_command(const Command *command, FILE *out)
{
    fprintf(out, "usage: rehome %s [OPTION…]%s%s\n\n%s\n\noptions:\n", command->name, command->usage ? " " : "",
            command->usage ? command->usage : "", command->help ? command->help : command->summary);
    print_options(command, false, out);
    print_options(command, true, out);
}

static bool help_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    if (options->words.count == 0) {
        help_print(out);
        return true;
    }
    const Command *command = command_find(options->words.items[0]);
    if (!command)
        return command_refuse(arena, options->words.items[0], error);
    help_print_command(command, out);
    return true;
}

const Command command_help = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "this overview, or one command in full",
    .help = "Explains COMMAND and lists its options, or lists the commands.",
    .options = OPTION_WORDS,
    .run = help_run,
};
