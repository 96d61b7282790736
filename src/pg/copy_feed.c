#include "pg/copy_feed.h"

#include "pg/conn_private.h"
#include "pg/copy_send.h"

#include <stdlib.h>

bool copy_feed_begin(Conn *to, const char *sql, Error *error)
{
    PGresult *result = NULL;
    if (!conn_start_copy(to, sql, PGRES_COPY_IN, &result, error))
        return false;
    PQclear(result);
    PQsetnonblocking(to->pg, 1);
    return true;
}

static bool finish(Conn *to, int64_t *rows, Error *error)
{
    PGresult *result = conn_next_result(to);
    bool done = result && PQresultStatus(result) == PGRES_COMMAND_OK;
    if (done)
        *rows = strtoll(PQcmdTuples(result), NULL, 10);
    else
        conn_failed(to, result, error);
    PQclear(result);
    conn_drain(to);
    PQsetnonblocking(to->pg, 0);
    return done;
}

bool copy_feed_give(Conn *to, const char *bytes, size_t length, Error *error)
{
    int64_t rows = 0;
    CopyState state = copy_send_bytes(to, bytes, length);
    if (state == COPY_GOING_ON)
        return true;
    if (state == COPY_STOPPED) {
        copy_feed_give_up(to);
        return error_set(error, ERROR_STOPPED, "stopped");
    }
    PQputCopyEnd(to->pg, "the server seemed to have failed");
    return finish(to, &rows, error) && error_set(error, ERROR_BUG, "the server took a COPY that was given up");
}

bool copy_feed_end(Conn *to, int64_t *rows, Error *error)
{
    PQputCopyEnd(to->pg, NULL);
    return finish(to, rows, error);
}

void copy_feed_give_up(Conn *to)
{
    copy_send_give_up(to, "given up");
    PQsetnonblocking(to->pg, 0);
}
