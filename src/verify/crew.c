#include "verify/crew.h"

#include "base/clock.h"
#include "base/fault.h"
#include "verify/versions.h"

#include <pthread.h>

/* What the threads share; the mutex guards all of it and the tallies. */
typedef struct Shift {
    const Crew *crew;
    pthread_mutex_t mutex;
    size_t next; /* unit */
    bool failed;
    Error *error;
} Shift;

typedef struct UnitWork {
    const Crew *crew;
    const Unit *unit;
    size_t subject;
    Arena *arena;
    Result *sums;
    bool unchanged; /* the sums are an earlier pass's */
    const char *seen, *versions;
} UnitWork;

static const Unit *take_unit(Shift *shift)
{
    pthread_mutex_lock(&shift->mutex);
    const Unit *unit = NULL;
    if (!shift->failed && shift->next < shift->crew->units->count)
        unit = &shift->crew->units->items[shift->next++];
    pthread_mutex_unlock(&shift->mutex);
    return unit;
}

static void add_up(Tally *tally, const UnitWork *work, double started)
{
    const Unit *unit = work->unit;
    size_t filling = unit->filling ? (size_t)(unit->filling - unit->subject->fillings.items) : 0;
    if (unit->filling)
        tally_note_seen(tally, filling, work->seen);
    if (unit->counts)
        tally->driving[filling].rows = result_number(work->sums, 0, 0);
    else if (unit->filling)
        tally_add_source(tally, filling, work->sums);
    else
        tally_add_target(tally, work->sums);
    tally->started = tally->started == 0 || started < tally->started ? started : tally->started;
    tally->ended = clock_now();
}

static bool sum_unit(Desk *desk, void *self, Error *error)
{
    UnitWork *work = self;
    result_free(work->sums);
    work->sums = NULL;
    work->seen = NULL;
    if (!(work->unit->filling ? desk_read_source : desk_read_target)(desk, error))
        return false;
    bool asks = work->unit->filling && desk->source != desk->target; /* inside one database no two chunks see the same */
    if ((asks && !snapshot_seen(work->arena, desk->source, &work->seen, error)) ||
        !versions_read(work->arena, work->unit, desk, &work->versions, error))
        return false;
    if (!work->unit->counts)
        work->sums = passbook_unchanged(work->crew->book, work->subject, work->unit, work->seen, work->versions);
    work->unchanged = work->sums != NULL;
    if (!work->sums)
        work->sums = unit_sums(work->unit, desk, error);
    return work->sums != NULL;
}

static bool do_unit(Shift *shift, Desk *desk, const Unit *unit, Error *error)
{
    double started = clock_now();
    AUTO(Arena) *arena = arena_new();
    size_t number = (size_t)(unit->subject - shift->crew->subjects->items);
    UnitWork work = {.crew = shift->crew, .unit = unit, .subject = number, .arena = arena};
    if (!desk_try(desk, sum_unit, &work, error))
        return error_doing(error, "reading %s of %s to verify it",
                           unit->filling ? unit->filling->entity->entity->name : "the rows",
                           unit->subject->into->sql_name);
    FAULT("verify.unit.summed");
    AUTO(Result) *sums = work.sums;
    pthread_mutex_lock(&shift->mutex);
    add_up(&shift->crew->tallies[number], &work, started);
    pthread_mutex_unlock(&shift->mutex);
    if (!unit->counts && !work.unchanged)
        passbook_keep(shift->crew->book, number, unit, sums, work.seen, work.versions);
    FAULT("verify.unit.kept");
    return true;
}

/* ---- how far it is ---- */

static long long rows_so_far(const Crew *crew)
{
    long long rows = 0;
    for (size_t i = 0; i < crew->subjects->count; i++) {
        rows += crew->tallies[i].target_rows;
        for (size_t j = 0; j < crew->subjects->items[i].fillings.count; j++)
            rows += crew->tallies[i].source_rows[j];
    }
    return rows;
}

static void tell(Shift *shift, bool all)
{
    const Crew *crew = shift->crew;
    pthread_mutex_lock(&shift->mutex);
    long long rows = rows_so_far(crew), expected = crew->rows;
    pthread_mutex_unlock(&shift->mutex);
    Event event = {.kind = EVENT_PART_VERIFIED, .rows = rows, .read = all ? rows : expected > rows ? expected : rows + 1};
    if (crew->office->request->events)
        events_emit(crew->office->request->events, &event);
}

static void fail(Shift *shift, const Error *error)
{
    pthread_mutex_lock(&shift->mutex);
    if (!shift->failed)
        *shift->error = *error;
    shift->failed = true;
    pthread_mutex_unlock(&shift->mutex);
}

static void *work_shift(void *self)
{
    Shift *shift = self;
    AUTO(Arena) *arena = arena_new();
    AUTO(Desk) *desk = desk_new(arena, shift->crew->office);
    const Unit *unit;
    while ((unit = take_unit(shift))) {
        Error error = {0};
        if (do_unit(shift, desk, unit, &error))
            tell(shift, false);
        else
            fail(shift, &error);
    }
    return NULL;
}

bool crew_run(const Crew *crew, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Shift shift = {.crew = crew, .error = error};
    pthread_mutex_init(&shift.mutex, NULL);
    int jobs = crew->office->request->jobs;
    size_t wanted = jobs > 1 ? (size_t)jobs : 1;
    wanted = wanted < crew->units->count ? wanted : crew->units->count;
    pthread_t *threads = NEW_ARRAY(arena, pthread_t, wanted + 1);
    size_t started = 0;
    tell(&shift, false);
    while (started < wanted && pthread_create(&threads[started], NULL, work_shift, &shift) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    tell(&shift, true);
    pthread_mutex_destroy(&shift.mutex);
    if (wanted > 0 && started == 0)
        return error_set(error, ERROR_SYSTEM, "cannot start a thread");
    return !shift.failed;
}
