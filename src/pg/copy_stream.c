#include "pg/copy_stream.h"

#include "base/fault.h"
#include "pg/conn_private.h"
#include "pg/copy_send.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Rows are gathered into messages of this size: COPY's messages need not end where rows end, and a message costs the
 * server far more than a row does. */
enum { MESSAGE_SIZE = 64 * 1024, MONITOR_BYTES = 256 * 1024 };

typedef struct Relay {
    Conn *from;
    Conn *to;
    const CopyMonitor *monitor;
    CopyResult *result;
    int64_t rows;
    int64_t told; /* bytes the monitor knows of */
    char message[MESSAGE_SIZE];
    size_t filled;
} Relay;

static void tell_monitor(Relay *relay)
{
    if (relay->result->bytes - relay->told < MONITOR_BYTES)
        return;
    relay->told = relay->result->bytes;
    if (relay->monitor && relay->monitor->moved)
        relay->monitor->moved(relay->monitor->self, relay->rows, relay->result->bytes);
}

static CopyState flush_gathered(Relay *relay)
{
    if (relay->filled == 0)
        return COPY_GOING_ON;
    CopyState state = copy_send_bytes(relay->to, relay->message, relay->filled);
    relay->filled = 0;
    tell_monitor(relay);
    return state;
}

static CopyState take_row(Relay *relay, const char *row, size_t length)
{
    relay->rows++;
    relay->result->bytes += (int64_t)length;
    if (relay->monitor && relay->monitor->tap.take)
        relay->monitor->tap.take(relay->monitor->tap.self, row, length);
    if (relay->filled + length > MESSAGE_SIZE) {
        CopyState state = flush_gathered(relay);
        if (state != COPY_GOING_ON)
            return state;
    }
    if (length > MESSAGE_SIZE)
        return copy_send_bytes(relay->to, row, length);
    memcpy(relay->message + relay->filled, row, length);
    relay->filled += length;
    return COPY_GOING_ON;
}

/* The source has nothing for us just now: an occasion to send what there is, and to look at the target. */
static CopyState wait_for_source(Relay *relay)
{
    struct pollfd sockets[] = {{.fd = PQsocket(relay->from->pg), .events = POLLIN},
                               {.fd = PQsocket(relay->to->pg), .events = POLLIN}};
    roster_starts_waiting(&relay->from->entry);
    bool was_idle = poll(sockets, 2, 100) == 0;
    if (!was_idle)
        roster_got_answer(&relay->from->entry);
    if (conn_stop_wanted(relay->from))
        return COPY_STOPPED;
    if (was_idle) {
        CopyState state = flush_gathered(relay);
        if (state != COPY_GOING_ON)
            return state;
    }
    if (sockets[1].revents && copy_send_has_failed(relay->to))
        return COPY_TARGET_FAILED;
    return PQconsumeInput(relay->from->pg) ? COPY_GOING_ON : COPY_SOURCE_FAILED;
}

static CopyState relay_rows(Relay *relay)
{
    for (;;) {
        char *row;
        int length = PQgetCopyData(relay->from->pg, &row, 1);
        CopyState state;
        if (length > 0) {
            state = take_row(relay, row, (size_t)length);
            PQfreemem(row);
        } else if (length == 0) {
            state = wait_for_source(relay);
        } else {
            return length == -1 ? COPY_SOURCE_ENDED : COPY_SOURCE_FAILED;
        }
        if (state != COPY_GOING_ON)
            return state;
    }
}

/* Takes the final result: the rows of its command tag, or the error. */
static bool finish_side(Conn *conn, int64_t *rows, Error *error)
{
    PGresult *result = conn_next_result(conn);
    bool done = result && PQresultStatus(result) == PGRES_COMMAND_OK;
    if (done)
        *rows = strtoll(PQcmdTuples(result), NULL, 10);
    else
        conn_failed(conn, result, error);
    PQclear(result);
    conn_drain(conn);
    return done;
}

static void end_source(Conn *from)
{
    conn_cancel(from);
    conn_drain(from);
}

/* Learns why the target failed. When it had not, our own ending is what it complains of: its words during the COPY
 * meant nothing, and the next try does not listen to them. */
static void target_failed(Conn *to, Error *error)
{
    int64_t rows;
    PQputCopyEnd(to->pg, "the target seemed to have failed");
    if (finish_side(to, &rows, error)) {
        error_set(error, ERROR_BUG, "the target took a COPY that was given up");
    } else if (error && strcmp(error->sqlstate, "57014") == 0) {
        to->talkative_copies = true;
        error_set(error, ERROR_TRANSIENT, "the target sent messages during COPY that rehome did not expect");
    }
}

static bool finish_relay(Relay *relay, CopyState state, Error *error)
{
    CopyResult *result = relay->result;
    if (state == COPY_SOURCE_ENDED || state == COPY_SOURCE_FAILED) {
        if (!finish_side(relay->from, &result->rows_out, error)) {
            copy_send_give_up(relay->to, "the source failed");
            return false;
        }
        FAULT("pg.copy.source_ended");
        state = flush_gathered(relay);
        if (state == COPY_GOING_ON && PQputCopyEnd(relay->to->pg, NULL) >= 0) {
            FAULT_ON("pg.copy.end_sent", PQsocket(relay->to->pg));
            result->failed_at_target = !finish_side(relay->to, &result->rows_in, error);
            FAULT("pg.copy.target_ended");
            return !result->failed_at_target;
        }
    }
    if (state == COPY_STOPPED) {
        copy_send_give_up(relay->to, "stopped");
        end_source(relay->from);
        return error_set(error, ERROR_STOPPED, "stopped");
    }
    target_failed(relay->to, error);
    end_source(relay->from);
    result->failed_at_target = true;
    return false;
}

bool copy_stream_relay(Conn *from, const char *copy_out, Conn *to, const char *copy_in, const CopyMonitor *monitor,
                       CopyResult *result, Error *error)
{
    *result = (CopyResult){0};
    PGresult *started;
    if (!conn_start_copy(from, copy_out, PGRES_COPY_OUT, &started, error))
        return false;
    PQclear(started);
    if (!conn_start_copy(to, copy_in, PGRES_COPY_IN, &started, error)) {
        result->failed_at_target = true;
        end_source(from);
        return false;
    }
    PQclear(started);

    Relay relay = {.from = from, .to = to, .monitor = monitor, .result = result};
    PQsetnonblocking(to->pg, 1);
    bool done = finish_relay(&relay, relay_rows(&relay), error);
    PQsetnonblocking(to->pg, 0);
    return done;
}
