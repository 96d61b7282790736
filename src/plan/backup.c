#include "plan/backup.h"

#include "base/text.h"
#include "plan/title.h"

static bool is_in(const BackupTableList *tables, const Relation *relation)
{
    FOR_EACH(const BackupTable, table, *tables)
        if (table->relation->oid == relation->oid)
            return true;
    return false;
}

/* Of a partitioned table its partitions have the rows. */
static void add_rows_of(Arena *arena, const Gathered *gathered, const Relation *root, BackupPlan *backup)
{
    FOR_EACH(const Relation, relation, gathered->target->relations) {
        bool has_rows = relation->kind == 'r' && relation->columns.count > 0 &&
                        catalog_shares_rows(gathered->target, root, relation->oid);
        if (!has_rows || is_in(&backup->tables, relation) ||
            string_list_contains(&gathered->backup.made, relation->sql_name))
            continue;
        LIST_PUSH(arena, &backup->tables, ((BackupTable){relation, root}));
        backup->bytes += relation->bytes;
    }
}

static void add_table(Arena *arena, const Gathered *gathered, const Relation *root, BackupPlan *backup)
{
    const char *name = root->sql_name;
    if (string_list_contains(&gathered->backup.covered, name) || string_list_contains(&gathered->backup.made, name))
        return;
    if (!string_list_contains(&gathered->backup.written, name))
        add_rows_of(arena, gathered, root, backup);
    else if (!string_list_contains(&backup->late, name))
        LIST_PUSH(arena, &backup->late, name);
}

void backup_decide(Arena *arena, Plan *plan)
{
    const Gathered *gathered = plan->gathered;
    BackupPlan *backup = &plan->backup;
    if (!plan->manifest->backup.wanted)
        return;
    backup->folder = gathered->backup.folder;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into)
            add_table(arena, gathered, entity->into, backup);
    FOR_EACH(const Relation, relation, gathered->target->relations)
        if (string_list_contains(&gathered->backup.touched, relation->sql_name))
            add_table(arena, gathered, relation, backup);
    FOR_EACH(const char *, name, backup->late)
        LIST_PUSH(
            arena, &plan->warnings,
            arena_printf(arena,
                         "%s is in no backup, and none is taken of it now: this migration has written to it already",
                         *name));
    if (backup->tables.count > 0 && gathered->backup.problem)
        LIST_PUSH(arena, &plan->warnings,
                  arena_printf(arena, "no backup can be taken on this machine: %s", gathered->backup.problem));
}

char *backup_print(Arena *arena, const BackupPlan *backup)
{
    StringList names = {0};
    if (backup->tables.count == 0)
        return NULL;
    FOR_EACH(const BackupTable, table, backup->tables)
        LIST_PUSH(arena, &names, title_of_relation(arena, table->relation));
    return arena_printf(arena, "%s, about %s, into %s: %s", text_of_many(arena, (long long)names.count, "table"),
                        text_of_bytes(arena, backup->bytes),
                        backup->folder ? backup->folder : "a folder that is not known",
                        string_list_join(arena, &names, ", "));
}
