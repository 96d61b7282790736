#include "engine/compat.h"

#include "engine/describe.h"
#include "engine/gather.h"
#include "engine/scripts.h"

#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

static const GatheredEntity *find_entity(const Gathered *gathered, const char *name)
{
    FOR_EACH(const GatheredEntity, entity, gathered->entities)
        if (text_equal(entity->entity->name, name))
            return entity;
    return NULL;
}

/* ---- what planning needs ---- */

/* A default of the old table may call what the target does not have. */
static bool learn_defaults(Session *session, GatheredCompat *compat, Error *error)
{
    if (!compat->like)
        return true;
    FOR_EACH(const Column, column, compat->like->columns) {
        const char *why = NULL;
        OutputColumnList ignored = {0};
        if (!column->has_default || column->generated || !column->default_sql)
            continue;
        const char *sql = arena_printf(session->arena, "SELECT (%s)", column->default_sql);
        if (!session->gathered.same && !describe_own_sql(session, session->target, sql, &ignored, &why, error))
            return false;
        if (!why)
            LIST_PUSH(session->arena, &compat->defaults, column->name);
    }
    return true;
}

static const Relation *find_like(Session *session, const Compat *compat, const GatheredEntity *entity,
                                 Mistakes *mistakes)
{
    if (compat->like.name)
        return gather_relation(session->gathered.source, &compat->like, "source", mistakes);
    if (entity->entity->merge)
        mistake_add(mistakes, compat->entity_place,
                    "entity \"%s\" is a merge: say with `like` which of its sources the view looks like",
                    compat->entity);
    else if (!entity->driving && entity->entity->from.count != 1)
        mistake_add(
            mistakes, compat->entity_place,
            "entity \"%s\" has no one driving table that the view could look like; write the view yourself with `sql`",
            compat->entity);
    return entity->driving;
}

static bool is_in_manifest(const Manifest *manifest, const char *name)
{
    FOR_EACH(const Entity, entity, manifest->entities)
        if (text_equal(entity->name, name))
            return true;
    return false;
}

bool compat_gather(Session *session, Mistakes *mistakes, Error *error)
{
    FOR_EACH(const Compat, compat, session->manifest->compats) {
        const GatheredEntity *entity = compat->entity ? find_entity(&session->gathered, compat->entity) : NULL;
        if (compat->entity && !is_in_manifest(session->manifest, compat->entity))
            mistake_add(mistakes, compat->entity_place, "the list of for_each has no row for \"%s\"", compat->entity);
        if (compat->entity ? !entity : session->only.count > 0)
            continue;
        GatheredCompat gathered = {.compat = compat,
                                   .like = entity ? find_like(session, compat, entity, mistakes) : NULL};
        if (!learn_defaults(session, &gathered, error) ||
            (entity && entity->into && !describe_compat(session, compat, entity->into, mistakes, error)))
            return error_doing(error, "compat \"%s\"", compat->view.text);
        LIST_PUSH(session->arena, &session->gathered.compats, gathered);
    }
    return true;
}

/* ---- whether the target takes it ---- */

static bool is_made(Session *session, const Step *step, bool *made, Error *error)
{
    *made = false;
    if (!session->has_ledger || session->migration == 0)
        return true;
    Params values = PARAMS(number_text(session->arena, session->migration), step->name, step->compat->action);
    AUTO(Result) *result = conn_query(session->target, sql_engine_is_step_done, values, error);
    *made = result && result_bool(result, 0, 0);
    return result != NULL;
}

/* A refusal becomes a mistake at the view's name, and the transaction goes on as if the view had not been tried. */
static bool tell_refusal(Session *session, const CompatPlan *compat, Mistakes *mistakes, Error *error)
{
    Sql view = {.text = "", .place = compat->compat->view.place};
    return describe_refusal(&view, "", error, mistakes)
               ? conn_exec(session->target, "ROLLBACK TO SAVEPOINT rehome_compat", NO_PARAMS, NULL, error)
               : error_doing(error, "compat \"%s\"", compat->compat->view.text);
}

static bool rehearse_view(Session *session, const CompatPlan *compat, Mistakes *mistakes, Error *error)
{
    OutputColumnList ignored = {0};
    if (!conn_exec(session->target, "SAVEPOINT rehome_compat", NO_PARAMS, NULL, error))
        return false;
    if (!conn_script(session->target, compat->action, error))
        return tell_refusal(session, compat, mistakes, error);
    if (!compat->probe || conn_describe(session->arena, session->target, compat->probe, &ignored, error))
        return true;
    error_doing(error,
                "the transform of entity \"%s\", which sends what is written to the view on, cannot run on the target",
                compat->compat->entity);
    return tell_refusal(session, compat, mistakes, error);
}

static bool rehearse_all(Session *session, Mistakes *mistakes, Error *error)
{
    FOR_EACH(const Step, step, session->plan->steps) {
        bool made = false;
        if (!step->compat || !step->compat->action)
            continue;
        if (!is_made(session, step, &made, error))
            return false;
        if (made)
            continue;
        if (!(step->compat->entity ? rehearse_view(session, step->compat, mistakes, error)
                                   : scripts_try(session, &step->compat->compat->script, error)))
            return false;
    }
    return true;
}

bool compat_rehearse(Session *session, Mistakes *mistakes, Error *error)
{
    if (session->plan->compats.count == 0)
        return true;
    return conn_exec(session->target, "SAVEPOINT rehome_compats", NO_PARAMS, NULL, error) &&
           rehearse_all(session, mistakes, error) &&
           conn_exec(session->target, "ROLLBACK TO SAVEPOINT rehome_compats", NO_PARAMS, NULL, error);
}
