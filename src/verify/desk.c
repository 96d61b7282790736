#include "verify/desk.h"

#include "base/clock.h"

enum { TRIES = 4 };
static const double FIRST_PAUSE_S = 0.5;

Desk *desk_new(Arena *arena, Office *office)
{
    Desk *desk = NEW(arena, Desk);
    *desk = (Desk){.office = office,
                   .request = office->request,
                   .source_snapshot = office->request->snapshot,
                   .target_snapshot = office->target_snapshot};
    return desk;
}

static void forget_own_snapshots(Desk *desk)
{
    snapshot_free(desk->own_source);
    snapshot_free(desk->own_target);
    desk->own_source = desk->own_target = NULL;
}

void desk_close(Desk *desk)
{
    if (desk->source != desk->target)
        conn_close(desk->source);
    conn_close(desk->target);
    desk->source = desk->target = NULL;
    forget_own_snapshots(desk);
    desk->source_snapshot = desk->request->snapshot;
    desk->target_snapshot = desk->office->target_snapshot;
}

void Desk_cleanup(Desk **desk)
{
    desk_close(*desk);
}

void desk_refresh(Desk *desk)
{
    if (desk->source)
        conn_rollback(desk->source);
    if (desk->target)
        conn_rollback(desk->target);
    forget_own_snapshots(desk);
    if (desk->request->snapshot)
        desk->own_source = snapshot_new(&desk->request->source, NULL);
    desk->own_target = snapshot_new(&desk->request->target, NULL);
    desk->source_snapshot = desk->own_source;
    desk->target_snapshot = desk->own_target;
}

/* Hashing many columns makes long expressions; compiling them costs more than it gives. One connection sorts and joins
 * what may be a whole table. */
static bool open_conn(const ConnOptions *options, Conn **conn, Error *error)
{
    if (*conn)
        return true;
    *conn = conn_open(options, error);
    return *conn && conn_script(*conn, "SET jit = off; SET work_mem = '64MB'", error);
}

bool desk_read_target(Desk *desk, Error *error)
{
    return open_conn(&desk->request->target, &desk->target, error) &&
           snapshot_import(desk->target_snapshot, desk->target, error);
}

bool desk_read_source(Desk *desk, Error *error)
{
    if (desk->request->plan->gathered->same) {
        bool ready = desk_read_target(desk, error);
        desk->source = desk->target;
        return ready;
    }
    return open_conn(&desk->request->source, &desk->source, error) &&
           snapshot_import(desk->source_snapshot, desk->source, error);
}

bool desk_leave_snapshot(Desk *desk, Error *error)
{
    if (!open_conn(&desk->request->target, &desk->target, error))
        return false;
    conn_rollback(desk->target);
    return true;
}

bool desk_write(Desk *desk, const char *mode, Error *error)
{
    return desk_leave_snapshot(desk, error) && conn_begin(desk->target, mode, error) &&
           quiet_count(&desk->office->quiet, desk->target, error);
}

static void tell_retry(const Desk *desk, const Error *why, double pause)
{
    if (desk->request->events)
        events_emit(
            desk->request->events,
            &(Event){.kind = EVENT_RETRY, .message = why->message, .sqlstate = why->sqlstate, .seconds = pause});
}

bool desk_try(Desk *desk, DeskWork *work, void *self, Error *error)
{
    for (int attempt = 1;; attempt++) {
        if (work(desk, self, error))
            return true;
        desk_close(desk);
        if (!error_policy(error->kind)->retry || attempt == TRIES)
            return false;
        double pause = clock_backoff(attempt, FIRST_PAUSE_S);
        tell_retry(desk, error, pause);
        if (!clock_sleep(pause))
            return error_set(error, ERROR_STOPPED, "stopped");
        error_clear(error);
    }
}
