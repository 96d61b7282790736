/* The command line. One table of options: parsing, `help` and the shells' completion all come from it. */
#pragma once

#include "cli/command.h"

#include <stddef.h>

typedef enum OptionKind {
    OPTION_SWITCH, /* sets a bool */
    OPTION_TEXT,   /* the last one counts */
    OPTION_COUNT,  /* a whole number from 1 */
    OPTION_PERCENT, /* 5 or 5%: a whole number from 1 to 100 */
    OPTION_NAMES,  /* a,b,c: added to a StringList */
    OPTION_PAIR    /* name=value: added to a StringList */
} OptionKind;

typedef struct OptionRule {
    const char *name;     /* without the dashes */
    char letter;          /* 0: none */
    const char *argument; /* what help calls the value; NULL: a switch */
    unsigned flag;        /* the OptionFlag a command has that takes it; 0: every command does */
    OptionKind kind;
    size_t field; /* offset in Options */
    const char *help;
} OptionRule;

extern const OptionRule option_rules[];
extern const size_t option_rule_count;

typedef struct CommandLine {
    const Command *command; /* NULL: none was named */
    Options options;
} CommandLine;

bool option_is_for(const OptionRule *rule, const Command *command);

/* `--option value`, `--option=value`, `-j4`, `-qv`, anywhere; nothing after `--` is an option. Failures are ERROR_INPUT
 * with the nearest name. */
bool options_parse(Arena *arena, int count, char *const *arguments, CommandLine *line, Error *error);
