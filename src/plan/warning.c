#include "plan/warning.h"

#include "base/text.h"
#include "plan/refresh.h"
#include "plan/title.h"
#include "plan/writing.h"

#include <stdarg.h>

enum { MANY_ROWS_FOR_ONE_CHUNK = 1000000 };

__attribute__((format(printf, 4, 5))) static void warn(Arena *arena, Plan *plan, const EntityPlan *entity,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    LIST_PUSH(arena, &plan->warnings, entity ? arena_printf(arena, "%s: %s", entity->entity->name, message) : message);
}

static void warn_of_casts(Arena *arena, Plan *plan, const EntityPlan *entity)
{
    FOR_EACH(const Mapping, mapping, entity->mappings) {
        if (mapping->cast != CAST_LOSSY)
            continue;
        warn(arena, plan, entity, "column \"%s\": %s to %s: %s; %s", mapping->name,
             mapping->from->type_name ? mapping->from->type_name : mapping->from_type->sql_name, mapping->to->type_name,
             mapping->cast_note ? mapping->cast_note : "may lose something",
             mapping->loss_sql ? "such rows become rejects" : "the target refuses what it cannot read");
    }
}

static void warn_of_rights(Arena *arena, Plan *plan, const EntityPlan *entity)
{
    const Relation *into = entity->into;
    const char *role = plan->gathered->target->role;
    if (!into->may_insert)
        warn(arena, plan, entity, "role \"%s\" has no INSERT on the whole of %s", role, into->sql_name);
    if (!into->may_select)
        warn(arena, plan, entity, "role \"%s\" cannot read all columns of %s, so it cannot verify them", role,
             into->sql_name);
    if (entity->write == WRITE_UPSERT && !into->may_update)
        warn(arena, plan, entity, "role \"%s\" has no UPDATE on the whole of %s", role, into->sql_name);
    if (entity->driving && !entity->driving->may_select)
        warn(arena, plan, entity, "role \"%s\" cannot read all columns of %s", plan->gathered->source->role,
             entity->driving->sql_name);
    if (into->row_security)
        warn(arena, plan, entity, "%s has row security: policies that hide rows from this role are an error",
             into->sql_name);
    if (entity->driving && entity->driving->row_security)
        warn(arena, plan, entity, "%s has row security: policies that hide rows from this role are an error",
             entity->driving->sql_name);
}

static void warn_of_writing(Arena *arena, Plan *plan, const EntityPlan *entity)
{
    if (entity->triggers.count)
        warn(arena, plan, entity, "triggers of %s fire for every row: %s", entity->into->sql_name,
             string_list_join(arena, &entity->triggers, ", "));
    if (entity->write == WRITE_INSERT && !entity->gathered->into_empty)
        warn(arena, plan, entity, "%s is not empty, and rows are only inserted: one that meets a key stops the entity",
             entity->into->sql_name);
    if (writing_empties(entity) && !entity->gathered->into_empty)
        warn(arena, plan, entity, "%s is emptied first: its rows do not come back", entity->into->sql_name);
    if (entity->write == WRITE_INSERT && entity->key.count && !relation_unique_index(entity->into, &entity->key))
        warn(arena, plan, entity, "no unique index stands behind its key (%s)",
             string_list_join(arena, &entity->key, ", "));
}

static void warn_of_chunks(Arena *arena, Plan *plan, const EntityPlan *entity)
{
    if (entity->chunks == CHUNKS_ONE && entity->estimated_rows >= MANY_ROWS_FOR_ONE_CHUNK)
        warn(arena, plan, entity,
             "%s rows in one chunk: it cannot be shared among workers, and begins again when it fails",
             text_of_count(arena, entity->estimated_rows));
}

static void warn_of_compats(Arena *arena, Plan *plan)
{
    FOR_EACH(const CompatPlan, compat, plan->compats)
        FOR_EACH(const char *, note, compat->notes)
            warn(arena, plan, NULL, "%s: %s", compat->compat->view.text, *note);
}

static bool is_listed(const Plan *plan, const Relation *view)
{
    FOR_EACH(const Relation *const, listed, plan->refresh)
        if (*listed == view)
            return true;
    return false;
}

/* It shows rows of before the run, and nobody may notice. */
static void warn_of_stale_view(Arena *arena, Plan *plan, const Relation *view)
{
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (!entity->into || !refresh_reads(plan->gathered->target, view, entity->into->oid))
            continue;
        warn(arena, plan, NULL,
             "materialised view %s reads %s and is not under `refresh`: it goes on showing the rows of before",
             title_of_relation(arena, view), title_of_relation(arena, entity->into));
        return;
    }
}

enum { MAINTAIN = 170000 }; /* a right that others may be granted; the owner alone could refresh before */

static void warn_of_views(Arena *arena, Plan *plan)
{
    const Catalog *target = plan->gathered->target;
    FOR_EACH(const Relation, view, target->relations)
        if (view->kind == 'm' && !is_listed(plan, view))
            warn_of_stale_view(arena, plan, view);
    FOR_EACH(const Relation *const, view, plan->refresh)
        if (!(*view)->is_owner && target->server_version < MAINTAIN)
            warn(arena, plan, NULL, "role \"%s\" does not own materialised view %s, so it cannot refresh it", target->role,
                 title_of_relation(arena, *view));
}

void warning_build(Arena *arena, Plan *plan)
{
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (!entity->into)
            continue;
        warn_of_writing(arena, plan, entity);
        warn_of_rights(arena, plan, entity);
        warn_of_casts(arena, plan, entity);
        warn_of_chunks(arena, plan, entity);
    }
    warn_of_compats(arena, plan);
    warn_of_views(arena, plan);
    if (!plan->gathered->hashes_agree && !plan->gathered->same)
        warn(arena, plan, NULL, "the servers hash the same bytes differently: verification compares a slower hash");
}
