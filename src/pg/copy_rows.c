#include "pg/copy_rows.h"

#include "base/text.h"
#include "pg/conn_private.h"
#include "pg/copy_send.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 64 * 1024 };

/* ---- where it failed ---- */

/* The last line that begins with `COPY relation, `: what stands before it was called by the COPY. Points behind that. */
static const char *find_copy(const char *context, const char *relation)
{
    const char *found = NULL;
    size_t length = strlen(relation);
    for (const char *line = context; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, "COPY ", 5) == 0 && strncmp(line + 5, relation, length) == 0 &&
            strncmp(line + 5 + length, ", ", 2) == 0)
            found = line + 5 + length + 2;
    return found;
}

/* `, column email: "…"` or `, column email`: what stands behind the first word, up to the colon. */
static void parse_column(const char *at, CopyPlace *place)
{
    size_t word = strcspn(at, " \n");
    const char *name = at + word + 1, *end = at[word] == ' ' ? strstr(name, ": ") : NULL;
    size_t length = at[word] == ' ' ? strcspn(name, "\n") : 0;
    if (end && (size_t)(end - name) < length)
        length = (size_t)(end - name);
    if (length < sizeof place->column)
        memcpy(place->column, name, length);
}

CopyPlace copy_place_parse(const char *context, const char *relation)
{
    CopyPlace place = {0};
    const char *at = context ? find_copy(context, relation) : NULL;
    if (!at)
        return place;
    at += strcspn(at, "0123456789,:\n");
    if (!isdigit((unsigned char)*at))
        return place;
    char *end;
    place.line = strtoll(at, &end, 10);
    if (strncmp(end, ", ", 2) == 0)
        parse_column(end + 2, &place);
    return place;
}

/* ---- sending ---- */

static CopyState send_range(Conn *to, const char *bytes, size_t length)
{
    CopyState state = COPY_GOING_ON;
    for (size_t at = 0; at < length && state == COPY_GOING_ON; at += MESSAGE_SIZE)
        state = copy_send_bytes(to, bytes + at, length - at < MESSAGE_SIZE ? length - at : MESSAGE_SIZE);
    return state;
}

/* Without the key, each row is its own stretch of bytes; they are gathered into messages. */
static CopyState send_rows(Conn *to, const CopyRows *rows)
{
    const RowPage *page = rows->page;
    char message[MESSAGE_SIZE];
    size_t filled = 0, header;
    const char *bytes = row_page_header(page->format, &header);
    memcpy(message, bytes, header);
    filled = header;
    CopyState state = COPY_GOING_ON;
    for (size_t i = rows->from; i < rows->from + rows->count && state == COPY_GOING_ON; i++) {
        const RowPlace *row = &page->rows[i];
        size_t length = row->end - row->start;
        if (filled + length > MESSAGE_SIZE) {
            state = send_range(to, message, filled);
            filled = 0;
        }
        if (state == COPY_GOING_ON && length > MESSAGE_SIZE) {
            state = send_range(to, page->bytes + row->start, length);
        } else if (state == COPY_GOING_ON) {
            memcpy(message + filled, page->bytes + row->start, length);
            filled += length;
        }
    }
    if (state == COPY_GOING_ON && filled > 0)
        state = send_range(to, message, filled);
    bytes = row_page_trailer(page->format, &header);
    return state == COPY_GOING_ON && header > 0 ? send_range(to, bytes, header) : state;
}

/* Takes the statements before the COPY: true when it has begun. */
static bool begin(Conn *to, const char *sql, Error *error)
{
    if (conn_stop_wanted(to))
        return error_set(error, ERROR_STOPPED, "stopped");
    PGresult *result = PQsendQuery(to->pg, sql) ? conn_next_result(to) : NULL;
    while (result && (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)) {
        PQclear(result);
        result = conn_next_result(to);
    }
    bool begun = result && PQresultStatus(result) == PGRES_COPY_IN;
    if (!begun)
        conn_failed(to, result, error);
    PQclear(result);
    if (!begun)
        conn_drain(to);
    return begun;
}

/* When the server had not failed it complains of our own ending: its words during the COPY meant nothing, and the next
 * try does not listen to them. */
static void explain(Conn *to, bool given_up, Error *error)
{
    if (!given_up || !error || strcmp(error->sqlstate, "57014") != 0)
        return;
    to->talkative_copies = true;
    error_set(error, ERROR_TRANSIENT, "the target sent messages during COPY that rehome did not expect");
}

static bool finish(Conn *to, const CopyRows *rows, bool given_up, int64_t *taken, CopyPlace *place, Error *error)
{
    PGresult *result = conn_next_result(to);
    bool done = result && PQresultStatus(result) == PGRES_COMMAND_OK;
    if (done) {
        *taken = strtoll(PQcmdTuples(result), NULL, 10);
    } else {
        *place = copy_place_parse(result ? PQresultErrorField(result, PG_DIAG_CONTEXT) : NULL, rows->relation);
        conn_failed(to, result, error);
    }
    PQclear(result);
    conn_drain(to);
    if (!done)
        explain(to, given_up, error);
    return done && (!given_up || error_set(error, ERROR_BUG, "the target took a COPY that was given up"));
}

static bool send_and_finish(Conn *to, const CopyRows *rows, int64_t *taken, CopyPlace *place, Error *error)
{
    CopyState state = send_rows(to, rows);
    if (state == COPY_STOPPED) {
        copy_send_give_up(to, "stopped");
        return error_set(error, ERROR_STOPPED, "stopped");
    }
    bool given_up = state != COPY_GOING_ON;
    PQputCopyEnd(to->pg, given_up ? "the target seemed to have failed" : NULL);
    return finish(to, rows, given_up, taken, place, error);
}

bool copy_rows(Conn *to, const CopyRows *rows, int64_t *taken, CopyPlace *place, Error *error)
{
    *taken = 0;
    *place = (CopyPlace){0};
    if (!begin(to, rows->sql, error))
        return false;
    PQsetnonblocking(to->pg, 1);
    bool done = send_and_finish(to, rows, taken, place, error);
    PQsetnonblocking(to->pg, 0);
    return done;
}
