#include "base/stop.h"
#include "base/text.h"
#include "pg/copy_stream.h"
#include "servers.h"
#include "tap.h"

#include <pthread.h>
#include <unistd.h>

typedef struct Sides {
    Conn *source;
    Conn *target;
} Sides;

static Sides sides_open(void)
{
    Sides sides = {open_side("source"), open_side("target")};
    must(sides.target, "CREATE TEMP TABLE t (id bigint CHECK (id <> 13), body text)");
    return sides;
}

static void sides_close(Sides sides)
{
    conn_close(sides.source);
    conn_close(sides.target);
}

static bool both_work(Sides sides)
{
    return conn_exec(sides.source, "SELECT 1", NO_PARAMS, NULL, NULL) &&
           conn_exec(sides.target, "SELECT 1", NO_PARAMS, NULL, NULL);
}

static bool relay(Sides sides, const char *select, const char *format, CopyResult *result, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *out = arena_printf(arena, "COPY (%s) TO STDOUT %s", select, format);
    const char *in = arena_printf(arena, "COPY t FROM STDIN %s", format);
    return copy_stream_relay(sides.source, out, sides.target, in, NULL, result, error);
}

TEST(rows_arrive_as_they_are_in_text_and_in_binary)
{
    static const char *const formats[] = {"", "(FORMAT binary)"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < 2; i++) {
        Sides sides = sides_open();
        CopyResult result;
        Error error = {0};
        CHECK(relay(
            sides,
            "SELECT i::bigint + 1000, nullif(repeat(E'é\\t\\n\\\\', i % 50), '') FROM generate_series(1, 30000) i",
            formats[i], &result, &error));
        CHECK_NUMBER(result.rows_out, 30000);
        CHECK_NUMBER(result.rows_in, 30000);
        CHECK(result.bytes > 1000000);
        CHECK_TEXT(value_of(arena, sides.target,
                            "SELECT count(*) || ' ' || bool_and(body IS NOT DISTINCT FROM"
                            " nullif(repeat(E'é\\t\\n\\\\', ((id - 1000) % 50)::int), '')) FROM t"),
                   "30000 true");
        sides_close(sides);
    }
}

TEST(no_row_and_huge_rows_pass_as_well)
{
    AUTO(Arena) *arena = arena_new();
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(relay(sides, "SELECT 1::bigint, 'x' WHERE false", "(FORMAT binary)", &result, &error));
    CHECK_NUMBER(result.rows_in, 0);
    CHECK(relay(sides,
                "SELECT i::bigint, repeat('x', CASE i % 2 WHEN 0 THEN 3000000 ELSE 3 END) FROM generate_series(1, 9) i",
                "", &result, &error));
    CHECK_TEXT(value_of(arena, sides.target, "SELECT sum(length(body)) FROM t"), "12000015");
    sides_close(sides);
}

typedef struct Heard {
    int calls;
    int64_t rows;
    int64_t bytes;
} Heard;

static void hear(void *self, int64_t rows, int64_t bytes)
{
    Heard *heard = self;
    heard->calls++;
    heard->rows = rows;
    heard->bytes = bytes;
}

TEST(the_monitor_hears_now_and_then)
{
    Sides sides = sides_open();
    Heard heard = {0};
    CopyResult result;
    Error error = {0};
    CHECK(copy_stream_relay(sides.source,
                            "COPY (SELECT i, repeat('x', 90) FROM generate_series(100, 100000) i) TO STDOUT",
                            sides.target, "COPY t FROM STDIN", &(CopyMonitor){.moved = hear, .self = &heard}, &result, &error));
    CHECK(heard.calls > 10 && heard.calls < 60);
    CHECK(heard.rows <= result.rows_out && heard.bytes <= result.bytes && heard.bytes > result.bytes / 2);
    sides_close(sides);
}

TEST(a_target_that_refuses_a_row_ends_the_copy_early)
{
    AUTO(Arena) *arena = arena_new();
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(!relay(sides, "SELECT i, repeat('x', 1000) FROM generate_series(1, 1000000) i", "", &result, &error));
    CHECK(result.failed_at_target);
    CHECK(error.kind == ERROR_DATA);
    CHECK_TEXT(error.sqlstate, "23514");
    CHECK(strstr(error.context, "line 13") != NULL);
    CHECK(result.bytes < 64 * 1024 * 1024);
    CHECK(both_work(sides));
    CHECK_TEXT(value_of(arena, sides.target, "SELECT count(*) FROM t"), "0");
    sides_close(sides);
}

TEST(a_target_that_refuses_the_last_rows_is_heard_at_the_end)
{
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(!relay(sides, "SELECT i FROM generate_series(11, 13) i", "", &result, &error));
    CHECK(result.failed_at_target && error.sqlstate[0]);
    CHECK(both_work(sides));
    sides_close(sides);
}

TEST(a_source_that_fails_midway_leaves_nothing_in_the_target)
{
    AUTO(Arena) *arena = arena_new();
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(!relay(sides, "SELECT i, repeat('x', 100 / (50000 - i)) FROM generate_series(100, 90000) i", "", &result,
                 &error));
    CHECK(!result.failed_at_target);
    CHECK_TEXT(error.sqlstate, "22012");
    CHECK(both_work(sides));
    CHECK_TEXT(value_of(arena, sides.target, "SELECT count(*) FROM t"), "0");
    sides_close(sides);
}

TEST(a_copy_that_cannot_begin_says_which_side_refused)
{
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(!copy_stream_relay(sides.source, "COPY nothing TO STDOUT", sides.target, "COPY t FROM STDIN", NULL, &result,
                             &error));
    CHECK(!result.failed_at_target && strcmp(error.sqlstate, "42P01") == 0);
    CHECK(!copy_stream_relay(sides.source, "COPY (SELECT generate_series(1, 1000000)) TO STDOUT", sides.target,
                             "COPY nothing FROM STDIN", NULL, &result, &error));
    CHECK(result.failed_at_target && strcmp(error.sqlstate, "42P01") == 0);
    CHECK(both_work(sides));
    sides_close(sides);
}

TEST(a_lost_side_is_named_and_the_other_one_stays_usable)
{
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    CHECK(!relay(sides,
                 "SELECT i, CASE WHEN i = 50000 THEN pg_terminate_backend(pg_backend_pid())::text END"
                 " FROM generate_series(100, 100000) i",
                 "", &result, &error));
    CHECK(!result.failed_at_target && error.kind == ERROR_TRANSIENT && conn_is_lost(sides.source));
    CHECK(conn_exec(sides.target, "SELECT 1", NO_PARAMS, NULL, NULL));
    sides_close(sides);

    sides = sides_open();
    must(sides.target,
         "CREATE FUNCTION pg_temp.die() RETURNS trigger LANGUAGE plpgsql AS"
         " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END $$;"
         " CREATE TRIGGER die BEFORE INSERT ON t FOR EACH ROW WHEN (new.id = 500) EXECUTE FUNCTION pg_temp.die()");
    CHECK(!relay(sides, "SELECT i, repeat('x', 1000) FROM generate_series(100, 200000) i", "", &result, &error));
    CHECK(result.failed_at_target && error.kind == ERROR_TRANSIENT && conn_is_lost(sides.target));
    CHECK(conn_exec(sides.source, "SELECT 1", NO_PARAMS, NULL, NULL));
    sides_close(sides);
}

TEST(warnings_of_a_trigger_are_no_failure)
{
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    must(sides.target, "CREATE FUNCTION pg_temp.warn() RETURNS trigger LANGUAGE plpgsql AS"
                       " $$ BEGIN IF new.id % 100 = 0 THEN RAISE WARNING 'odd'; END IF;"
                       " IF new.id % 2 = 0 THEN RETURN NULL; END IF; RETURN new; END $$;"
                       " CREATE TRIGGER warn BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.warn()");
    CHECK(relay(sides, "SELECT i, repeat('x', 1000) FROM generate_series(101, 50100) i", "", &result, &error));
    CHECK_TEXT(error.message, "");
    CHECK_NUMBER(result.rows_out, 50000);
    CHECK_NUMBER(result.rows_in, 25000);
    sides_close(sides);
}

static void *stop_soon(void *nothing)
{
    usleep(300 * 1000);
    stop_request();
    return nothing;
}

/* The last one: a stop cannot be taken back. */
TEST(a_stop_ends_both_sides)
{
    AUTO(Arena) *arena = arena_new();
    Sides sides = sides_open();
    CopyResult result;
    Error error = {0};
    pthread_t thread;
    double before = clock_now();
    pthread_create(&thread, NULL, stop_soon, NULL);
    CHECK(!relay(sides, "SELECT i, repeat('x', 1000) FROM generate_series(100, 100000000) i", "", &result, &error));
    pthread_join(thread, NULL);
    CHECK(error.kind == ERROR_STOPPED);
    CHECK(clock_now() - before < 10);
    conn_outlive_stop(sides.source, true);
    conn_outlive_stop(sides.target, true);
    CHECK(both_work(sides));
    CHECK_TEXT(value_of(arena, sides.target, "SELECT count(*) FROM t"), "0");
    sides_close(sides);
}
