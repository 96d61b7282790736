/* What becomes of an error during a restore. pg_restore and psql go on after errors, so that everything is known at the
 * end. */
#include "scratch/restore.h"

#include <stdarg.h>
#include <string.h>

/* Whose trouble is a failure. Objects of any other type carry no rows: an index, a policy or a function can be missing
 * without one value being lost. */
static const struct Weight {
    const char *type;
    enum { OF_A_TABLE, IF_NAMED, IF_ALL, ALWAYS } when;
} weights[] = {
    {"TABLE", OF_A_TABLE},
    {"TABLE DATA", OF_A_TABLE},
    {"DEFAULT", OF_A_TABLE},
    {"CONSTRAINT", OF_A_TABLE},
    {"CHECK CONSTRAINT", OF_A_TABLE},
    {"TABLE ATTACH", ALWAYS}, /* the name of the parent is not in it */
    {"VIEW", IF_NAMED},
    {"MATERIALIZED VIEW", IF_NAMED},
    {"MATERIALIZED VIEW DATA", IF_NAMED},
    {"FOREIGN TABLE", IF_NAMED},
    {"BLOB", IF_ALL},
    {"BLOBS", IF_ALL},
    {"BLOB METADATA", IF_ALL},
};

/* Names of a table's parts begin with the table's: "leads leads_pkey". */
static bool is_part_of_needed(const Need *need, const DumpEntry *entry)
{
    if (need->all || need_has(need, entry->schema, entry->name))
        return true;
    FOR_EACH(const Relation, relation, need->relations) {
        size_t length = strlen(relation->name);
        if (strncmp(entry->name, relation->name, length) == 0 && entry->name[length] == ' ' &&
            (!relation->schema || strcmp(relation->schema, entry->schema) == 0))
            return true;
    }
    return false;
}

static bool is_failure(const Need *need, const DumpEntry *entry)
{
    if (!entry || entry->inherits)
        return true;
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        if (strcmp(entry->type, weights[i].type) != 0)
            continue;
        switch (weights[i].when) {
        case OF_A_TABLE:
            return is_part_of_needed(need, entry);
        case IF_NAMED:
            return !need->all && need_has(need, entry->schema, entry->name);
        case IF_ALL:
            return need->all;
        case ALWAYS:
            return true;
        }
    }
    return false;
}

static char *trouble_print(Arena *arena, const Trouble *trouble)
{
    return trouble->entry ? arena_printf(arena, "%s: %s", dump_entry_print(arena, trouble->entry), trouble->words)
                          : arena_strdup(arena, trouble->words);
}

bool restore_judge(const Restore *restore, const TroubleList *troubles, const char *log, Error *error)
{
    Arena *arena = restore->arena;
    const Trouble *first = NULL;
    size_t failures = 0;
    FOR_EACH(const Trouble, trouble, *troubles) {
        if (!is_failure(&restore->need, trouble->entry)) {
            restore_note(restore, "not needed and left as it is: %s", trouble_print(arena, trouble));
            continue;
        }
        first = first ? first : trouble;
        failures++;
    }
    if (!first)
        return true;
    error_set(error, ERROR_SYSTEM, "the dump %s cannot be restored: %s", restore->options->path,
              trouble_print(arena, first));
    if (failures > 1)
        error_detail(error, "%zu objects that are needed have errors.", failures);
    return error_hint(error, "All messages are in %s.", log);
}

void restore_note(const Restore *restore, const char *format, ...)
{
    if (!restore->options->note)
        return;
    va_list arguments;
    va_start(arguments, format);
    restore->options->note(restore->options->self, arena_vprintf(restore->arena, format, arguments));
    va_end(arguments);
}
