#include "engine/refresh.h"

#include "engine/lock_wait.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/quote.h"
#include "plan/refresh.h"
#include "plan/title.h"

/* ---- which ---- */

static const Relation *find(const Catalog *target, const MaterialisedViewList *views, const char *name)
{
    AUTO(Arena) *arena = arena_new();
    char *schema = NULL, *bare = NULL;
    if (!quote_parse_name(arena, name, &schema, &bare))
        return NULL;
    const Relation *found = catalog_relation(target, schema, bare);
    FOR_EACH(const Relation *const, view, *views)
        if (*view == found)
            return found;
    return NULL;
}

static bool refuse(Arena *arena, const Manifest *manifest, const char *name, Error *error)
{
    StringList listed = {0};
    FOR_EACH(const Name, view, manifest->refresh)
        LIST_PUSH(arena, &listed, view->text);
    const char *nearest = string_list_nearest(&listed, name);
    error_set(error, ERROR_INPUT, "\"%s\" is not under `refresh` of %s", name, manifest->file);
    if (nearest)
        return error_hint(error, "Did you mean \"%s\"?", nearest);
    return listed.count > 0 ? error_hint(error, "There are %s.", string_list_join(arena, &listed, ", ")) : false;
}

/* In the order of all; without names it is all. */
static bool choose(Session *session, const Catalog *target, const StringList *names, MaterialisedViewList *views,
                   Error *error)
{
    MaterialisedViewList all = *views, wanted = {0};
    FOR_EACH(const char *, name, *names) {
        const Relation *view = find(target, &all, *name);
        if (!view)
            return refuse(session->arena, session->manifest, *name, error);
        LIST_PUSH(session->arena, &wanted, view);
    }
    if (names->count == 0)
        return true;
    *views = (MaterialisedViewList){0};
    FOR_EACH(const Relation *const, view, all)
        FOR_EACH(const Relation *const, one, wanted)
            if (*one == *view && (views->count == 0 || views->items[views->count - 1] != *view))
                LIST_PUSH(session->arena, views, *view);
    return true;
}

/* ---- one ---- */

static bool refresh_once(Session *session, const Relation *view, Error *error)
{
    Conn *target = session->target;
    bool done = conn_begin(target, "", error) && lock_wait_limit(target, error) &&
                conn_exec(target, refresh_sql(session->arena, view), NO_PARAMS, NULL, error) &&
                conn_commit(target, error);
    conn_rollback(target);
    return done;
}

static bool refresh_one(Session *session, const Relation *view, RefreshOutcome *outcome)
{
    const Step step = {.kind = STEP_REFRESH, .relation = view};
    const double started = clock_now();
    *outcome = (RefreshOutcome){.view = view, .concurrent = refresh_is_concurrent(view)};
    bool done = false;
    for (int attempt = 1; !(done = refresh_once(session, view, &outcome->error)); attempt++)
        if (!lock_wait_again(session->arena, session->target, &step, attempt, &outcome->error))
            break;
    outcome->seconds = clock_now() - started;
    if (done && session->migration > 0)
        done = ledger_tell(session->target, session->migration, "view.refreshed", view->sql_name, &outcome->error);
    return done || error_doing(&outcome->error, "refreshing %s", title_of_relation(session->arena, view));
}

bool refresh_run(Session *session, const StringList *names, RefreshOutcomeList *outcomes, Error *error)
{
    Mistakes mistakes = {.arena = session->arena};
    MaterialisedViewList views = {0};
    const Catalog *target = catalog_load(session->arena, session->target, error);
    if (!target)
        return false;
    refresh_build(session->arena, session->manifest, target, &views, &mistakes);
    if (!mistakes_none(&mistakes, error) || !choose(session, target, names, &views, error))
        return false;
    FOR_EACH(const Relation *const, view, views) {
        RefreshOutcome *outcome = LIST_ADD(session->arena, outcomes);
        if (refresh_one(session, *view, outcome))
            continue;
        if (error->kind == ERROR_NONE)
            *error = outcome->error;
        if (outcome->error.kind == ERROR_STOPPED || conn_is_lost(session->target))
            return false;
    }
    return error->kind == ERROR_NONE;
}
