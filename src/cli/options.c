#include "cli/options.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(Options, name)

const OptionRule option_rules[] = {
    {"directory", 'C', "DIR", OPTION_MIGRATION, OPTION_TEXT, FIELD(manifest.folder),
     "the migration's folder (default: the current one)"},
    {"source", 0, "URL", OPTION_MIGRATION, OPTION_TEXT, FIELD(manifest.source),
     "the source, instead of the one in migration.yaml"},
    {"target", 0, "URL", OPTION_MIGRATION, OPTION_TEXT, FIELD(manifest.target),
     "the target, instead of the one in migration.yaml"},
    {"param", 0, "NAME=VALUE", OPTION_MIGRATION, OPTION_PAIR, FIELD(manifest.params),
     "a parameter of the migration; may be given several times"},
    {"only", 0, "A,B", OPTION_ONLY, OPTION_NAMES, FIELD(only), "these entities and no others"},
    {"jobs", 'j', "N", OPTION_JOBS, OPTION_COUNT, FIELD(jobs), "workers (default: as many as cores, at most 4)"},
    {"dry-run", 'n', NULL, OPTION_DRY_RUN | OPTION_VERIFY, OPTION_SWITCH, FIELD(dry_run), "say what would happen and change nothing"},
    {"assess", 0, NULL, OPTION_ASSESS, OPTION_SWITCH, FIELD(assess), "look at the data: which rows a run would reject, and why"},
    {"sample", 0, "N%", OPTION_ASSESS | OPTION_GLANCE, OPTION_PERCENT, FIELD(sample), "look at this part of each table; of plan: with --assess"},
    {"seed", 0, "N", OPTION_GLANCE, OPTION_COUNT, FIELD(seed), "of --sample: chooses the rows (default: by chance)"},
    {"changed", 0, NULL, OPTION_GLANCE, OPTION_SWITCH, FIELD(changed), "read only what was written to since the last verification"},
    {"fast", 0, NULL, OPTION_GLANCE, OPTION_SWITCH, FIELD(fast), "count rows and add up numbers, and compare nothing else"},
    {"json", 0, NULL, OPTION_JSON, OPTION_SWITCH, FIELD(json), "results as JSON"},
    {"watch", 'w', NULL, OPTION_WATCH, OPTION_SWITCH, FIELD(watch),
     "look again every two seconds until it is done or has failed"},
    {"dump", 0, "FILE", OPTION_DUMP, OPTION_TEXT, FIELD(dump), "the dump to restore"},
    {"entity", 'e', "NAME", OPTION_REJECTS | OPTION_ROLLBACK, OPTION_NAMES, FIELD(entities),
     "of this entity; of rollback: may be given several times"},
    {"reason", 'r', "REASON", OPTION_REJECTS, OPTION_TEXT, FIELD(reason),
     "rejects of this reason, or of this kind: unique for unique:…"},
    {"because", 0, "TEXT", OPTION_REJECTS, OPTION_TEXT, FIELD(because), "of waive: why they may stay behind"},
    {"format", 0, "csv|json", OPTION_REJECTS | OPTION_ASSESS, OPTION_TEXT, FIELD(format), "of that file (default: csv)"},
    {"output", 'o', "FILE", OPTION_REJECTS | OPTION_REPORT | OPTION_ASSESS, OPTION_TEXT, FIELD(output),
     "a file that only you may read (of report: - is stdout; of --assess: all rows that would be rejected)"},
    {"all", 0, NULL, OPTION_ALL, OPTION_SWITCH, FIELD(all), "all of them"},
    {"to", 0, "PHASE", OPTION_ROLLBACK, OPTION_TEXT, FIELD(to), "back to expand or backfill (default: to the beginning)"},
    {"run", 0, "ID", OPTION_ROLLBACK, OPTION_COUNT, FIELD(run), "what this run of rehome.run has moved"},
    {"from-backup", 0, NULL, OPTION_ROLLBACK, OPTION_SWITCH, FIELD(from_backup), "tables as they are in the backup that was taken before the first write"},
    {"yes", 'y', NULL, OPTION_ROLLBACK | OPTION_VERIFY, OPTION_SWITCH, FIELD(yes), "do it without asking"},
    {"repair", 0, NULL, OPTION_VERIFY, OPTION_SWITCH, FIELD(repair), "put right what differs"},
    {"force", 0, NULL, OPTION_ROLLBACK | OPTION_REPORT, OPTION_SWITCH, FIELD(force),
     "of rollback: overwrite what somebody else has changed since, too; of report: a file that is no report"},
    {"forget", 0, NULL, OPTION_ROLLBACK, OPTION_SWITCH, FIELD(forget), "drop the ledger of the migration in the end"},
    {"patience", 0, "SECONDS", OPTION_VERIFY, OPTION_COUNT, FIELD(patience),
     "how long rows are looked at again that differ while somebody writes (default: 10)"},
    {"quiet", 'q', NULL, 0, OPTION_SWITCH, FIELD(quiet), "only warnings and errors"},
    {"verbose", 'v', NULL, 0, OPTION_SWITCH, FIELD(verbose), "say more"},
    {"no-color", 0, NULL, 0, OPTION_SWITCH, FIELD(no_color), "no colours (NO_COLOR and TERM=dumb do the same)"},
    {"help", 'h', NULL, 0, OPTION_SWITCH, FIELD(help), "explain the command"},
    {"version", 0, NULL, 0, OPTION_SWITCH, FIELD(version), "print the version"},
};
const size_t option_rule_count = sizeof option_rules / sizeof *option_rules;

/* What is being read: where on the command line, and what was found so far. */
typedef struct Reader {
    Arena *arena;
    char *const *arguments;
    int count, at;
    CommandLine *line;
    LIST(const OptionRule *) given;
    const char *unknown; /* the first option that no rule has, as it was written; told when the command is known */
} Reader;

bool option_is_for(const OptionRule *rule, const Command *command)
{
    return rule->flag == 0 || (command && (command->options & rule->flag));
}

static bool hint_at_help(const Command *command, Error *error)
{
    return error_hint(error, "`rehome help%s%s` lists the options.", command ? " " : "", command ? command->name : "");
}

/* ---- values ---- */

static bool take_switch(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    (void)reader;
    if (value)
        return error_set(error, ERROR_INPUT, "--%s takes no value", rule->name);
    *(bool *)field = true;
    return true;
}

static bool take_text(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    (void)reader, (void)rule, (void)error;
    *(const char **)field = value;
    return true;
}

static bool take_count(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    (void)reader;
    enum { MOST = 1000 };
    char *end = NULL;
    long number = strtol(value, &end, 10);
    if (*end != '\0' || number < 1 || number > MOST)
        return error_set(error, ERROR_INPUT, "--%s wants a number from 1 to %d and not \"%s\"", rule->name, MOST,
                         value);
    *(int *)field = (int)number;
    return true;
}

static bool take_percent(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    char *end = NULL;
    long number = strtol(value, &end, 10);
    (void)reader;
    if (end == value || !(*end == '\0' || text_equal(end, "%")) || number < 1 || number > 100)
        return error_set(error, ERROR_INPUT, "--%s wants a whole number of per cent from 1 to 100 and not \"%s\"", rule->name, value);
    *(int *)field = (int)number;
    return true;
}

static bool take_names(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    while (*value) {
        size_t length = strcspn(value, ",");
        if (length == 0)
            return error_set(error, ERROR_INPUT, "--%s has an empty name in it", rule->name);
        LIST_PUSH(reader->arena, (StringList *)field, arena_strndup(reader->arena, value, length));
        value += length + (value[length] == ',');
    }
    return true;
}

static bool take_pair(Reader *reader, const OptionRule *rule, void *field, const char *value, Error *error)
{
    if (!strchr(value, '=') || value[0] == '=')
        return error_set(error, ERROR_INPUT, "--%s wants %s and not \"%s\"", rule->name, rule->argument, value);
    LIST_PUSH(reader->arena, (StringList *)field, value);
    return true;
}

static bool option_take(Reader *reader, const OptionRule *rule, const char *value, Error *error)
{
    static bool (*const takers[])(Reader *, const OptionRule *, void *, const char *, Error *) = {
        [OPTION_SWITCH] = take_switch, [OPTION_TEXT] = take_text, [OPTION_COUNT] = take_count,
        [OPTION_NAMES] = take_names,   [OPTION_PAIR] = take_pair, [OPTION_PERCENT] = take_percent,
    };
    if (rule->argument && !value && reader->at < reader->count)
        value = reader->arguments[reader->at++];
    if (rule->argument && (!value || value[0] == '\0')) {
        error_set(error, ERROR_INPUT, "--%s wants a value: --%s %s", rule->name, rule->name, rule->argument);
        return hint_at_help(reader->line->command, error);
    }

    LIST_PUSH(reader->arena, &reader->given, rule);
    char *options = (char *)&reader->line->options;
    return takers[rule->kind](reader, rule, options + rule->field, value, error) ||
           hint_at_help(reader->line->command, error);
}

/* ---- one argument ---- */

static const OptionRule *rule_named(const char *name, size_t length)
{
    for (size_t i = 0; i < option_rule_count; i++)
        if (strlen(option_rules[i].name) == length && memcmp(option_rules[i].name, name, length) == 0)
            return &option_rules[i];
    return NULL;
}

static const OptionRule *rule_lettered(char letter)
{
    for (size_t i = 0; i < option_rule_count; i++)
        if (option_rules[i].letter == letter)
            return &option_rules[i];
    return NULL;
}

static void remember_unknown(Reader *reader, const char *text, size_t length)
{
    if (!reader->unknown)
        reader->unknown = arena_strndup(reader->arena, text, length);
}

static bool read_long(Reader *reader, const char *argument, Error *error)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const OptionRule *rule = rule_named(name, length);
    if (rule)
        return option_take(reader, rule, name[length] == '=' ? name + length + 1 : NULL, error);
    remember_unknown(reader, argument, length + 2);
    return true;
}

/* -q, -qv, -j4, -j 4 */
static bool read_letters(Reader *reader, const char *argument, Error *error)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const OptionRule *rule = rule_lettered(*letter);
        if (!rule) {
            remember_unknown(reader, argument, strlen(argument));
            return true;
        }
        if (rule->argument)
            return option_take(reader, rule, letter[1] ? letter + 1 : NULL, error);
        if (!option_take(reader, rule, NULL, error))
            return false;
    }
    return true;
}

static bool read_word(Reader *reader, const char *word, Error *error)
{
    CommandLine *line = reader->line;
    if (line->command) {
        LIST_PUSH(reader->arena, &line->options.words, word);
        return true;
    }
    line->command = command_find(word);
    return line->command || command_refuse(reader->arena, word, error);
}

static bool read_argument(Reader *reader, const char *argument, Error *error)
{
    if (argument[0] != '-' || argument[1] == '\0')
        return read_word(reader, argument, error);
    if (argument[1] == '-')
        return read_long(reader, argument, error);
    return read_letters(reader, argument, error);
}

/* ---- what does not fit the command ---- */

static bool refuse(const Command *command, const char *what, Error *error)
{
    error_set(error, ERROR_INPUT, "%s", what);
    return hint_at_help(command, error);
}

static bool refuse_unknown(const Reader *reader, Error *error)
{
    const Command *command = reader->line->command;
    StringList names = {0};
    for (size_t i = 0; i < option_rule_count; i++)
        if (!command || option_is_for(&option_rules[i], command))
            LIST_PUSH(reader->arena, &names, option_rules[i].name);
    const char *nearest = string_list_nearest(&names, reader->unknown + strspn(reader->unknown, "-"));
    Text what = text_new(reader->arena);
    text_addf(&what, "unknown option %s", reader->unknown);
    if (nearest)
        text_addf(&what, "; did you mean --%s?", nearest);
    return refuse(command, what.chars, error);
}

static bool fits_command(const Reader *reader, Error *error)
{
    const Command *command = reader->line->command;
    const Options *options = &reader->line->options;
    if (reader->unknown)
        return refuse_unknown(reader, error);
    if (!command || options->help)
        return true;
    FOR_EACH(const OptionRule *, rule, reader->given)
        if (!option_is_for(*rule, command))
            return refuse(command, arena_printf(reader->arena, "rehome %s has no --%s", command->name, (*rule)->name),
                          error);
    if (options->words.count > 0 && !(command->options & OPTION_WORDS))
        return refuse(command,
                      arena_printf(reader->arena, "rehome %s does not know what to do with \"%s\"", command->name,
                                   options->words.items[0]),
                      error);
    return true;
}

bool options_parse(Arena *arena, int count, char *const *arguments, CommandLine *line, Error *error)
{
    *line = (CommandLine){.options.manifest.folder = "."};
    Reader reader = {.arena = arena, .arguments = arguments, .count = count, .at = 1, .line = line};
    bool only_words = false, fits = true;
    while (reader.at < count) { /* to the end, because --no-color and -q hold for the error too */
        const char *argument = arguments[reader.at++];
        if (!only_words && text_equal(argument, "--"))
            only_words = true;
        else
            fits = (only_words ? read_word : read_argument)(&reader, argument, fits ? error : NULL) && fits;
    }
    return fits && fits_command(&reader, error);
}
