/* What the files of src/pg share about a connection; nobody else includes this. */
#pragma once

#include "pg/conn.h"
#include "pg/roster.h"

#include <libpq-fe.h>

struct Conn {
    Arena *arena; /* of the connection's own texts */
    PGconn *pg;
    PGcancel *cancel;
    const char *side;
    bool outlives_stop;    /* see conn_outlive_stop() */
    bool abandoned;        /* did not answer a cancel: as good as lost */
    bool talkative_copies; /* sends messages of no concern during COPY FROM: they are no sign of an error */
    unsigned notices;      /* how many have come so far */
    double ping_s;         /* how often it has to say something so as not to be idle */
    Conn *idle;            /* see conn_keep_awake() */
    Roster *roster;
    RosterEntry entry;
};

/* Fills `error` from a failed result, or from the connection when `result` is NULL; returns false. */
bool conn_failed(const Conn *conn, const PGresult *result, Error *error);

/* Waits until the socket can be read (or written, when `for_write`) and takes in what has come. ERROR_STOPPED when a
 * stop was asked for. */
bool conn_wait(Conn *conn, bool for_write, Error *error);

/* The next result of what was sent, NULL at the end of them. A stop cancels the statement; its error then comes as a
 * result. */
PGresult *conn_next_result(Conn *conn);

/* Takes every result that is still to come, ends COPYs that are under way. Afterwards the connection is idle, lost or
 * abandoned. */
void conn_drain(Conn *conn);

/* Sends a statement by the simple protocol and gives its first result, which must have `status`. */
bool conn_start_copy(Conn *conn, const char *sql, ExecStatusType status, PGresult **result, Error *error);

bool conn_stop_wanted(const Conn *conn);
