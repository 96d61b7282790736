/* The one door to libpq: a connection, its statements and their results.
 *
 * Every session is opened with fixed settings (see conn.c): search_path as the role has it, TimeZone UTC, DateStyle ISO,
 * IntervalStyle postgres, extra_float_digits 1, bytea_output hex, xmloption content, client_encoding UTF8, row_security off,
 * and our own timeouts and keepalives, where the URL has none. So our own SQL names everything in full.
 *
 * Every failure fills an Error with the server's SQLSTATE, message, detail, hint, context and names; the kind comes from
 * the SQLSTATE (sqlstate.h). A connection belongs to one thread at a time, except conn_cancel(). */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Conn Conn;
typedef struct Result Result;

/* A setting of the session that no statement shows: its value is seen neither in a log nor in pg_stat_activity. */
typedef struct SecretSetting {
    const char *name;
    const char *value;
} SecretSetting;
typedef LIST(SecretSetting) SecretSettingList;

typedef struct Roster Roster;
typedef struct ConnOptions {
    const char *url;         /* libpq URI, conninfo or "service=…" */
    const char *side;        /* "source", "target": named in messages */
    const char *application; /* application_name, e.g. "rehome:laiki-leads:copy" */
    SecretSettingList secrets;
    Roster *roster; /* of who watches over it; NULL: nobody */
    bool ends_idle; /* the server ends the session when its transaction was idle for two minutes: what it holds is free again */
} ConnOptions;

/* Refuses a server before PostgreSQL 12 and a pooler in transaction mode (ERROR_INPUT with a hint). */
Conn *conn_open(const ConnOptions *options, Error *error);
void conn_close(Conn *conn);
void Conn_cleanup(Conn **conn);

const char *conn_side(const Conn *conn);
int conn_version(const Conn *conn);         /* 150020 */
const char *conn_server_version(const Conn *conn); /* as the server says it: "15.20 (Debian …)" */
bool conn_is_lost(const Conn *conn);        /* the socket is gone: reopen */
/* Host, port, database and user, without any password: for messages. */
char *conn_describe_address(Arena *arena, const Conn *conn);
/* The same for a URL that was not opened yet: the password is masked. */
char *conn_mask_url(Arena *arena, const char *url);
/* The same address for a program of PostgreSQL's, as a command line may show it; the password, for PGPASSWORD, is in *password, or NULL. Any other secret
 * in it is ERROR_INPUT. */
char *conn_public_url(Arena *arena, const char *url, const char **password, Error *error);
/* While `conn` waits for its server, the transaction of `idle` is not held to be idle. NULL: no longer. */
void conn_keep_awake(Conn *conn, Conn *idle);
/* Asks the server to end what this connection is running. From any thread. */
void conn_cancel(Conn *conn);
/* While a stop is asked for, statements fail with ERROR_STOPPED, and those under way are cancelled. A connection that outlives the stop
 * runs them all the same: for what has to be tidied up (a fence lifted, a step noted). COMMIT and ROLLBACK always run. */
void conn_outlive_stop(Conn *conn, bool outlives);

/* Parameters travel as text and beside the statement, never inside it. */
typedef struct Params {
    const char *const *values;
    int count;
} Params;
#define PARAMS(...)                                                                                            \
    ((Params){(const char *const[]){__VA_ARGS__}, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))})
#define NO_PARAMS ((Params){NULL, 0})

/* Rows of one statement; NULL on failure. */
Result *conn_query(Conn *conn, const char *sql, Params params, Error *error);
/* One statement whose rows nobody wants; `affected` (may be NULL) gets the number in the command tag. */
bool conn_exec(Conn *conn, const char *sql, Params params, int64_t *affected, Error *error);
/* Several statements as they stand in a file (simple protocol); results are thrown away. On failure error->context gains
 * "line N of the script" when the server gave a position. */
bool conn_script(Conn *conn, const char *sql, Error *error);

/* One statement whose rows are fetched one by one and dropped: for its time, and in no memory to speak of. */
bool conn_drop_rows(Conn *conn, const char *sql, Error *error);

bool conn_begin(Conn *conn, const char *mode, Error *error); /* mode: "" or "ISOLATION LEVEL REPEATABLE READ, READ ONLY" */
bool conn_commit(Conn *conn, Error *error);
void conn_rollback(Conn *conn);                              /* nothing to do outside a transaction; never fails */
bool conn_in_transaction(const Conn *conn);
bool conn_in_failed_transaction(const Conn *conn); /* only a rollback helps */

/* The columns that a SELECT gives, without running it. */
typedef struct OutputColumn {
    const char *name;
    uint32_t type;  /* OID on that server */
    int32_t typmod; /* -1: none */
    const char *type_name; /* format_type() of both */
} OutputColumn;
typedef LIST(OutputColumn) OutputColumnList;
bool conn_describe(Arena *arena, Conn *conn, const char *sql, OutputColumnList *columns, Error *error);

int result_rows(const Result *result);
int result_columns(const Result *result);
const char *result_column_name(const Result *result, int column); /* lives with the result */
bool result_is_null(const Result *result, int row, int column);
const char *result_text(const Result *result, int row, int column);   /* NULL for NULL; lives with the result */
int64_t result_number(const Result *result, int row, int column);     /* 0 for NULL */
bool result_bool(const Result *result, int row, int column);
char *result_copy(Arena *arena, const Result *result, int row, int column);
/* The items of a one-dimensional array; none for NULL. */
StringList result_list(Arena *arena, const Result *result, int row, int column);
void result_free(Result *result);
void Result_cleanup(Result **result);
