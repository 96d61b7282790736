#include "pg/conn.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/stop.h"
#include "base/text.h"
#include "pg/conn_private.h"
#include "pg/quote.h"
#include "pg/sqlstate.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_CHECK_MS = 100 };
static const double CANCEL_PATIENCE_S = 10; /* a server that does not answer a cancel for so long is given up */

const char *conn_side(const Conn *conn)
{
    return conn->side;
}

int conn_version(const Conn *conn)
{
    return PQserverVersion(conn->pg);
}

const char *conn_server_version(const Conn *conn)
{
    const char *version = PQparameterStatus(conn->pg, "server_version");
    return version ? version : "";
}

bool conn_is_lost(const Conn *conn)
{
    return conn->abandoned || PQstatus(conn->pg) != CONNECTION_OK;
}

void conn_outlive_stop(Conn *conn, bool outlives)
{
    conn->outlives_stop = outlives;
}

bool conn_stop_wanted(const Conn *conn)
{
    return !conn->outlives_stop && stop_requested();
}

void conn_cancel(Conn *conn)
{
    char ignored[256];
    PQcancel(conn->cancel, ignored, sizeof ignored);
}

/* ---- errors ---- */

static void copy_field(char *buffer, size_t size, const PGresult *result, int field)
{
    const char *value = PQresultErrorField(result, field);
    snprintf(buffer, size, "%s", value ? value : "");
}

/* What libpq itself says: the first line is the message, the rest the detail. */
static bool libpq_failed(const Conn *conn, const char *text, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    size_t first = strcspn(text, "\n");
    const char *message = arena_strndup(arena, text, first);
    if (conn_is_lost(conn))
        error_set(error, ERROR_TRANSIENT, "lost the connection to the %s: %s", conn->side, message);
    else
        error_set(error, ERROR_RESOURCE, "%s", message);

    Text detail = text_new(arena);
    for (const char *c = text + first; *c; c++)
        if (*c != '\t' && !(*c == '\n' && (detail.length == 0 || c[1] == '\0')))
            text_add_n(&detail, *c == '\n' ? " " : c, 1);
    if (detail.length > 0)
        error_detail(error, "%s", detail.chars);
    return false;
}

/* NOT NULL and CHECK violations show the whole row, and rows are nobody's business. */
static bool shows_row(const char *sqlstate)
{
    return strcmp(sqlstate, "23502") == 0 || strcmp(sqlstate, "23514") == 0;
}

/* `COPY leads, line 17, column email: "…"` ends before the value. */
static int length_without_value(const char *context)
{
    const char *value = text_starts_with(context, "COPY ") ? strstr(context, ": \"") : NULL;
    return value ? (int)(value - context) : (int)strlen(context);
}

bool conn_failed(const Conn *conn, const PGresult *result, Error *error)
{
    if (!error)
        return false;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (conn->abandoned || (sqlstate && strcmp(sqlstate, "57014") == 0 && conn_stop_wanted(conn)))
        return error_set(error, ERROR_STOPPED, "stopped");
    if (!sqlstate)
        return libpq_failed(conn, result ? PQresultErrorMessage(result) : PQerrorMessage(conn->pg), error);

    error_set(error, sqlstate_kind(sqlstate), "%s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    copy_field(error->sqlstate, sizeof error->sqlstate, result, PG_DIAG_SQLSTATE);
    copy_field(error->constraint, sizeof error->constraint, result, PG_DIAG_CONSTRAINT_NAME);
    copy_field(error->table, sizeof error->table, result, PG_DIAG_TABLE_NAME);
    copy_field(error->column, sizeof error->column, result, PG_DIAG_COLUMN_NAME);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    error->position = position ? (int)strtol(position, NULL, 10) : 0;
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    if (detail && !shows_row(sqlstate))
        error_detail(error, "%s", detail);
    if (hint)
        error_hint(error, "%s", hint);
    if (context)
        error_context(error, "%.*s", length_without_value(context), context);
    return false;
}

/* ---- waiting ---- */

static PGresult *run(Conn *conn, const char *sql, Params params, Error *error);

static void wait_for_socket(const Conn *conn, bool for_write)
{
    struct pollfd socket = {.fd = PQsocket(conn->pg), .events = (short)(POLLIN | (for_write ? POLLOUT : 0))};
    poll(&socket, 1, STOP_CHECK_MS);
}

bool conn_wait(Conn *conn, bool for_write, Error *error)
{
    if (conn_stop_wanted(conn))
        return error_set(error, ERROR_STOPPED, "stopped");
    wait_for_socket(conn, for_write);
    return PQconsumeInput(conn->pg) || conn_failed(conn, NULL, error);
}

void conn_keep_awake(Conn *conn, Conn *idle)
{
    conn->idle = idle;
}

/* A transaction that has failed, or is lost, is for its owner to find out about. */
static void wake(const Conn *conn, double *last)
{
    Conn *idle = conn->idle;
    if (!idle || clock_now() - *last < idle->ping_s || PQtransactionStatus(idle->pg) != PQTRANS_INTRANS)
        return;
    *last = clock_now();
    PQclear(run(idle, "SELECT 1", NO_PARAMS, NULL));
}

PGresult *conn_next_result(Conn *conn)
{
    double cancelled = 0, woken = clock_now();
    roster_starts_waiting(&conn->entry);
    while (!conn->abandoned && PQisBusy(conn->pg)) {
        wait_for_socket(conn, PQflush(conn->pg) == 1);
        wake(conn, &woken);
        if (!PQconsumeInput(conn->pg))
            break; /* PQgetResult() tells why */
        if (cancelled == 0 && conn_stop_wanted(conn)) {
            conn_cancel(conn);
            cancelled = clock_now();
        }
        if (cancelled > 0 && clock_now() - cancelled > CANCEL_PATIENCE_S)
            conn->abandoned = true;
    }
    roster_got_answer(&conn->entry);
    return conn->abandoned ? NULL : PQgetResult(conn->pg);
}

static void drain_copy_out(Conn *conn)
{
    double started = clock_now();
    char *row;
    int length;
    while (!conn->abandoned && (length = PQgetCopyData(conn->pg, &row, 1)) >= 0) {
        if (length > 0) {
            PQfreemem(row);
            continue;
        }
        wait_for_socket(conn, false);
        if (!PQconsumeInput(conn->pg))
            return;
        conn->abandoned = clock_now() - started > CANCEL_PATIENCE_S;
    }
}

void conn_drain(Conn *conn)
{
    PGresult *result;
    while ((result = conn_next_result(conn))) {
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_OUT) {
            conn_cancel(conn);
            drain_copy_out(conn);
        } else if (status == PGRES_COPY_IN && PQputCopyEnd(conn->pg, "given up by rehome") < 0) {
            conn->abandoned = true;
        }
    }
}

/* ---- statements ---- */

static bool is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

static bool may_send(const Conn *conn, Error *error)
{
    if (conn_stop_wanted(conn))
        return error_set(error, ERROR_STOPPED, "stopped");
    if (conn->abandoned)
        return error_set(error, ERROR_TRANSIENT, "lost the connection to the %s", conn->side);
    return true;
}

/* The last result of what was sent; NULL on failure. */
static PGresult *collect(Conn *conn, bool sent, Error *error)
{
    if (!sent) {
        conn_failed(conn, NULL, error);
        return NULL;
    }
    PGresult *last = NULL, *result;
    while ((result = conn_next_result(conn))) {
        PQclear(last);
        last = result;
        if (is_failure(last) || is_copy(last))
            break;
    }
    if (last && is_copy(last))
        error_set(error, ERROR_SQL, "COPY from or to the client is not possible here");
    else if (!last || is_failure(last))
        conn_failed(conn, last, error);
    else
        return last;
    PQclear(last);
    conn_drain(conn);
    return NULL;
}

static PGresult *run(Conn *conn, const char *sql, Params params, Error *error)
{
    if (!may_send(conn, error))
        return NULL;
    return collect(conn, PQsendQueryParams(conn->pg, sql, params.count, NULL, params.values, NULL, NULL, 0), error);
}

Result *conn_query(Conn *conn, const char *sql, Params params, Error *error)
{
    return (Result *)(void *)run(conn, sql, params, error);
}

bool conn_exec(Conn *conn, const char *sql, Params params, int64_t *affected, Error *error)
{
    PGresult *result = run(conn, sql, params, error);
    if (!result)
        return false;
    if (affected)
        *affected = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

/* The line of the `position`-th character, both counted from 1. */
static int line_of(const char *sql, long position)
{
    int line = 1;
    for (long character = 1; *sql && character < position; sql++) {
        line += *sql == '\n';
        character += ((unsigned char)sql[1] & 0xC0) != 0x80;
    }
    return line;
}

/* 0 when the server gave no position. */
static int failed_line(const char *sql, const PGresult *result)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    return position ? line_of(sql, strtol(position, NULL, 10)) : 0;
}

static void tell_place(int line, int statement, Error *error)
{
    if (!error || error->kind == ERROR_STOPPED)
        return;
    AUTO(Arena) *arena = arena_new();
    Text detail = text_new(arena);
    text_add(&detail, error->context);
    text_separate(&detail, "\n");
    text_addf(&detail, line ? "line %d of the script" : "statement %d of the script", line ? line : statement);
    error_context(error, "%s", detail.chars);
}

/* Drops what comes, and counts it, up to the end or to the first result that is a failure or a COPY. */
static PGresult *drop_results(Conn *conn, int *count)
{
    PGresult *result;
    while ((result = conn_next_result(conn)) && !is_failure(result) && !is_copy(result)) {
        PQclear(result);
        (*count)++;
    }
    return result;
}

/* The connection is idle again afterwards. */
static bool refuse_result(Conn *conn, PGresult *result, const char *copy, Error *error)
{
    if (is_copy(result))
        error_set(error, ERROR_SQL, "%s", copy);
    else
        conn_failed(conn, result, error);
    PQclear(result);
    conn_drain(conn);
    return false;
}

bool conn_script(Conn *conn, const char *sql, Error *error)
{
    if (!may_send(conn, error))
        return false;
    if (!PQsendQuery(conn->pg, sql))
        return conn_failed(conn, NULL, error);

    int done = 0;
    PGresult *result = drop_results(conn, &done);
    if (!result)
        return conn->abandoned ? conn_failed(conn, NULL, error) : true;
    int line = failed_line(sql, result);
    refuse_result(conn, result, "a script cannot COPY from or to the client", error);
    tell_place(line, done + 1, error);
    return false;
}

bool conn_drop_rows(Conn *conn, const char *sql, Error *error)
{
    if (!may_send(conn, error))
        return false;
    if (!PQsendQueryParams(conn->pg, sql, 0, NULL, NULL, NULL, NULL, 0) || !PQsetSingleRowMode(conn->pg))
        return conn_failed(conn, NULL, error);
    int rows = 0;
    PGresult *result = drop_results(conn, &rows);
    if (!result)
        return conn->abandoned ? conn_failed(conn, NULL, error) : true;
    return refuse_result(conn, result, "COPY from or to the client is not possible here", error);
}

bool conn_start_copy(Conn *conn, const char *sql, ExecStatusType status, PGresult **result, Error *error)
{
    *result = NULL;
    if (!may_send(conn, error))
        return false;
    PGresult *first = PQsendQuery(conn->pg, sql) ? conn_next_result(conn) : NULL;
    if (first && PQresultStatus(first) == status) {
        *result = first;
        return true;
    }
    if (first && !is_failure(first))
        error_set(error, ERROR_BUG, "this is not the COPY that was expected: %s", sql);
    else
        conn_failed(conn, first, error);
    PQclear(first);
    conn_drain(conn);
    return false;
}

/* ---- transactions ---- */

bool conn_in_transaction(const Conn *conn)
{
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool conn_in_failed_transaction(const Conn *conn)
{
    return PQtransactionStatus(conn->pg) == PQTRANS_INERROR;
}

bool conn_begin(Conn *conn, const char *mode, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(conn, arena_printf(arena, "BEGIN %s", mode), NO_PARAMS, NULL, error);
}

/* Runs to its end even when a stop was asked for: short, and what it ends must end. */
static PGresult *run_to_the_end(Conn *conn, PGresult *(*what)(Conn *, Error *), Error *error)
{
    bool before = conn->outlives_stop;
    conn->outlives_stop = true;
    PGresult *result = what(conn, error);
    conn->outlives_stop = before;
    return result;
}

static PGresult *run_commit(Conn *conn, Error *error)
{
    if (!may_send(conn, error))
        return NULL;
    FAULT_ON("conn.commit.before", PQsocket(conn->pg));
    int sent = PQsendQueryParams(conn->pg, "COMMIT", 0, NULL, NULL, NULL, NULL, 0);
    FAULT_ON("conn.commit.sent", PQsocket(conn->pg));
    return collect(conn, sent, error);
}

bool conn_commit(Conn *conn, Error *error)
{
    PGresult *result = run_to_the_end(conn, run_commit, error);
    if (!result)
        return false;
    bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    if (!committed)
        error_set(error, ERROR_BUG, "a transaction that had failed on the %s was to be committed", conn->side);
    return committed;
}

static PGresult *run_rollback(Conn *conn, Error *error)
{
    return run(conn, "ROLLBACK", NO_PARAMS, error);
}

void conn_rollback(Conn *conn)
{
    if (conn_is_lost(conn))
        return;
    if (PQtransactionStatus(conn->pg) == PQTRANS_ACTIVE) {
        conn_cancel(conn);
        conn_drain(conn);
    }
    if (conn_in_transaction(conn))
        PQclear(run_to_the_end(conn, run_rollback, NULL));
}

/* ---- describing ---- */

/* format_type() of every column, asked for in one statement. */
static bool name_types(Arena *arena, Conn *conn, OutputColumnList *columns, Error *error)
{
    StringList types = {0}, typmods = {0};
    FOR_EACH(OutputColumn, column, *columns) {
        LIST_PUSH(arena, &types, arena_printf(arena, "%u", column->type));
        LIST_PUSH(arena, &typmods, arena_printf(arena, "%d", column->typmod));
    }
    const char *sql = "SELECT pg_catalog.format_type(c.type, c.typmod)"
                      " FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int4[]))"
                      " WITH ORDINALITY AS c(type, typmod, position) ORDER BY c.position";
    Params params =
        PARAMS(quote_array(arena, types.items, types.count), quote_array(arena, typmods.items, typmods.count));
    AUTO(Result) *names = conn_query(conn, sql, params, error);
    if (!names)
        return false;
    for (int i = 0; i < result_rows(names) && i < (int)columns->count; i++)
        columns->items[i].type_name = result_copy(arena, names, i, 0);
    return true;
}

bool conn_describe(Arena *arena, Conn *conn, const char *sql, OutputColumnList *columns, Error *error)
{
    if (!may_send(conn, error))
        return false;
    PGresult *prepared = collect(conn, PQsendPrepare(conn->pg, "", sql, 0, NULL), error);
    if (!prepared)
        return false;
    PQclear(prepared);
    PGresult *described = collect(conn, PQsendDescribePrepared(conn->pg, ""), error);
    if (!described)
        return false;

    OutputColumnList found = {0};
    for (int i = 0; i < PQnfields(described); i++) {
        OutputColumn *column = LIST_ADD(arena, &found);
        column->name = arena_strdup(arena, PQfname(described, i));
        column->type = PQftype(described, i);
        column->typmod = PQfmod(described, i);
    }
    PQclear(described);
    if (found.count > 0 && !name_types(arena, conn, &found, error))
        return false;
    *columns = found;
    return true;
}
