#include "pg/copy_send.h"

#include "pg/conn_private.h"

#include <poll.h>

static bool is_readable(const Conn *conn)
{
    struct pollfd socket = {.fd = PQsocket(conn->pg), .events = POLLIN};
    return poll(&socket, 1, 0) > 0;
}

/* libpq keeps an error back until the COPY is ended, so a server that says something that is no notice is taken to have
 * failed. */
bool copy_send_has_failed(Conn *to)
{
    if (!is_readable(to))
        return false;
    unsigned notices = to->notices;
    if (!PQconsumeInput(to->pg))
        return true;
    PQputCopyData(to->pg, "", 0); /* lets libpq look at its input */
    return to->notices == notices && !to->talkative_copies;
}

CopyState copy_send_bytes(Conn *to, const char *bytes, size_t length)
{
    if (conn_stop_wanted(to))
        return COPY_STOPPED;
    if (copy_send_has_failed(to) || PQputCopyData(to->pg, bytes, (int)length) != 1)
        return COPY_TARGET_FAILED;
    int pending;
    while ((pending = PQflush(to->pg)) == 1) {
        struct pollfd socket = {.fd = PQsocket(to->pg), .events = POLLIN | POLLOUT};
        roster_starts_waiting(&to->entry);
        poll(&socket, 1, 100);
        if (conn_stop_wanted(to))
            return COPY_STOPPED;
        if ((socket.revents & ~POLLOUT) && copy_send_has_failed(to))
            return COPY_TARGET_FAILED;
    }
    roster_got_answer(&to->entry);
    return pending < 0 ? COPY_TARGET_FAILED : COPY_GOING_ON;
}

void copy_send_give_up(Conn *to, const char *reason)
{
    if (PQputCopyEnd(to->pg, reason) >= 0)
        conn_drain(to);
}
