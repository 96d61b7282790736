/* Archives of pg_dump (custom, directory, tar), restored by pg_restore in three parts: the schema, then the rows of the
 * tables that are needed (which the schema, once it is there, tells), then keys and indexes. */
#include "scratch/restore.h"

#include "base/child.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "scratch/archive_check.h"
#include "scratch/binaries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef LIST(const char *) Arguments;

static bool run(const Restore *restore, Arguments *arguments, const char *log, char **output, int *status, Error *error)
{
    LIST_PUSH(restore->arena, arguments, restore->options->path);
    LIST_PUSH(restore->arena, arguments, NULL);
    const Child child = {.arguments = arguments->items,
                         .environment = (const char *const[]){"LC_ALL=C.UTF-8", NULL}, /* its messages are read by us */
                         .log = log};
    return child_run(restore->arena, &child, output, status, error) ||
           error_doing(error, "restoring the dump %s", restore->options->path);
}

static bool pg_restore_arguments(const Restore *restore, Arguments *arguments, Error *error)
{
    const char *binaries = binaries_find(restore->arena, error);
    if (binaries)
        LIST_PUSH(restore->arena, arguments, binaries_program(restore->arena, binaries, "pg_restore"));
    return binaries != NULL;
}

/* pg_restore itself gave up: the file, not an object in it. */
static bool refused(const Restore *restore, const char *words, Error *error)
{
    static const char prefix[] = "pg_restore: error: ";
    char copy[sizeof error->detail];
    snprintf(copy, sizeof copy, "%s", words + (text_starts_with(words, prefix) ? strlen(prefix) : 0));
    copy[strcspn(copy, "\n")] = '\0';
    error_set(error, ERROR_SYSTEM, "the dump %s cannot be restored: %s", restore->options->path, copy);
    if (strstr(copy, "unsupported version"))
        return error_hint(
            error, "A newer PostgreSQL made it. Install that version's server and client, or set REHOME_PG_BIN to it.");
    return error_hint(error,
                      "If the file is damaged or cut off, copy it again and compare its size, or make the dump anew.");
}

/* The table of contents, as `pg_restore -l` prints it. */
static bool contents_load(const Restore *restore, char **contents, Error *error)
{
    Arguments arguments = {0};
    int status = 0;
    if (!pg_restore_arguments(restore, &arguments, error))
        return false;
    LIST_PUSH(restore->arena, &arguments, "-l");
    if (!run(restore, &arguments, NULL, contents, &status, error))
        return false;
    return status == 0 || refused(restore, error->detail, error);
}

/* "217; 1259 16423 TABLE public leads crm" -> its id, and what follows the numbers. False: no entry. */
static bool contents_line(const char *line, int *id, uint32_t *oid, const char **rest)
{
    char *end;
    *id = (int)strtol(line, &end, 10);
    if (end == line || *end != ';')
        return false;
    strtoul(end + 1, &end, 10);
    *oid = (uint32_t)strtoul(end, &end, 10);
    *rest = end + (*end == ' ');
    return true;
}

static const DumpEntry *table_of_oid(const DumpScript *script, uint32_t oid)
{
    FOR_EACH(const DumpEntry, entry, script->entries)
        if (oid != 0 && entry->oid == oid && text_equal(entry->type, "TABLE"))
            return entry;
    return NULL;
}

/* The entries that are data are not in the script; what they say without doubt is their kind and the table's OID. */
static void add_data_entry(DumpScript *script, int id, uint32_t oid, const char *rest)
{
    static const char *const types[] = {"TABLE DATA",    "SEQUENCE SET",    "BLOBS", "BLOB METADATA",
                                        "BLOB COMMENTS", "STATISTICS DATA", "BLOB"};
    if (dump_script_entry_of_id(script, id))
        return;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t length = strlen(types[i]);
        if (strncmp(rest, types[i], length) != 0 || rest[length] != ' ')
            continue;
        const DumpEntry *table = table_of_oid(script, oid);
        const DumpEntry entry = {.id = id,
                                 .type = types[i],
                                 .schema = table ? table->schema : "-",
                                 .name = table ? table->name : arena_strdup(script->arena, rest + length + 1)};
        LIST_PUSH(script->arena, &script->entries, entry);
        return;
    }
}

static void add_data_entries(DumpScript *script, char *contents)
{
    char *line;
    int id;
    uint32_t oid;
    const char *rest;
    while ((line = strsep(&contents, "\n")))
        if (contents_line(line, &id, &oid, &rest))
            add_data_entry(script, id, oid, rest);
}

bool restore_read_archive(Restore *restore, Error *error)
{
    Arguments arguments = {0};
    char *contents = NULL, *script = NULL;
    int status = 0;
    if (restore->kind == DUMP_TAR && !archive_check_tar(restore->options->path, error))
        return false;
    if (!contents_load(restore, &contents, error) || !pg_restore_arguments(restore, &arguments, error))
        return false;
    static const char *const as_script[] = {"-v", "-f", "-", "--section=pre-data", "--section=post-data"};
    for (size_t i = 0; i < sizeof as_script / sizeof *as_script; i++)
        LIST_PUSH(restore->arena, &arguments, as_script[i]);
    if (!run(restore, &arguments, NULL, &script, &status, error))
        return false;
    if (status != 0)
        return refused(restore, error->detail, error);
    dump_script_read_text(&restore->script, script);
    add_data_entries(&restore->script, contents);
    return true;
}

/* The words of the server, without pg_restore's: to the end of the message or of a screen's width. */
static char *words_of(Arena *arena, const char *message)
{
    static const char prefix[] = "could not execute query: ";
    enum { LONGEST_WORDS = 400 };
    if (text_starts_with(message, prefix))
        message += strlen(prefix);
    const char *end = strstr(message, "\npg_restore: "), *command = strstr(message, "\nCommand was: ");
    if (!end || (command && command < end))
        end = command ? command : message + strcspn(message, "\n");
    size_t length = (size_t)(end - message);
    return arena_strndup(arena, message, length < LONGEST_WORDS ? length : LONGEST_WORDS);
}

/* The entry that a line of pg_restore names; `named` says whether there is one. */
static const DumpEntry *entry_named(const Restore *restore, const char *line, size_t length, bool *named)
{
    static const char mark[] = "from TOC entry ";
    const char *found = memmem(line, length, mark, strlen(mark));
    *named = found != NULL;
    return found ? dump_script_entry_of_id(&restore->script, atoi(found + strlen(mark))) : NULL;
}

/* Workers write side by side, so words may stand under another's entry; but every entry with trouble is named by a line
 * of its own, and that is what counts. */
static TroubleList troubles_of(const Restore *restore, const char *messages)
{
    static const char mark[] = "error: ";
    TroubleList troubles = {0};
    size_t length;
    for (const char *line = messages; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        bool named;
        const DumpEntry *entry = entry_named(restore, line, length, &named);
        const char *words = text_starts_with(line, "pg_restore: ") ? memmem(line, length, mark, strlen(mark)) : NULL;
        if (named || (words && troubles.count == 0))
            LIST_PUSH(restore->arena, &troubles, ((Trouble){entry, NULL}));
        if (words && !troubles.items[troubles.count - 1].words)
            troubles.items[troubles.count - 1].words = words_of(restore->arena, words + strlen(mark));
    }
    FOR_EACH(Trouble, trouble, troubles)
        trouble->words = trouble->words ? trouble->words : "an error";
    return troubles;
}

/* A worker's death comes after what killed it. */
static const char *last_words(const Restore *restore, const char *messages)
{
    const char *found = NULL;
    for (const char *at = messages; (at = strstr(at, "pg_restore: error: ")); at++)
        if (!strstr(words_of(restore->arena, at), "a worker process died"))
            found = words_of(restore->arena, at + strlen("pg_restore: error: "));
    return found ? found : "pg_restore failed";
}

/* Objects are named only with -v. Among the rows every trouble is a failure that names its table, and a line for each
 * large object would be too much. */
static bool run_section(const Restore *restore, const char *section, const char *list, Error *error)
{
    Arena *arena = restore->arena;
    bool is_data = text_equal(section, "data");
    Arguments arguments = {0};
    char *log = restore_log(restore, section, error);
    if (!log || !pg_restore_arguments(restore, &arguments, error))
        return false;
    if (!is_data)
        LIST_PUSH(arena, &arguments, "-v");
    LIST_PUSH(arena, &arguments, arena_printf(arena, "--section=%s", section));
    static const char *const always[] = {"--no-tablespaces", "--no-publications", "--no-subscriptions", "-d"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        LIST_PUSH(arena, &arguments, always[i]);
    LIST_PUSH(arena, &arguments, server_url(arena, restore->server, restore->database));
    if (restore->kind != DUMP_TAR)
        LIST_PUSH(arena, &arguments, arena_printf(arena, "--jobs=%d", restore->jobs));
    if (list)
        LIST_PUSH(arena, &arguments, arena_printf(arena, "--use-list=%s", list));

    int status = 0;
    if (!run(restore, &arguments, log, NULL, &status, error))
        return false;
    char *messages = file_load(arena, log, NULL, error);
    if (!messages)
        return false;
    if (status != 0 && !strstr(messages, "errors ignored on restore: "))
        return refused(restore, last_words(restore, messages), error);
    const TroubleList troubles = troubles_of(restore, messages);
    if (status != 0 && troubles.count == 0)
        return refused(restore, last_words(restore, messages), error);
    return restore_judge(restore, &troubles, log, error);
}

/* A foreign key whose parent's rows are left out could not be made. */
static bool lacks_parents(const Restore *restore, const DumpEntry *key)
{
    bool child_is_needed = false, parent_is_missing = false;
    FOR_EACH(const int, id, key->needs) {
        const DumpEntry *table = dump_script_entry_of_id(&restore->script, *id);
        if (!table || !text_equal(table->type, "TABLE"))
            continue;
        size_t length = strlen(table->name);
        bool is_child = strncmp(key->name, table->name, length) == 0 && key->name[length] == ' ';
        bool is_needed = need_has(&restore->need, table->schema, table->name);
        child_is_needed |= is_child && is_needed;
        parent_is_missing |= !is_needed;
    }
    return child_is_needed && parent_is_missing;
}

static bool is_wanted(const Restore *restore, const DumpEntry *entry)
{
    if (restore->need.all || !entry)
        return true;
    if (text_equal(entry->type, "TABLE DATA") || text_equal(entry->type, "MATERIALIZED VIEW DATA"))
        return need_has(&restore->need, entry->schema, entry->name);
    return !text_equal(entry->type, "FK CONSTRAINT") || !lacks_parents(restore, entry);
}

/* The contents again, what is left out as a comment. */
static char *list_write(const Restore *restore, Error *error)
{
    Text list = text_new(restore->arena);
    char *contents = NULL, *line, *path = file_join(restore->arena, restore->server->folder, "contents.list");
    int id, left_out = 0;
    uint32_t oid;
    const char *rest;
    if (!contents_load(restore, &contents, error))
        return NULL;
    while ((line = strsep(&contents, "\n"))) {
        const DumpEntry *entry =
            contents_line(line, &id, &oid, &rest) ? dump_script_entry_of_id(&restore->script, id) : NULL;
        bool wanted = is_wanted(restore, entry);
        text_addf(&list, "%s%s\n", wanted ? "" : ";", line);
        left_out += !wanted && text_equal(entry->type, "TABLE DATA");
        if (!wanted && text_equal(entry->type, "FK CONSTRAINT"))
            restore_note(restore, "left out, for rows it points to are not needed: %s",
                         dump_entry_print(restore->arena, entry));
    }
    if (left_out > 0)
        restore_note(restore, "the rows of %s that the migration does not read are left out",
                     text_of_many(restore->arena, left_out, "table"));
    return folder_write(restore->arena, path, list.chars, 0600, error) ? path : NULL;
}

/* pg_restore would not notice a file without its end when it is not packed. */
static bool check_files(const Restore *restore, Error *error)
{
    FOR_EACH(const DumpEntry, entry, restore->script.entries)
        if (restore->kind == DUMP_DIRECTORY && text_equal(entry->type, "TABLE DATA") && is_wanted(restore, entry) &&
            !archive_check_rows(restore->arena, restore->options->path, entry->id, error))
            return error_doing(error, "%s", dump_entry_print(restore->arena, entry));
    return true;
}

bool restore_archive(Restore *restore, Error *error)
{
    if (!run_section(restore, "pre-data", NULL, error) || !restore_complete_need(restore, error))
        return false;
    FAULT("scratch.restore.schema");
    const char *list = list_write(restore, error);
    if (!list || !check_files(restore, error) || !run_section(restore, "data", list, error))
        return false;
    FAULT("scratch.restore.rows");
    return run_section(restore, "post-data", list, error);
}
