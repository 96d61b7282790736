#include "pg/conn_private.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "pg/sqlstate.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_SERVER = 120000 };

#define IDLE_LIMIT "idle_in_transaction_session_timeout"

/* SET and not start-up options, because poolers refuse those. */
typedef struct Setting {
    int since; /* server version */
    const char *name, *value;
    bool yields; /* to the options of the URL, should they name it */
} Setting;
static const Setting settings[] = {
    {0, "TimeZone", "'UTC'", false},
    {0, "DateStyle", "'ISO'", false},
    {0, "IntervalStyle", "'postgres'", false},
    {0, "extra_float_digits", "1", false},
    {0, "bytea_output", "'hex'", false},
    {0, "xmloption", "'content'", false},
    {0, "client_encoding", "'UTF8'", false},
    {0, "standard_conforming_strings", "on", false},
    {0, "row_security", "off", false},
    {0, "statement_timeout", "0", true},
    {0, "lock_timeout", "0", true},
    {0, IDLE_LIMIT, "0", true},
    {140000, "idle_session_timeout", "0", true},
    {170000, "transaction_timeout", "0", true},
    {0, "default_transaction_read_only", "off", false},
    {0, "default_transaction_isolation", "'read committed'", false},
    {0, "jit", "off", false},
    {0, "client_min_messages", "'warning'", false},
};
static const Setting limited_idleness = {0, IDLE_LIMIT, "'2min'", true};
/* A server that finds us gone ends what it does for us. Not every platform can look, and then it refuses. */
static const Setting looks_for_us = {140000, "client_connection_check_interval", "'10s'", true};

/* For a role that is called rehome "$user" in its search_path would be our ledger. */
#define FORGET_OWN_SCHEMA                                                                                    \
    "SELECT pg_catalog.set_config('search_path', pg_catalog.regexp_replace("                                \
    "pg_catalog.current_setting('search_path'), '\"\\$user\"\\s*,?\\s*', ''), false)"                       \
    " WHERE current_user = 'rehome'"

typedef PQconninfoOption Conninfo;
static void Conninfo_cleanup(Conninfo **options)
{
    PQconninfoFree(*options);
}

/* What `options=-c …` of the URL, or PGOPTIONS, asks for. */
static char *own_options(Arena *arena, PGconn *pg)
{
    AUTO(Conninfo) *known = PQconninfo(pg);
    for (const Conninfo *option = known; option && option->keyword; option++)
        if (strcmp(option->keyword, "options") == 0)
            return arena_strdup(arena, option->val ? option->val : "");
    return "";
}

static void add_setting(Text *sql, const Conn *conn, const Setting *setting, const char *own)
{
    if (conn_version(conn) >= setting->since && !(setting->yields && strstr(own, setting->name)))
        text_addf(sql, "SET %s = %s;", setting->name, setting->value);
}

static bool pin_settings(Conn *conn, const ConnOptions *options, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Text sql = text_new(arena), looking = text_new(arena);
    const char *own = own_options(arena, conn->pg);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        add_setting(&sql, conn, &settings[i], own);
    if (options->ends_idle)
        add_setting(&sql, conn, &limited_idleness, own);
    conn->ping_s = strstr(own, IDLE_LIMIT) ? 0.5 : 20;
    text_add(&sql, FORGET_OWN_SCHEMA);
    if (!conn_script(conn, sql.chars, error))
        return error_doing(error, "fixing the settings of the session on the %s", conn->side);
    add_setting(&looking, conn, &looks_for_us, own);
    if (looking.length > 0)
        conn_script(conn, looking.chars, NULL);
    return true;
}

/* set_config() by the function call protocol, the only one whose arguments a server never logs: a statement's text goes into
 * the log and into pg_stat_activity, and its parameters into the log (log_parameter_max_length). */
static bool set_secret(Conn *conn, const SecretSetting *secret, Error *error)
{
    enum { SET_CONFIG = 2078 }; /* pg_proc.dat: set_config(text, text, bool) */
    static char is_local[] = "\0";
    AUTO(Arena) *arena = arena_new();
    char *name = arena_strdup(arena, secret->name), *value = arena_strdup(arena, secret->value);
    char *answer = arena_alloc(arena, strlen(value) + 1); /* the value, as the function returns it */
    int length = 0;
    const PQArgBlock arguments[] = {
        {.len = (int)strlen(name), .u.ptr = (int *)(void *)name},
        {.len = (int)strlen(value), .u.ptr = (int *)(void *)value},
        {.len = 1, .u.ptr = (int *)(void *)is_local},
    };
    PGresult *result = PQfn(conn->pg, SET_CONFIG, (int *)(void *)answer, &length, 0, arguments, 3);
    const bool is_set = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_set)
        conn_failed(conn, result, error);
    PQclear(result);
    return is_set || error_doing(error, "setting %s on the %s", secret->name, conn->side);
}

static bool set_secrets(Conn *conn, const SecretSettingList *secrets, Error *error)
{
    FOR_EACH(const SecretSetting, secret, *secrets)
        if (!set_secret(conn, secret, error))
            return false;
    return true;
}

/* ---- addresses ---- */

static bool is_conninfo(const char *url)
{
    return strchr(url, '=') || text_starts_with(url, "postgresql://") || text_starts_with(url, "postgres://");
}

/* libpq's own message would quote the text, and a password may be the very part that it cannot read. */
static bool check_url(const ConnOptions *options, Error *error)
{
    if (!options->url || !is_conninfo(options->url))
        return true;
    char *message = NULL;
    AUTO(Conninfo) *parsed = PQconninfoParse(options->url, &message);
    PQfreemem(message);
    if (parsed)
        return true;
    error_set(error, ERROR_INPUT, "the %s is not a connection string that libpq can read", options->side);
    return error_hint(error, "Write postgresql://user@host:port/dbname with special characters percent-encoded, "
                             "or host=… dbname=… user=…, or service=….");
}

char *conn_mask_url(Arena *arena, const char *url)
{
    if (!url || !is_conninfo(url))
        return arena_strdup(arena, url ? url : "");
    char *message = NULL;
    AUTO(Conninfo) *parsed = PQconninfoParse(url, &message);
    PQfreemem(message);
    if (!parsed)
        return arena_strdup(arena, "(not a connection string that libpq can read)");

    Text text = text_new(arena);
    for (const PQconninfoOption *option = parsed; option->keyword; option++) {
        if (!option->val)
            continue;
        bool secret = strchr(option->dispchar, '*') || strstr(option->keyword, "password");
        text_separate(&text, " ");
        text_addf(&text, "%s=%s", option->keyword, secret ? "***" : option->val);
    }
    return text.chars;
}

/* key='value' of a conninfo */
static void add_pair(Text *text, const char *keyword, const char *value)
{
    text_separate(text, " ");
    text_addf(text, "%s='", keyword);
    for (const char *at = value; *at; at++)
        text_addf(text, "%s%c", *at == '\'' || *at == '\\' ? "\\" : "", *at);
    text_add(text, "'");
}

char *conn_public_url(Arena *arena, const char *url, const char **password, Error *error)
{
    Text text = text_new(arena);
    *password = NULL;
    text_add(&text, "");
    if (url && !is_conninfo(url))
        add_pair(&text, "dbname", url);
    AUTO(Conninfo) *parsed = url && is_conninfo(url) ? PQconninfoParse(url, NULL) : NULL;
    for (const PQconninfoOption *option = parsed; option && option->keyword; option++) {
        if (!option->val)
            continue;
        if (strcmp(option->keyword, "password") == 0) {
            *password = arena_strdup(arena, option->val);
        } else if (strchr(option->dispchar, '*')) {
            error_set(error, ERROR_INPUT, "%s cannot be given to another program but on its command line, which others may see", option->keyword);
            error_hint(error, "Put it into a service file, and write service=….");
            return NULL;
        } else {
            add_pair(&text, option->keyword, option->val);
        }
    }
    return text.chars;
}

char *conn_describe_address(Arena *arena, const Conn *conn)
{
    const char *host = PQhost(conn->pg), *port = PQport(conn->pg);
    return arena_printf(arena, "%s (host %s, port %s, user %s)", PQdb(conn->pg), host && *host ? host : "local",
                        port && *port ? port : "default", PQuser(conn->pg));
}

/* ---- connecting ---- */

enum { MOST_KEYWORDS = 16 };

typedef struct Keywords {
    const char *names[MOST_KEYWORDS];
    const char *values[MOST_KEYWORDS];
    int count;
} Keywords;

static void keyword_add(Keywords *keywords, const char *name, const char *value)
{
    keywords->names[keywords->count] = name;
    keywords->values[keywords->count++] = value;
}

/* What stands before "dbname" gives way to the URL, what stands behind it does not. */
static Keywords keywords_build(const ConnOptions *options)
{
    Keywords keywords = {0};
    if (!getenv("PGCONNECT_TIMEOUT"))
        keyword_add(&keywords, "connect_timeout", "10");
    keyword_add(&keywords, "keepalives_idle", "30");
    keyword_add(&keywords, "keepalives_interval", "10");
    keyword_add(&keywords, "keepalives_count", "6");
    /* It rules keepalives too: so long it takes to notice that a cable was pulled. No shorter, because it also ends a COPY that
     * waits for somebody's lock in its middle. */
    keyword_add(&keywords, "tcp_user_timeout", "300000");
    if (options->url && options->url[0])
        keyword_add(&keywords, "dbname", options->url);
    if (options->application)
        keyword_add(&keywords, "application_name", options->application);
    return keywords;
}

static double connect_timeout(PGconn *pg, bool *several_hosts)
{
    double timeout = 0;
    AUTO(Conninfo) *known = PQconninfo(pg);
    for (const PQconninfoOption *option = known; option && option->keyword; option++) {
        if (!option->val)
            continue;
        if (strcmp(option->keyword, "connect_timeout") == 0)
            timeout = strtod(option->val, NULL);
        if (strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0)
            *several_hosts = *several_hosts || strchr(option->val, ',');
    }
    return timeout > 0 ? timeout : 1e9;
}

/* Connects in small steps, so that a stop is heard and the SQLSTATE of a refusal is learned (libpq tells it only in
 * verbose messages). Going on from a host that does not answer to the next one is something that only the blocking call
 * can do. */
static PGconn *connect_in_steps(const Conn *conn, const Keywords *keywords, Error *error)
{
    PGconn *pg = PQconnectStartParams(keywords->names, keywords->values, 1);
    if (PQstatus(pg) == CONNECTION_BAD)
        return pg;
    PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);
    bool several_hosts = false;
    double deadline = clock_now() + connect_timeout(pg, &several_hosts);
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    while (wanted == PGRES_POLLING_WRITING || wanted == PGRES_POLLING_READING) {
        struct pollfd socket = {.fd = PQsocket(pg), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&socket, 1, 100) > 0) {
            wanted = PQconnectPoll(pg);
            continue;
        }
        if (!conn_stop_wanted(conn) && clock_now() < deadline)
            continue;
        PQfinish(pg);
        if (conn_stop_wanted(conn))
            error_set(error, ERROR_STOPPED, "stopped");
        else if (several_hosts)
            return PQconnectdbParams(keywords->names, keywords->values, 1);
        else
            error_set(error, ERROR_TRANSIENT, "cannot connect to the %s: it does not answer", conn->side);
        return NULL;
    }
    return pg;
}

static bool is_sqlstate(const char *text)
{
    return strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && text_starts_with(text + 5, ": ");
}

/* Takes libpq's verbose text apart:
 *
 *     connection to server at "db", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
 *     HINT:  …
 *     LOCATION:  auth_failed, auth.c:338                                                                          */
static bool connect_failed(const Conn *conn, const char *verbose, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Text message = text_new(arena), detail = text_new(arena), hint = text_new(arena);
    char sqlstate[6] = "";
    for (const char *line = verbose, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        char *copy = arena_strndup(arena, line, (size_t)(end - line));
        copy += strspn(copy, "\t ");
        char *code = strstr(copy, ":  ");
        if (text_starts_with(copy, "LOCATION:  "))
            continue;
        Text *part = message.length == 0 ? &message : text_starts_with(copy, "HINT:  ") ? &hint : &detail;
        if (code && is_sqlstate(code + 3)) {
            if (sqlstate[0] == '\0')
                memcpy(sqlstate, code + 3, 5);
            memmove(code + 3, code + 10, strlen(code + 10) + 1);
        }
        text_separate(part, "\n");
        text_add(part, part == &hint ? copy + strlen("HINT:  ") : copy);
    }
    error_set(error, sqlstate_kind(sqlstate), "cannot connect to the %s: %s", conn->side, message.chars);
    if (error)
        memcpy(error->sqlstate, sqlstate, sizeof sqlstate);
    if (detail.length > 0)
        error_detail(error, "%s", detail.chars);
    if (hint.length > 0)
        error_hint(error, "%s", hint.chars);
    return false;
}

static void count_notice(void *self, const PGresult *result)
{
    (void)result;
    Conn *conn = self;
    conn->notices++;
}

/* Connected, but nothing said yet. */
static Conn *connect_plainly(const ConnOptions *options, Error *error)
{
    Arena *arena = arena_new();
    Conn *conn = NEW(arena, Conn);
    conn->arena = arena;
    conn->side = arena_strdup(arena, options->side ? options->side : "database");
    Keywords keywords = keywords_build(options);
    conn->pg = connect_in_steps(conn, &keywords, error);
    if (conn->pg && PQstatus(conn->pg) == CONNECTION_OK) {
        PQsetErrorVerbosity(conn->pg, PQERRORS_DEFAULT);
        PQsetNoticeReceiver(conn->pg, count_notice, conn);
        conn->cancel = PQgetCancel(conn->pg);
        return conn;
    }
    if (conn->pg)
        connect_failed(conn, PQerrorMessage(conn->pg), error);
    conn_close(conn);
    return NULL;
}

/* ---- poolers ---- */

/* The server process behind a connection as it says itself; 0 when it does not say so in time. */
static int64_t backend_pid(Conn *conn, double patience)
{
    if (!PQsendQuery(conn->pg, "SELECT pg_catalog.pg_backend_pid(),"
                               " extract(epoch FROM pg_catalog.pg_postmaster_start_time())"))
        return 0;
    double deadline = clock_now() + patience;
    while (PQisBusy(conn->pg)) {
        if (clock_now() > deadline || !conn_wait(conn, false, NULL))
            return 0;
    }
    PGresult *result = PQgetResult(conn->pg);
    int64_t pid = PQntuples(result) == 1 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    if (pid > 0)
        conn->entry.server = arena_strdup(conn->arena, PQgetvalue(result, 0, 1));
    conn->entry.backend = pid;
    PQclear(result);
    conn_drain(conn);
    return pid;
}

/* A pooler gives its own process number to clients. In transaction mode it also gives a server process that is idle to
 * whoever asks next: then another connection sees the process of this one, or takes it away. */
static bool sessions_are_shared(Conn *conn, const ConnOptions *options)
{
    const double patience = 5; /* a pool in session mode may have no second server for us */
    int64_t first = backend_pid(conn, 1e9);
    if (first == 0 || first == PQbackendPID(conn->pg))
        return false;
    AUTO(Conn) *other = connect_plainly(options, NULL);
    if (!other)
        return false;
    if (backend_pid(other, patience) == first)
        return true;
    if (!conn_begin(other, "", NULL) || backend_pid(other, patience) == 0)
        return false;
    return backend_pid(conn, patience) != first;
}

static bool check_server(Conn *conn, const ConnOptions *options, Error *error)
{
    if (conn_version(conn) < OLDEST_SERVER) {
        error_set(error, ERROR_INPUT, "the %s is PostgreSQL %d.%d; rehome needs 12 or later", conn->side,
                  conn_version(conn) / 10000, conn_version(conn) % 10000);
        return false;
    }
    if (!sessions_are_shared(conn, options))
        return true;
    error_set(error, ERROR_INPUT,
              "the %s is behind a connection pooler in transaction mode, where no session is our own", conn->side);
    return error_hint(error, "Connect to PostgreSQL itself, or set pool_mode = session for this database.");
}

/* ---- open and close ---- */

static void join_roster(Conn *conn, const ConnOptions *options)
{
    conn->roster = options->roster;
    conn->entry.side = conn->side;
    conn->entry.role = arena_strdup(conn->arena, options->application);
    conn->entry.socket = PQsocket(conn->pg);
    roster_join(conn->roster, &conn->entry);
}

Conn *conn_open(const ConnOptions *options, Error *error)
{
    if (!check_url(options, error))
        return NULL;
    if (stop_requested()) {
        error_set(error, ERROR_STOPPED, "stopped");
        return NULL;
    }
    Conn *conn = connect_plainly(options, error);
    if (conn && check_server(conn, options, error) && pin_settings(conn, options, error) &&
        set_secrets(conn, &options->secrets, error)) {
        join_roster(conn, options);
        return conn;
    }
    conn_close(conn);
    return NULL;
}

void conn_close(Conn *conn)
{
    if (!conn)
        return;
    roster_leave(conn->roster, &conn->entry);
    PQfreeCancel(conn->cancel);
    PQfinish(conn->pg);
    arena_free(conn->arena);
}

void Conn_cleanup(Conn **conn)
{
    conn_close(*conn);
    *conn = NULL;
}
