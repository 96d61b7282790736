#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "ledger/flag.h"

static const struct Word {
    const char *word;
    bool value;
} value_words[] = {{"on", true},  {"off", false}, {"true", true}, {"false", false},
                   {"yes", true}, {"no", false},  {"1", true},    {"0", false}};

static bool value_parse(const char *text, bool *value, Error *error)
{
    for (size_t i = 0; i < sizeof value_words / sizeof *value_words; i++)
        if (text_equal_ignoring_case(text, value_words[i].word)) {
            *value = value_words[i].value;
            return true;
        }
    return error_set(error, ERROR_INPUT, "a flag is on or off, not \"%s\"", text);
}

static const char *value_name(bool value)
{
    return value ? "on" : "off";
}

static json_t *flag_json(const FlagState *flag)
{
    return json_pack("{s:s, s:b, s:s, s:s, s:s}", "name", flag->name, "value", flag->value, "migration",
                     flag->migration, "changed_at", flag->changed_at, "changed_by", flag->changed_by);
}

static void print_json(json_t *value, FILE *out)
{
    json_auto_t *document = value;
    json_print(document, JSON_INDENT(2), out);
}

static void print_table(Arena *arena, const FlagStateList *flags, FILE *out)
{
    static const TableColumn columns[] = {
        {"flag", false}, {"value", false}, {"migration", false}, {"changed", false}, {"by", false}};
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const FlagState, flag, *flags) {
        const char **row = table_add_row(&table);
        row[0] = flag->name;
        row[1] = value_name(flag->value);
        row[2] = flag->migration;
        row[3] = flag->changed_at;
        row[4] = flag->changed_by;
    }
    table_print(&table, out);
}

static void list(Arena *arena, const Options *options, const FlagStateList *flags, FILE *out)
{
    if (options->json) {
        json_t *rows = json_array();
        FOR_EACH(const FlagState, flag, *flags)
            json_array_append_new(rows, flag_json(flag));
        print_json(json_pack("{s:o}", "flags", rows), out);
    } else if (flags->count > 0) {
        print_table(arena, flags, out);
    } else {
        log_line(LOG_INFO, "There is no flag; `rehome run` adds those under `flags` of migration.yaml.");
    }
}

static const FlagState *find(const FlagStateList *flags, const char *name)
{
    FOR_EACH(const FlagState, flag, *flags)
        if (text_equal(flag->name, name))
            return flag;
    return NULL;
}

static bool refuse(Arena *arena, const Manifest *manifest, const FlagStateList *flags, const char *name, Error *error)
{
    StringList names = {0};
    FOR_EACH(const Flag, flag, manifest->flags)
        if (text_equal(flag->name, name)) {
            error_set(error, ERROR_STATE, "flag \"%s\" is not in the target yet", name);
            return error_hint(error, "rehome run adds it.");
        }
    FOR_EACH(const FlagState, flag, *flags)
        LIST_PUSH(arena, &names, flag->name);
    const char *nearest = string_list_nearest(&names, name);
    error_set(error, ERROR_INPUT, "there is no flag \"%s\"", name);
    return nearest ? error_hint(error, "Did you mean \"%s\"?", nearest)
                   : error_hint(error, "`rehome flag` lists them.");
}

static bool set(Arena *arena, Session *session, const char *name, bool value, FlagStateList *flags, Error *error)
{
    bool changed = false;
    if (!flag_set(session->target, name, value, &changed, error))
        return false;
    log_line(LOG_INFO, changed ? "%s is %s now." : "%s was %s already.", name, value_name(value));
    *flags = (FlagStateList){0};
    return flag_load(arena, session->target, flags, error);
}

static bool flag_command(Arena *arena, const Options *options, FILE *out, Error *error)
{
    const StringList *words = &options->words;
    const char *name = words->count > 0 ? words->items[0] : NULL;
    bool value = false;
    if (words->count > 2)
        return error_set(error, ERROR_INPUT, "flag takes a name and on or off, and \"%s\" is one too many",
                         words->items[2]);
    if (words->count == 2 && !value_parse(words->items[1], &value, error))
        return false;

    SessionOptions session_options = {.manifest = options->manifest};
    session_options.manifest.without_key = session_options.manifest.without_source = true;
    FlagStateList flags = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session || !flag_load(arena, session->target, &flags, error))
        return false;
    if (!name) {
        list(arena, options, &flags, out);
        return true;
    }
    if (!find(&flags, name))
        return refuse(arena, session->manifest, &flags, name, error);
    if (words->count == 2 && !set(arena, session, name, value, &flags, error))
        return false;

    const FlagState *flag = find(&flags, name);
    if (flag && options->json)
        print_json(flag_json(flag), out);
    else if (flag && words->count == 1)
        fprintf(out, "%s\n", value_name(flag->value));
    return true;
}

const Command command_flag = {
    .name = "flag",
    .usage = "[NAME [on | off]]",
    .summary = "list and set the migration's feature flags",
    .help =
        "Without a name it lists the flags in the target, with a name it prints on or off, and with on or off it sets "
        "the flag.\n"
        "Applications ask for one by SELECT rehome.flag('NAME'). A run adds flags with their first values and never "
        "changes one.",
    .options = OPTION_MIGRATION | OPTION_JSON | OPTION_WORDS,
    .run = flag_command,
};
