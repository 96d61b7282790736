#include "rollback/scope.h"

#include "rollback/entries.h"

#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static const char *const tos[] = {
    [ROLLBACK_ALL] = "all", [ROLLBACK_TO_EXPAND] = "expand", [ROLLBACK_TO_BACKFILL] = "backfill"};

bool rollback_is_whole(const RollbackOptions *options)
{
    return options->to == ROLLBACK_ALL && options->entities.count == 0 && options->run == 0;
}

char *rollback_scope_json(Arena *arena, const RollbackOptions *options)
{
    json_t *entities = json_array();
    FOR_EACH(const char *, name, options->entities)
        json_array_append_new(entities, json_string(*name));
    json_auto_t *object = json_pack("{s:s, s:o, s:I, s:b}", "to", tos[options->to], "entities", entities, "run",
                                    (json_int_t)options->run, "from_backup", options->from_backup);
    return json_text(arena, object, JSON_COMPACT | JSON_SORT_KEYS);
}

void rollback_scope_read(Arena *arena, const char *text, RollbackOptions *options)
{
    json_auto_t *object = json_loads(text, 0, NULL);
    const char *to = json_string_value(json_object_get(object, "to"));
    json_t *entities = json_object_get(object, "entities");
    for (int i = ROLLBACK_ALL; i <= ROLLBACK_TO_BACKFILL; i++)
        if (text_equal(to, tos[i]))
            options->to = (RollbackTo)i;
    options->run = json_integer_value(json_object_get(object, "run"));
    options->from_backup = json_is_true(json_object_get(object, "from_backup"));
    options->entities = (StringList){0};
    for (size_t i = 0; i < json_array_size(entities); i++)
        LIST_PUSH(arena, &options->entities, arena_strdup(arena, json_string_value(json_array_get(entities, i))));
}

const char *rollback_scope_text(Arena *arena, const RollbackOptions *options)
{
    if (options->run)
        return arena_printf(arena, "what run %" PRId64 " moved", options->run);
    if (options->entities.count)
        return string_list_join(arena, &options->entities, ", ");
    return options->to == ROLLBACK_TO_EXPAND     ? "everything after the expand and seed files"
           : options->to == ROLLBACK_TO_BACKFILL ? "what came after the backfill"
           : options->from_backup                ? "everything, tables from their backup"
                                                 : "everything";
}

bool rollback_is_named(const StringList *names, const char *entity)
{
    FOR_EACH(const char *, name, *names)
        if (entity && text_starts_with(entity, *name) &&
            (entity[strlen(*name)] == '\0' || entity[strlen(*name)] == '['))
            return true;
    return false;
}

static bool is_table_named(const RollbackEntryList *all, const RollbackEntry *sequence, const RollbackOptions *options)
{
    bool any = false;
    FOR_EACH(const RollbackEntry, entry, *all) {
        if (!entry->entity || !text_equal(entry->relation, sequence->images))
            continue;
        if (!rollback_is_named(&options->entities, entry->entity))
            return false;
        any = true;
    }
    return any;
}

bool rollback_is_wanted(const RollbackEntryList *all, const RollbackEntry *entry, const RollbackOptions *options,
                        bool keeps_objects)
{
    if (rollback_is_of(entry, "note") || rollback_is_of(entry, "mark"))
        return false;
    if (rollback_is_of_script(entry))
        return rollback_is_whole(options) && !keeps_objects;
    if (options->run)
        return entry->run == options->run;
    if (options->to == ROLLBACK_TO_BACKFILL)
        return rollback_is_of(entry, "object");
    if (options->entities.count == 0)
        return true;
    return entry->entity ? rollback_is_named(&options->entities, entry->entity)
                         : rollback_is_of(entry, "sequence") && is_table_named(all, entry, options);
}
