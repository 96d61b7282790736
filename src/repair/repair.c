#include "repair/repair.h"

#include "repair/page.h"
#include "repair/together.h"

#include "engine/retry.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "pg/quote.h"

#include <stdlib.h>

enum { PAGE = 1000 }; /* rows put right in one transaction */
static const int64_t ALL = INT64_MAX;

/* ---- one at a time ---- */

bool repair_begin(Session *session, Error *error)
{
    bool ours = false;
    if (!repair_lock(session->target, session->migration, false, &ours, error))
        return false;
    if (!ours && session->events)
        events_emit(session->events, &(Event){.kind = EVENT_NOTE,
                                              .message = "another process repairs this migration: waiting for its end"});
    return ours || repair_lock(session->target, session->migration, true, &ours, error);
}

/* ---- the plan ---- */

static bool fills_shared_table(const Plan *plan, const EntityPlan *entity)
{
    FOR_EACH(const EntityPlan, other, plan->entities)
        if (other != entity && other->into == entity->into &&
            (!other->entity->scope.text || !entity->entity->scope.text))
            return true;
    return false;
}

static const char *note_of(Arena *arena, const EntityPlan *entity)
{
    const Variant variant = variant_of(arena, entity);
    if (variant.cannot)
        return variant.cannot;
    return variant.by_driving ? NULL : "its transform cannot be run for some rows alone: all of it is read again";
}

static void count_again(const RepairCountList *counts, Repair *repair)
{
    repair->left = 0;
    FOR_EACH(const RepairCount, count, *counts)
        if (text_equal(count->entity, repair->entity->entity->name)) {
            repair->left = count->missing + count->different + count->extra;
            repair->why_left = count->why;
        }
}

bool repair_plan(Session *session, RepairList *repairs, Error *error)
{
    RepairCountList counts = {0};
    if (!repair_counts(session->arena, session->target, session->migration, &counts, error))
        return false;
    FOR_EACH(const EntityPlan, entity, session->plan->entities)
        FOR_EACH(const RepairCount, count, counts)
            if (text_equal(count->entity, entity->entity->name))
                LIST_PUSH(session->arena, repairs,
                          ((Repair){.entity = entity,
                                    .missing = count->missing,
                                    .different = count->different,
                                    .extra = count->extra,
                                    .note = note_of(session->arena, entity)}));
    return true;
}

/* ---- a page ---- */

typedef struct Walk {
    Mending *mending;
    bool extra;
    int64_t after, limit;
    size_t picked;
} Walk;

static bool refuse_page(Arena *arena, const Walk *walk, const RepairRowList *rows, const char *why, Error *error)
{
    StringList ids = {0};
    FOR_EACH(const RepairRow, row, *rows)
        LIST_PUSH(arena, &ids, row->id);
    return repair_left(walk->mending->session->target, quote_array(arena, ids.items, ids.count), why, error);
}

static bool do_page(Arena *arena, Walk *walk, Error *error)
{
    Mending *mending = walk->mending;
    Session *session = mending->session;
    const EntityPlan *entity = mending->done->entity;
    RepairRowList rows = {0};
    const Repair before = *mending->done;
    if (!page_begin(arena, mending, error) ||
        !repair_page(arena, session->target, session->migration, entity->entity->name, walk->extra, walk->after,
                     walk->limit, &rows, error))
        return false;
    walk->picked = rows.count;
    if (rows.count == 0)
        return true;
    walk->after = strtoll(rows.items[rows.count - 1].id, NULL, 10);
    const char *why = !walk->extra                                ? mending->variant.cannot
                      : fills_shared_table(session->plan, entity) ? "several entities fill the table: give them `scope`"
                                                                  : NULL;
    bool done = why          ? refuse_page(arena, walk, &rows, why, error)
                : walk->extra ? page_delete(arena, mending, rows.items, rows.count, error)
                              : page_write(arena, mending, rows.items, rows.count, error);
    if (!done || !page_tell(arena, mending, &before, error))
        return false;
    FAULT("repair.page.before_commit");
    return conn_commit(session->target, error);
}

static bool try_page(Walk *walk, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Session *session = walk->mending->session;
    AUTO(Snapshot) *snapshot = session->gathered.same ? NULL : snapshot_new(&session->source_options, NULL);
    const char *mode = session->gathered.same ? "ISOLATION LEVEL REPEATABLE READ" : "";
    walk->mending->snapshot = snapshot;
    bool done = conn_begin(session->target, mode, error) && do_page(arena, walk, error);
    conn_rollback(session->target);
    if (!session->gathered.same)
        conn_rollback(session->source);
    walk->mending->snapshot = NULL;
    FAULT("repair.page.committed");
    return done;
}

/* Somebody else may be at the same rows, or a connection may be gone, and the lock with it. */
static bool is_tried_again(Session *session, int attempt, Error *error)
{
    const RetryRule *rule = retry_rule(retry_remedy(error));
    if (attempt > rule->again)
        return false;
    error_clear(error);
    return (clock_sleep(retry_pause(rule, attempt)) || error_set(error, ERROR_STOPPED, "stopped")) &&
           session_revive(session, error) && repair_begin(session, error);
}

static bool walk_pages(Mending *mending, bool extra, int64_t limit, Error *error)
{
    Walk walk = {.mending = mending, .extra = extra, .limit = limit, .picked = 1};
    while (walk.picked > 0) {
        const Walk before = walk;
        const Repair done = *mending->done;
        for (int attempt = 1; !try_page(&walk, error); attempt++) {
            walk = before;
            *mending->done = done;
            if (!is_tried_again(mending->session, attempt, error))
                return error_doing(error, "repairing entity \"%s\"", mending->done->entity->entity->name);
        }
    }
    return true;
}

/* ---- the rounds ---- */

static bool mend(Session *session, Repair *repair, bool extra, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Mending mending = {.session = session,
                       .done = repair,
                       .variant = variant_of(arena, repair->entity)};
    bool at_once = !extra && !mending.variant.by_driving;
    return walk_pages(&mending, extra, at_once ? ALL : PAGE, error);
}

static bool count_left(Session *session, RepairList *repairs, int64_t *left, Error *error)
{
    RepairCountList counts = {0};
    *left = 0;
    if (!repair_counts(session->arena, session->target, session->migration, &counts, error))
        return false;
    FOR_EACH(Repair, repair, *repairs) {
        count_again(&counts, repair);
        *left += repair->left;
    }
    return true;
}

/* Children go before their parents, and parents come before their children. */
static bool do_round(Session *session, RepairList *repairs, Error *error)
{
    for (size_t i = repairs->count; i > 0; i--)
        if (!mend(session, &repairs->items[i - 1], true, error))
            return false;
    FOR_EACH(Repair, repair, *repairs)
        if (!mend(session, repair, false, error))
            return false;
    return true;
}

/* A row may stand in another's way until that one is put right. In the end those that stand in each other's way are written
 * all at once. */
bool repair_run(Session *session, RepairList *repairs, Error *error)
{
    int64_t left = 0, before;
    if (!count_left(session, repairs, &left, error))
        return false;
    do {
        before = left;
        if (!do_round(session, repairs, error) || !count_left(session, repairs, &left, error))
            return false;
    } while (left > 0 && left < before);
    return left == 0 || (together_try(session, repairs, error) && count_left(session, repairs, &left, error));
}
