#include "pg/snapshot.h"

#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define READING "ISOLATION LEVEL REPEATABLE READ, READ ONLY"
#define WRITING "ISOLATION LEVEL REPEATABLE READ, READ WRITE"

struct Snapshot {
    ConnOptions options;
    Arena *arena;
    pthread_mutex_t mutex;
    Conn *holder;
    const char *offered;
    const char *name;
};

Snapshot *snapshot_new(const ConnOptions *options, const char *offered)
{
    Arena *arena = arena_new();
    Snapshot *snapshot = NEW(arena, Snapshot);
    snapshot->arena = arena;
    snapshot->options.url = arena_strdup(arena, options->url);
    snapshot->options.side = arena_strdup(arena, options->side);
    snapshot->options.roster = options->roster;
    snapshot->options.application = arena_strdup(arena, options->application);
    snapshot->offered = arena_strdup(arena, offered);
    pthread_mutex_init(&snapshot->mutex, NULL);
    return snapshot;
}

void snapshot_free(Snapshot *snapshot)
{
    if (!snapshot)
        return;
    conn_close(snapshot->holder);
    pthread_mutex_destroy(&snapshot->mutex);
    arena_free(snapshot->arena);
}

void Snapshot_cleanup(Snapshot **snapshot)
{
    snapshot_free(*snapshot);
}

/* SET TRANSACTION takes no parameter, and the name comes from a server: quoted like any literal. */
static bool set_snapshot(Conn *conn, const char *name, Error *error)
{
    AUTO(Arena) *scratch = arena_new();
    Text sql = text_new(scratch);
    text_addf(&sql, "SET TRANSACTION SNAPSHOT '%s'", name);
    return strchr(name, '\'') == NULL && conn_exec(conn, sql.chars, NO_PARAMS, NULL, error);
}

static bool begin_at(Conn *conn, const char *mode, const char *name, Error *error)
{
    if (!conn_begin(conn, mode, error))
        return false;
    if (set_snapshot(conn, name, error))
        return true;
    conn_rollback(conn);
    return false;
}

bool snapshot_join(Conn *conn, const char *offered, Error *error)
{
    Error refused = {0};
    return (offered && begin_at(conn, READING, offered, &refused)) || conn_begin(conn, READING, error);
}

static bool holder_alive(Snapshot *snapshot)
{
    Error ignored = {0};
    return snapshot->holder && !conn_is_lost(snapshot->holder) && conn_in_transaction(snapshot->holder) &&
           conn_exec(snapshot->holder, "SELECT 1", NO_PARAMS, NULL, &ignored);
}

/* An offered snapshot is good only while its process lives; when it is gone we take our own. */
static bool open_holder(Snapshot *snapshot, Error *error)
{
    conn_close(snapshot->holder);
    snapshot->name = NULL;
    snapshot->holder = conn_open(&snapshot->options, error);
    if (!snapshot->holder)
        return false;
    const char *offered = snapshot->offered;
    snapshot->offered = NULL;
    if (!snapshot_join(snapshot->holder, offered, error))
        return false;
    AUTO(Result) *result = conn_query(snapshot->holder, "SELECT pg_catalog.pg_export_snapshot()", NO_PARAMS, error);
    if (!result)
        return false;
    snapshot->name = result_copy(snapshot->arena, result, 0, 0);
    return true;
}

static bool begin_shared(Snapshot *snapshot, Conn *conn, const char *mode, Error *error)
{
    pthread_mutex_lock(&snapshot->mutex);
    bool ready = holder_alive(snapshot) || open_holder(snapshot, error);
    bool imported = ready && begin_at(conn, mode, snapshot->name, error);
    pthread_mutex_unlock(&snapshot->mutex);
    return imported;
}

bool snapshot_import(Snapshot *snapshot, Conn *conn, Error *error)
{
    if (conn_in_failed_transaction(conn))
        conn_rollback(conn);
    return conn_in_transaction(conn) || begin_shared(snapshot, conn, READING, error);
}

bool snapshot_import_to_write(Snapshot *snapshot, Conn *conn, Error *error)
{
    conn_rollback(conn);
    return begin_shared(snapshot, conn, WRITING, error);
}

/* Which server and database it is belongs to it (a dump that was restored twice has the same transactions), and so do the
 * settings that decide what SQL gives and that users may choose. The list of transactions that were under way may be long,
 * so it is hashed. */
static const char seen_sql[] =
    "SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.txid_snapshot_xmin(s) || ':' || "
    "pg_catalog.txid_snapshot_xmax(s) || ':' || pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', s, "
    "pg_catalog.pg_postmaster_start_time(), pg_catalog.current_database(), "
    "pg_catalog.current_setting('search_path'), pg_catalog.current_setting('default_text_search_config'), "
    "pg_catalog.current_setting('lc_monetary'), pg_catalog.current_setting('lc_numeric'), pg_catalog.current_setting('lc_time'), "
    "pg_catalog.current_setting('xmlbinary'), pg_catalog.current_setting('xmloption'), "
    "pg_catalog.current_setting('transform_null_equals')), 0) END FROM pg_catalog.txid_current_snapshot() AS s";

bool snapshot_seen(Arena *arena, Conn *conn, const char **seen, Error *error)
{
    AUTO(Result) *result = conn_query(conn, seen_sql, NO_PARAMS, error);
    *seen = result ? result_copy(arena, result, 0, 0) : NULL;
    return result != NULL;
}

char *snapshot_name(Arena *arena, Snapshot *snapshot)
{
    pthread_mutex_lock(&snapshot->mutex);
    char *name = arena_strdup(arena, snapshot->name);
    pthread_mutex_unlock(&snapshot->mutex);
    return name;
}
