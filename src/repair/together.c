#include "repair/together.h"

#include "repair/page.h"

#include "copy/refusal.h"

#include "base/fault.h"
#include "base/text.h"

typedef struct Attempt {
    bool extra, replaces;
} Attempt;

static bool is_in_the_way(const RepairRow *row)
{
    static const char *const reasons[] = {"unique", "exclusion", "foreign_key"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (row->why && text_starts_with(row->why, reasons[i]))
            return true;
    return false;
}

static bool pick(Arena *arena, const Session *session, const Repair *repair, bool extra, RepairRowList *picked,
                 Error *error)
{
    RepairRowList rows = {0};
    if (!repair_page(arena, session->target, session->migration, repair->entity->entity->name, extra, 0, INT64_MAX,
                     &rows, error))
        return false;
    FOR_EACH(const RepairRow, row, rows)
        if (is_in_the_way(row))
            LIST_PUSH(arena, picked, *row);
    return true;
}

static bool do_entity(Arena *arena, Session *session, Repair *repair, Attempt attempt, Snapshot *snapshot, Error *error)
{
    RepairRowList rows = {0};
    const Repair before = *repair;
    Mending mending = {.session = session,
                       .snapshot = snapshot,
                       .done = repair,
                       .variant = variant_of(arena, repair->entity),
                       .replaces = attempt.replaces && repair->entity->key.count > 0};
    if (repair->left == 0)
        return true;
    return page_begin(arena, &mending, error) && pick(arena, session, repair, attempt.extra, &rows, error) &&
           (rows.count == 0 || page_try(arena, &mending, attempt.extra, rows.items, rows.count, error)) &&
           page_tell(arena, &mending, &before, error);
}

/* Children go before their parents, and parents come before their children, as far as there is an order. */
static bool do_entities(Arena *arena, Session *session, RepairList *repairs, Attempt attempt, Snapshot *snapshot,
                        Error *error)
{
    Conn *target = session->target;
    if (!conn_exec(target, "SET CONSTRAINTS ALL DEFERRED", NO_PARAMS, NULL, error))
        return false;
    for (size_t i = 0; i < repairs->count; i++) {
        Repair *repair = &repairs->items[attempt.extra ? repairs->count - 1 - i : i];
        if (!do_entity(arena, session, repair, attempt, snapshot, error))
            return false;
    }
    FAULT("repair.together.before_commit");
    return conn_exec(target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error) && conn_commit(target, error);
}

static bool do_attempt(Session *session, RepairList *repairs, Attempt attempt, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    bool same = session->gathered.same;
    AUTO(Snapshot) *snapshot = same ? NULL : snapshot_new(&session->source_options, NULL);
    bool done = conn_begin(session->target, same ? "ISOLATION LEVEL REPEATABLE READ" : "", error) &&
                do_entities(arena, session, repairs, attempt, snapshot, error);
    conn_rollback(session->target);
    if (!same)
        conn_rollback(session->source);
    return done;
}

static bool try_attempt(Session *session, RepairList *repairs, Attempt attempt, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    RepairList before = {0};
    FOR_EACH(const Repair, repair, *repairs)
        LIST_PUSH(arena, &before, *repair);
    if (do_attempt(session, repairs, attempt, error))
        return true;
    if (!refusal_is_possible(error))
        return false;
    error_clear(error);
    for (size_t i = 0; i < repairs->count; i++)
        repairs->items[i] = before.items[i];
    return true;
}

bool together_try(Session *session, RepairList *repairs, Error *error)
{
    static const Attempt attempts[] = {{.extra = true}, {.extra = false}, {.replaces = true}};
    FOR_EACH(Repair, repair, *repairs) {
        RepairList alone = {.items = repair, .count = 1};
        if (!try_attempt(session, &alone, (Attempt){.replaces = true}, error))
            return false;
    }
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (!try_attempt(session, repairs, attempts[i], error))
            return false;
    return true;
}
