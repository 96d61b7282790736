#include "pg/copy_stream.h"

#include "base/fault.h"
#include "pg/conn_private.h"

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

typedef enum Outcome { GOING_ON, SOURCE_ENDED, SOURCE_FAILED, TARGET_FAILED, STOPPED } Outcome;

static bool is_readable(const Conn *conn)
{
    struct pollfd socket = {.fd = PQsocket(conn->pg), .events = POLLIN};
    return poll(&socket, 1, 0) > 0;
}

/* During COPY FROM a server has nothing to say but notices, until it has failed; libpq keeps an error back until the
 * COPY is ended. So a server that says something else is taken to have failed. */
static bool target_has_failed(Conn *to)
{
    if (!is_readable(to))
        return false;
    unsigned notices = to->notices;
    if (!PQconsumeInput(to->pg))
        return true;
    PQputCopyData(to->pg, "", 0); /* lets libpq look at its input */
    return to->notices == notices && !to->talkative_copies;
}

/* Sends what was gathered and waits until the socket has taken it: nothing piles up in memory. */
static Outcome send_message(Relay *relay, const char *bytes, size_t length)
{
    if (conn_stop_wanted(relay->to))
        return STOPPED;
    if (target_has_failed(relay->to) || PQputCopyData(relay->to->pg, bytes, (int)length) != 1)
        return TARGET_FAILED;
    int pending;
    while ((pending = PQflush(relay->to->pg)) == 1) {
        struct pollfd socket = {.fd = PQsocket(relay->to->pg), .events = POLLIN | POLLOUT};
        poll(&socket, 1, 100);
        if (conn_stop_wanted(relay->to))
            return STOPPED;
        if ((socket.revents & ~POLLOUT) && target_has_failed(relay->to))
            return TARGET_FAILED;
    }
    return pending < 0 ? TARGET_FAILED : GOING_ON;
}

static void tell_monitor(Relay *relay)
{
    if (relay->result->bytes - relay->told < MONITOR_BYTES)
        return;
    relay->told = relay->result->bytes;
    if (relay->monitor && relay->monitor->moved)
        relay->monitor->moved(relay->monitor->self, relay->rows, relay->result->bytes);
}

static Outcome flush_gathered(Relay *relay)
{
    if (relay->filled == 0)
        return GOING_ON;
    Outcome outcome = send_message(relay, relay->message, relay->filled);
    relay->filled = 0;
    tell_monitor(relay);
    return outcome;
}

static Outcome take_row(Relay *relay, const char *row, size_t length)
{
    relay->rows++;
    relay->result->bytes += (int64_t)length;
    if (relay->filled + length > MESSAGE_SIZE) {
        Outcome outcome = flush_gathered(relay);
        if (outcome != GOING_ON)
            return outcome;
    }
    if (length > MESSAGE_SIZE)
        return send_message(relay, row, length);
    memcpy(relay->message + relay->filled, row, length);
    relay->filled += length;
    return GOING_ON;
}

/* The source has nothing for us just now: an occasion to send what there is, and to look at the target. */
static Outcome wait_for_source(Relay *relay)
{
    struct pollfd sockets[] = {{.fd = PQsocket(relay->from->pg), .events = POLLIN},
                               {.fd = PQsocket(relay->to->pg), .events = POLLIN}};
    bool was_idle = poll(sockets, 2, 100) == 0;
    if (conn_stop_wanted(relay->from))
        return STOPPED;
    if (was_idle) {
        Outcome outcome = flush_gathered(relay);
        if (outcome != GOING_ON)
            return outcome;
    }
    if (sockets[1].revents && target_has_failed(relay->to))
        return TARGET_FAILED;
    return PQconsumeInput(relay->from->pg) ? GOING_ON : SOURCE_FAILED;
}

static Outcome relay_rows(Relay *relay)
{
    for (;;) {
        char *row;
        int length = PQgetCopyData(relay->from->pg, &row, 1);
        Outcome outcome;
        if (length > 0) {
            outcome = take_row(relay, row, (size_t)length);
            PQfreemem(row);
        } else if (length == 0) {
            outcome = wait_for_source(relay);
        } else {
            return length == -1 ? SOURCE_ENDED : SOURCE_FAILED;
        }
        if (outcome != GOING_ON)
            return outcome;
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

static void end_target(Conn *to, const char *reason)
{
    if (PQputCopyEnd(to->pg, reason) >= 0)
        conn_drain(to);
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

static bool finish_relay(Relay *relay, Outcome outcome, Error *error)
{
    CopyResult *result = relay->result;
    if (outcome == SOURCE_ENDED || outcome == SOURCE_FAILED) {
        if (!finish_side(relay->from, &result->rows_out, error)) {
            end_target(relay->to, "the source failed");
            return false;
        }
        FAULT("pg.copy.source_ended");
        outcome = flush_gathered(relay);
        if (outcome == GOING_ON && PQputCopyEnd(relay->to->pg, NULL) >= 0) {
            FAULT_ON("pg.copy.end_sent", PQsocket(relay->to->pg));
            result->failed_at_target = !finish_side(relay->to, &result->rows_in, error);
            FAULT("pg.copy.target_ended");
            return !result->failed_at_target;
        }
    }
    if (outcome == STOPPED) {
        end_target(relay->to, "stopped");
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
