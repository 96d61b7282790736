#include "verify/looks.h"

#include "base/clock.h"
#include "base/text.h"
#include "sql/embedded.h"
#include "verify/reach.h"
#include "verify/staging.h"

#include <inttypes.h>

/* More rows than MOST_BY_KEY are faster found by reading all; a page is what one statement asks for. */
enum { MOST_BY_KEY = 20000, PAGE = 2000, LEAST_LOOKS = 4 };

/* Before the second look, the third … as parts of the patience, of which they are all. A row that does not change is seen
 * by four looks within a fifth of it. */
static const double pauses[] = {0.03, 0.06, 0.12, 0.19, 0.2, 0.2, 0.2};
enum { LOOKS = sizeof pauses / sizeof *pauses };
static const double QUIET_PART = 0.2;

/* How long nobody may have written for a single look to be enough: the target may be so far behind. */
static const double LEAST_QUIET_S = 1;

typedef struct Looking {
    Arena *arena; /* of this look */
    Desk *desk;
    const Subject *subject;
    const UnitList *units;
} Looking;

/* ---- is anybody writing ---- */

static bool nobody_writes(Desk *desk, bool *quiet, Error *error)
{
    if (!desk_read_source(desk, error))
        return false;
    conn_rollback(desk->source);
    return desk_leave_snapshot(desk, error) &&
           quiet_holds(&desk->office->quiet, desk->source, desk->target, quiet, error);
}

static bool prove_quiet(Desk *desk, bool *quiet, Error *error)
{
    if (!nobody_writes(desk, quiet, error))
        return false;
    double missing = LEAST_QUIET_S - (clock_now() - desk->office->quiet.since);
    if (!*quiet || missing <= 0)
        return true;
    if (!clock_sleep(missing))
        return error_set(error, ERROR_STOPPED, "stopped");
    return nobody_writes(desk, quiet, error);
}

/* ---- which rows ---- */

static bool list_watched(const Looking *looking, bool not_given, OddRowList *rows, Error *error)
{
    const char *most = arena_printf(looking->arena, "%d", MOST_BY_KEY + 1);
    rows->count = 0;
    AUTO(Result) *result =
        conn_query(looking->desk->target, sql_verify_watched_rows, PARAMS(most, not_given ? "true" : "false"), error);
    for (int row = 0; result && row < result_rows(result); row++) {
        OddRow *odd = LIST_ADD(looking->arena, rows);
        odd->filling = (size_t)result_number(result, row, 0) - 1;
        const EntityPlan *entity = looking->subject->fillings.items[odd->filling].entity;
        odd->key = odd_row_texts(looking->arena, result, row, 2, looking->subject->key.count);
        odd->driving = odd_row_texts(looking->arena, result, row, 3, plan_driving_key(entity)->count);
    }
    return result != NULL;
}

static OddRowList page_of(const OddRowList *rows, size_t first)
{
    size_t left = rows->count - first;
    return (OddRowList){.items = rows->items + first, .count = left < PAGE ? left : PAGE};
}

static bool can_ask_by_key(const Looking *looking, const OddRowList *rows)
{
    KeySet keys;
    FOR_EACH(const Filling, filling, looking->subject->fillings)
        if (filling->entity->load)
            return false;
    return rows->count <= MOST_BY_KEY && reach_target(looking->arena, looking->subject, rows, &keys);
}

/* ---- by key ---- */

static BucketFilter all_of(const Subject *subject)
{
    return (BucketFilter){.buckets = subject->buckets};
}

static bool stage(const Looking *looking, const Unit *unit, Error *error)
{
    return unit_stage(unit, looking->desk, all_of(looking->subject), error);
}

/* Those that are known to come from a row of this driving table. */
static bool stage_by_driving_key(const Looking *looking, const Filling *filling, const OddRowList *rows, Error *error)
{
    OddRowList driven = {0};
    FOR_EACH(const OddRow, row, *rows)
        if (row->driving && &looking->subject->fillings.items[row->filling] == filling)
            LIST_PUSH(looking->arena, &driven, *row);
    for (size_t first = 0; reach_is_narrow(filling) && first < driven.count; first += PAGE) {
        OddRowList page = page_of(&driven, first);
        Unit unit = {.subject = looking->subject, .filling = filling};
        if (reach_source(looking->arena, filling, &page, &unit.keys) && !stage(looking, &unit, error))
            return false;
    }
    return true;
}

/* Rows that only the target has, and those that another driving row may give by now. */
static bool stage_by_target_key(const Looking *looking, const Filling *filling, const OddRowList *rows, Error *error)
{
    KeySet given;
    Unit unit = {.subject = looking->subject, .filling = filling, .given = &given};
    if (rows->count == 0 || !reach_target(looking->arena, looking->subject, rows, &given))
        return true;
    return stage(looking, &unit, error);
}

static bool stage_source_by_key(const Looking *looking, OddRowList *rows, Error *error)
{
    FOR_EACH(const Filling, filling, looking->subject->fillings)
        if (!stage_by_driving_key(looking, filling, rows, error))
            return false;
    OddRowList rest = {0};
    if (!desk_leave_snapshot(looking->desk, error) || !list_watched(looking, true, &rest, error))
        return false;
    FOR_EACH(const Filling, filling, looking->subject->fillings)
        if (!stage_by_target_key(looking, filling, &rest, error))
            return false;
    return true;
}

static bool stage_by_key(const Looking *looking, OddRowList *rows, Error *error)
{
    UnitList pages = {0};
    for (size_t first = 0; first < rows->count; first += PAGE) {
        OddRowList page = page_of(rows, first);
        Unit *unit = LIST_ADD(looking->arena, &pages);
        *unit = (Unit){.subject = looking->subject};
        reach_target(looking->arena, looking->subject, &page, &unit->keys);
    }
    return stage_source_by_key(looking, rows, error) &&
           staging_fill_target(looking->desk, &pages, all_of(looking->subject), error);
}

/* ---- by bucket ---- */

static bool stage_all(const Looking *looking, BucketFilter filter, Error *error)
{
    return staging_fill_source(looking->desk, looking->units, filter, error) &&
           staging_fill_target(looking->desk, looking->units, filter, error);
}

static bool stage_by_bucket(const Looking *looking, Error *error)
{
    int buckets = looking->subject->buckets;
    if (looking->subject->bounds.keys.count > 0)
        return stage_all(looking, (BucketFilter){.buckets = buckets}, error);
    bool *wanted = NEW_ARRAY(looking->arena, bool, buckets);
    AUTO(Result) *result = conn_query(looking->desk->target, sql_verify_watched_buckets,
                                      PARAMS(arena_printf(looking->arena, "%d", buckets)), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++)
        wanted[result_number(result, row, 0)] = true;
    BucketFilter filter = {buckets, result_rows(result) < buckets ? wanted : NULL};
    return stage_all(looking, filter, error);
}

/* ---- a look ---- */

static bool begin_look(const Looking *looking, const char **begun, Error *error)
{
    desk_refresh(looking->desk);
    if (!staging_open(looking->desk, error))
        return false;
    AUTO(Result) *now = conn_query(looking->desk->target, "SELECT pg_catalog.clock_timestamp()", NO_PARAMS, error);
    *begun = now ? result_copy(looking->arena, now, 0, 0) : NULL;
    return now != NULL;
}

static bool look(Desk *desk, const Subject *subject, const UnitList *units, double quiet, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Looking looking = {arena, desk, subject, units};
    OddRowList rows = {0};
    const char *begun = NULL;
    if (!begin_look(&looking, &begun, error) || !list_watched(&looking, false, &rows, error))
        return false;
    bool staged = can_ask_by_key(&looking, &rows) ? stage_by_key(&looking, &rows, error)
                                                  : stage_by_bucket(&looking, error);
    Params values =
        PARAMS(begun, arena_printf(arena, "%d", LEAST_LOOKS), arena_printf(arena, "%.3f", quiet));
    return staged && staging_pair(desk, error) && staging_exec(desk, sql_verify_watch_again, values, error);
}

static bool count(Desk *desk, const char *sql, int64_t *rows, Error *error)
{
    if (!desk_leave_snapshot(desk, error))
        return false;
    AUTO(Result) *result = conn_query(desk->target, sql, NO_PARAMS, error);
    *rows = result ? result_number(result, 0, 0) : 0;
    return result != NULL;
}

static void tell(const Desk *desk, const Subject *subject, int64_t rows, const char *what)
{
    AUTO(Arena) *arena = arena_new();
    const char *message = arena_printf(arena, "%s: %s%s", subject->into->sql_name, text_of_many(arena, rows, "row"), what);
    if (desk->request->events)
        events_emit(desk->request->events, &(Event){.kind = EVENT_NOTE, .message = message});
}

static bool look_often(Desk *desk, const Subject *subject, const UnitList *units, int64_t open, Error *error)
{
    double patience = desk->request->patience;
    for (int i = 0; i < LOOKS && open > 0; i++) {
        if (!clock_sleep(pauses[i] * patience))
            return error_set(error, ERROR_STOPPED, "stopped");
        if (!look(desk, subject, units, QUIET_PART * patience, error) ||
            !count(desk, "SELECT pg_catalog.count(*) FROM pg_temp.rehome_watched WHERE suspect", &open, error))
            return false;
    }
    return true;
}

static bool watch(Desk *desk, const Subject *subject, const UnitList *units, int64_t odd, Error *error)
{
    tell(desk, subject, odd, " differ while somebody writes to the servers: looking at them again");
    return staging_exec(desk, "DROP TABLE IF EXISTS pg_temp.rehome_watched", NO_PARAMS, error) &&
           staging_exec(desk, sql_verify_create_watched, NO_PARAMS, error) &&
           look_often(desk, subject, units, odd, error) &&
           staging_exec(desk, "DROP TABLE pg_temp.rehome_odd", NO_PARAMS, error) &&
           staging_exec(desk, "ALTER TABLE pg_temp.rehome_watched RENAME TO rehome_odd", NO_PARAMS, error);
}

bool looks_run(Desk *desk, const Subject *subject, const UnitList *units, Error *error)
{
    int64_t odd = 0;
    bool quiet = false;
    if (!count(desk, "SELECT pg_catalog.count(*) FROM pg_temp.rehome_odd", &odd, error))
        return false;
    if (odd == 0)
        return true;
    return prove_quiet(desk, &quiet, error) && (quiet || watch(desk, subject, units, odd, error));
}
