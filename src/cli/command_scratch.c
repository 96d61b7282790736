#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "scratch/dump.h"

#include <jansson.h>
#include <libgen.h>
#include <string.h>

static json_t *scratch_json(const Scratch *scratch)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:I}", "name", scratch->name, "url", scratch->url, "folder",
                     scratch->folder, "dump", scratch->dump, "running", scratch->running, "bytes",
                     (json_int_t)scratch->bytes);
}

static bool print_json(const json_t *value, FILE *out)
{
    json_dumpf(value, out, JSON_INDENT(2));
    fputc('\n', out);
    return true;
}

static void log_note(void *self, const char *message)
{
    (void)self;
    log_line(LOG_INFO, "%s", message);
}

/* "backups/legacy.sql.gz" -> "legacy" */
static const char *label_of(Arena *arena, const char *path)
{
    char *label = basename(arena_strdup(arena, path));
    label[strcspn(label, ".")] = '\0';
    return label;
}

static Scratch *start(Arena *arena, const Options *options, const char *name, Error *error)
{
    if (!options->dump)
        return scratch_start(arena, name ? name : "scratch", error);
    const DumpOptions dump = {.path = options->dump,
                              .label = name ? name : label_of(arena, options->dump),
                              .jobs = options->jobs,
                              .note = log_note};
    return dump_restore(arena, &dump, error);
}

static bool run_start(Arena *arena, const Options *options, const char *name, FILE *out, Error *error)
{
    const Scratch *scratch = start(arena, options, name, error);
    if (!scratch)
        return false;
    log_line(LOG_INFO, "The scratch server %s runs; \"rehome scratch stop %s\" removes it.", scratch->name,
             scratch->name);
    json_auto_t *json = scratch_json(scratch);
    if (options->json)
        return print_json(json, out);
    return fprintf(out, "%s\n", scratch->url) > 0;
}

/* Which ones; NULL is all. */
static bool names_to_stop(Arena *arena, const Options *options, const char *name, StringList *names, Error *error)
{
    ScratchList all = {0};
    if (options->all == (name != NULL))
        return error_set(error, ERROR_INPUT, "scratch stop takes the name of a scratch server, or --all");
    if (name) {
        LIST_PUSH(arena, names, name);
        return true;
    }
    if (!scratch_list(arena, &all, error))
        return false;
    FOR_EACH(const Scratch, scratch, all)
        LIST_PUSH(arena, names, scratch->name);
    return true;
}

static bool run_stop(Arena *arena, const Options *options, const char *name, FILE *out, Error *error)
{
    StringList names = {0};
    json_auto_t *stopped = json_array();
    if (!names_to_stop(arena, options, name, &names, error))
        return false;
    FOR_EACH(const char *, one, names) {
        if (!scratch_stop(arena, *one, error))
            return false;
        json_array_append_new(stopped, json_string(*one));
        log_line(LOG_INFO, "Removed the scratch server %s.", *one);
    }
    json_auto_t *json = json_pack("{s:O}", "stopped", stopped);
    return !options->json || print_json(json, out);
}

static void print_table(Arena *arena, const ScratchList *all, FILE *out)
{
    static const TableColumn columns[] = {{"name", false}, {"state", false}, {"size", true}, {"dump", false}};
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const Scratch, scratch, *all) {
        const char **row = table_add_row(&table);
        row[0] = scratch->name;
        row[1] = scratch->running ? "running" : "stopped";
        row[2] = text_of_bytes(arena, scratch->bytes);
        row[3] = scratch->dump ? scratch->dump : "";
    }
    table_print(&table, out);
}

static bool run_list(Arena *arena, const Options *options, const char *name, FILE *out, Error *error)
{
    ScratchList all = {0};
    if (name)
        return error_set(error, ERROR_INPUT, "scratch list takes no name");
    if (!scratch_list(arena, &all, error))
        return false;
    if (!options->json) {
        print_table(arena, &all, out);
        return true;
    }
    json_auto_t *rows = json_array();
    FOR_EACH(const Scratch, scratch, all)
        json_array_append_new(rows, scratch_json(scratch));
    json_auto_t *json = json_pack("{s:O}", "scratch", rows);
    return print_json(json, out);
}

static const struct Action {
    const char *name;
    bool (*run)(Arena *arena, const Options *options, const char *name, FILE *out, Error *error);
} actions[] = {{"start", run_start}, {"stop", run_stop}, {"list", run_list}};

static bool run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    const StringList *words = &options->words;
    if (words->count > 2)
        return error_set(error, ERROR_INPUT, "scratch takes one name, and \"%s\" is one too many", words->items[2]);
    const char *name = words->count > 1 ? words->items[1] : NULL;
    for (size_t i = 0; i < sizeof actions / sizeof *actions && words->count > 0; i++)
        if (text_equal(words->items[0], actions[i].name))
            return actions[i].run(arena, options, name, out, error);
    if (words->count == 0)
        return error_set(error, ERROR_INPUT, "scratch start, stop or list?");
    return error_set(error, ERROR_INPUT, "scratch does not know \"%s\": it can start, stop and list", words->items[0]);
}

const Command command_scratch = {
    .name = "scratch",
    .usage = "start [NAME] [--dump FILE] | stop NAME | stop --all | list",
    .summary = "a private PostgreSQL to rehearse on, from a dump or empty",
    .help = "start makes a PostgreSQL server of your own below your state folder and prints the URL of its database; "
            "with --dump it\n"
            "restores the dump into it first, and a dump that was restored already is just there. Nobody else can "
            "connect.\n"
            "Dumps: all formats of pg_dump, plain ones also packed with gzip or zstd.\n"
            "\n"
            "stop ends a server and removes all that it held. list shows what is there.\n"
            "\n"
            "REHOME_SCRATCH chooses the folder, REHOME_PG_BIN the PostgreSQL.",
    .options = OPTION_WORDS | OPTION_DUMP | OPTION_JOBS | OPTION_ALL | OPTION_JSON,
    .run = run,
};
