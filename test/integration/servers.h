/* The databases that test/scenario/test_integration.py gives to these programs: two empty ones on one server. */
#pragma once

#include "base/clock.h"
#include "pg/conn.h"

#include <stdio.h>
#include <stdlib.h>

static inline const char *url_of(const char *side)
{
    const char *url = getenv(side[0] == 's' ? "REHOME_TEST_SOURCE" : "REHOME_TEST_TARGET");
    if (!url) {
        puts("Bail out! REHOME_TEST_SOURCE and REHOME_TEST_TARGET name the databases to test with");
        exit(1);
    }
    return url;
}

/* A connection to "source" or "target"; ends the program when there is none. */
static inline Conn *open_side(const char *side)
{
    Error error = {0};
    Conn *conn = conn_open(&(ConnOptions){.url = url_of(side), .side = side, .application = "rehome:test"}, &error);
    if (!conn) {
        printf("Bail out! %s\n", error.message);
        exit(1);
    }
    return conn;
}

/* Runs statements that must succeed. */
static inline void must(Conn *conn, const char *sql)
{
    Error error = {0};
    if (!conn_script(conn, sql, &error)) {
        printf("Bail out! %s: %s\n", sql, error.message);
        exit(1);
    }
}

/* The one value of a query that must succeed. */
static inline char *value_of(Arena *arena, Conn *conn, const char *sql)
{
    Error error = {0};
    AUTO(Result) *result = conn_query(conn, sql, NO_PARAMS, &error);
    if (!result || result_rows(result) == 0) {
        printf("Bail out! %s: %s\n", sql, error.message);
        exit(1);
    }
    return result_copy(arena, result, 0, 0);
}
