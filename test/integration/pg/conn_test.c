#include "base/stop.h"
#include "base/text.h"
#include "servers.h"
#include "tap.h"

#include <pthread.h>
#include <unistd.h>

TEST(every_session_has_our_settings_and_the_search_path_of_its_role)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Conn) *conn = open_side("source");
    static const char *const expected[][2] = {
        {"TimeZone", "UTC"},
        {"IntervalStyle", "postgres"},
        {"extra_float_digits", "1"},
        {"bytea_output", "hex"},
        {"client_encoding", "UTF8"},
        {"row_security", "off"},
        {"statement_timeout", "0"},
        {"jit", "off"},
        {"application_name", "rehome:test"},
        {"search_path", "\"$user\", public"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_TEXT(value_of(arena, conn, arena_printf(arena, "SHOW %s", expected[i][0])), expected[i][1]);
    CHECK(text_starts_with(value_of(arena, conn, "SHOW DateStyle"), "ISO"));
    CHECK(conn_version(conn) >= 120000);
}

TEST(parameters_travel_beside_the_statement)
{
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    AUTO(Result) *result = conn_query(conn, "SELECT $1::text, $2::int + 1, $3::text IS NULL, $4::bigint",
                                      PARAMS("it's", "41", NULL, NULL), &error);
    if (!CHECK(result))
        return;
    CHECK_NUMBER(result_rows(result), 1);
    CHECK_NUMBER(result_columns(result), 4);
    CHECK_TEXT(result_text(result, 0, 0), "it's");
    CHECK_NUMBER(result_number(result, 0, 1), 42);
    CHECK(result_bool(result, 0, 2));
    CHECK(result_is_null(result, 0, 3) && result_text(result, 0, 3) == NULL && result_number(result, 0, 3) == 0);
}

TEST(the_number_of_affected_rows_comes_back)
{
    AUTO(Conn) *conn = open_side("source");
    int64_t affected = 0;
    must(conn, "CREATE TEMP TABLE t (id int)");
    CHECK(conn_exec(conn, "INSERT INTO t SELECT generate_series(1, 7)", NO_PARAMS, &affected, NULL));
    CHECK_NUMBER(affected, 7);
}

TEST(a_refused_row_is_told_with_everything_the_server_knows)
{
    AUTO(Conn) *conn = open_side("source");
    must(conn, "CREATE TEMP TABLE t (id int CONSTRAINT t_key PRIMARY KEY); INSERT INTO t VALUES (1)");
    Error error = {0};
    CHECK(!conn_exec(conn, "INSERT INTO t VALUES (1)", NO_PARAMS, NULL, &error));
    CHECK(error.kind == ERROR_DATA);
    CHECK_TEXT(error.sqlstate, "23505");
    CHECK_TEXT(error.message, "duplicate key value violates unique constraint \"t_key\"");
    CHECK_TEXT(error.detail, "Key (id)=(1) already exists.");
    CHECK_TEXT(error.constraint, "t_key");
    CHECK_TEXT(error.table, "t");
    CHECK(!conn_exec(conn, "DO $$ BEGIN PERFORM 1/0; END $$", NO_PARAMS, NULL, &error));
    CHECK_TEXT(error.sqlstate, "22012");
    CHECK(strstr(error.context, "PL/pgSQL") != NULL);
}

TEST(a_script_names_the_line_of_its_mistake)
{
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    CHECK(!conn_script(conn, "SELECT 'é';\n\nSELECT 1;\nSELECT\n  nothing;\nSELECT 2", &error));
    CHECK(error.kind == ERROR_SQL);
    CHECK_TEXT(error.sqlstate, "42703");
    CHECK_TEXT(error.context, "line 5 of the script");
    CHECK(!conn_script(conn, "SELECT 1; SELECT 1/(SELECT 0); SELECT 2", &error));
    CHECK_TEXT(error.context, "statement 2 of the script");
    CHECK(conn_script(conn, "", &error));
    CHECK(conn_script(conn, "SELECT 1;;", &error));
}

TEST(a_copy_in_a_script_is_refused_and_harms_nothing)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    must(conn, "CREATE TEMP TABLE t (id int)");
    CHECK(!conn_script(conn, "SELECT 1; COPY t FROM STDIN; SELECT 2", &error));
    CHECK(strstr(error.message, "COPY") != NULL);
    CHECK(!conn_script(conn, "COPY (SELECT generate_series(1, 100000)) TO STDOUT", &error));
    CHECK(!conn_exec(conn, "COPY t TO STDOUT", NO_PARAMS, NULL, &error));
    CHECK_TEXT(value_of(arena, conn, "SELECT 'fine'"), "fine");
}

TEST(the_columns_of_a_select_are_known_without_running_it)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    OutputColumnList columns = {0};
    const char *sql =
        "SELECT 1/0 AS \"A b\", 'x'::varchar(20) AS code, 1.5::numeric(10,2) AS price, ARRAY[now()] AS \"when\";";
    CHECK(conn_describe(arena, conn, sql, &columns, &error));
    if (!CHECK(columns.count == 4))
        return;
    CHECK_TEXT(columns.items[0].name, "A b");
    CHECK_NUMBER(columns.items[0].type, 23);
    CHECK_NUMBER(columns.items[0].typmod, -1);
    CHECK_TEXT(columns.items[1].type_name, "character varying(20)");
    CHECK_TEXT(columns.items[2].type_name, "numeric(10,2)");
    CHECK_TEXT(columns.items[3].type_name, "timestamp with time zone[]");
    CHECK(!conn_describe(arena, conn, "SELECT nothing", &columns, &error));
    CHECK_TEXT(error.sqlstate, "42703");
}

TEST(a_transaction_is_committed_rolled_back_or_told_to_have_failed)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    must(conn, "CREATE TEMP TABLE t (id int)");
    CHECK(conn_begin(conn, "ISOLATION LEVEL REPEATABLE READ", &error) && conn_in_transaction(conn));
    CHECK_TEXT(value_of(arena, conn, "SHOW transaction_isolation"), "repeatable read");
    must(conn, "INSERT INTO t VALUES (1)");
    CHECK(conn_commit(conn, &error) && !conn_in_transaction(conn));

    CHECK(conn_begin(conn, "", &error));
    must(conn, "INSERT INTO t VALUES (2)");
    conn_rollback(conn);
    conn_rollback(conn);
    CHECK_TEXT(value_of(arena, conn, "SELECT count(*) FROM t"), "1");

    CHECK(conn_begin(conn, "", &error));
    CHECK(!conn_exec(conn, "SELECT 1/0", NO_PARAMS, NULL, &error));
    CHECK(!conn_commit(conn, &error));
    CHECK(error.kind == ERROR_BUG);
}

TEST(a_session_that_was_terminated_is_lost_and_worth_another_try)
{
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    CHECK(!conn_exec(conn, "SELECT pg_terminate_backend(pg_backend_pid())", NO_PARAMS, NULL, &error));
    CHECK_TEXT(error.sqlstate, "57P01");
    CHECK(error.kind == ERROR_TRANSIENT);
    CHECK(conn_is_lost(conn));
    CHECK(!conn_exec(conn, "SELECT 1", NO_PARAMS, NULL, &error));
    CHECK(error.kind == ERROR_TRANSIENT);
    conn_rollback(conn);
}

static bool fails_to_open(const char *url, Error *error)
{
    Conn *conn = conn_open(&(ConnOptions){.url = url, .side = "target"}, error);
    conn_close(conn);
    return conn == NULL;
}

TEST(a_refusal_tells_its_sqlstate_and_never_a_password)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    const char *url = url_of("target");
    const char *tail = strchr(url + strlen("postgresql://"), '?');
    CHECK(fails_to_open(arena_printf(arena, "postgresql://postgres:secret@/no_such_database%s", tail), &error));
    CHECK_TEXT(error.sqlstate, "3D000");
    CHECK(text_starts_with(error.message, "cannot connect to the target: connection to server on socket"));
    CHECK(text_ends_with(error.message, "FATAL:  database \"no_such_database\" does not exist"));
    CHECK_TEXT(error.detail, "");

    CHECK(fails_to_open("postgresql://u@127.0.0.1:1/x", &error));
    CHECK(error.kind == ERROR_TRANSIENT);
    CHECK_TEXT(error.detail, "Is the server running on that host and accepting TCP/IP connections?");

    CHECK(fails_to_open("postgresql://u:sec%ret@h/x", &error));
    CHECK(error.kind == ERROR_INPUT);
    CHECK(!strstr(error.message, "sec") && !strstr(error.detail, "sec"));
}

TEST(an_address_is_told_without_its_password)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(conn_mask_url(arena, "postgresql://u:secret@h:5433/db?sslmode=require&sslpassword=secret"),
               "user=u password=*** dbname=db host=h port=5433 sslmode=require sslpassword=***");
    CHECK_TEXT(conn_mask_url(arena, "service=shop password=secret"), "service=shop password=***");
    CHECK_TEXT(conn_mask_url(arena, "shop"), "shop");
    CHECK(!strstr(conn_mask_url(arena, "postgresql://u:sec%ret@h"), "ret"));
    AUTO(Conn) *conn = open_side("source");
    CHECK(strstr(conn_describe_address(arena, conn), "user postgres)") != NULL);
}

static void *cancel_soon(void *conn)
{
    usleep(200 * 1000);
    conn_cancel(conn);
    return NULL;
}

TEST(another_thread_can_cancel_a_statement)
{
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_soon, conn);
    CHECK(!conn_exec(conn, "SELECT pg_sleep(60)", NO_PARAMS, NULL, &error));
    CHECK_TEXT(error.sqlstate, "57014");
    pthread_join(thread, NULL);
}

static void *stop_soon(void *nothing)
{
    usleep(200 * 1000);
    stop_request();
    return nothing;
}

/* The last one: a stop cannot be taken back. */
TEST(a_stop_cancels_what_runs_and_refuses_what_comes_but_lets_us_tidy_up)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Conn) *conn = open_side("source");
    Error error = {0};
    CHECK(conn_begin(conn, "", &error));
    pthread_t thread;
    double before = clock_now();
    pthread_create(&thread, NULL, stop_soon, NULL);
    CHECK(!conn_exec(conn, "SELECT pg_sleep(60)", NO_PARAMS, NULL, &error));
    pthread_join(thread, NULL);
    CHECK(error.kind == ERROR_STOPPED);
    CHECK(clock_now() - before < 5);

    conn_rollback(conn);
    CHECK(!conn_in_transaction(conn));
    CHECK(!conn_exec(conn, "SELECT 1", NO_PARAMS, NULL, &error));
    CHECK(error.kind == ERROR_STOPPED);
    conn_outlive_stop(conn, true);
    CHECK_TEXT(value_of(arena, conn, "SELECT 'tidy'"), "tidy");
    CHECK(fails_to_open(url_of("target"), &error));
    CHECK(error.kind == ERROR_STOPPED);
}
