#include "engine/backup.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "ledger/number.h"
#include "ledger/undo.h"
#include "pg/copy_feed.h"
#include "pg/quote.h"
#include "plan/backup.h"
#include "scratch/archive.h"
#include "scratch/folder.h"
#include "scratch/home.h"
#include "sql/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* ---- what the plan has to know ---- */

static const char *folder_of(Arena *arena, const Manifest *manifest)
{
    return manifest->backup.folder ? manifest->backup.folder : home_state_folder(arena, "backup");
}

/* As the catalog writes names: "schema"."name". */
static void add_name(Arena *arena, const char *written, StringList *names)
{
    char *schema = NULL, *name = NULL;
    if (quote_parse_name(arena, written, &schema, &name) && schema)
        LIST_PUSH(arena, names, quote_qualified(arena, schema, name));
}

static bool gather_from_ledger(Session *session, Error *error)
{
    Gathered *gathered = &session->gathered;
    AUTO(Result) *known = conn_query(session->target, sql_ledger_backup_gathered,
                                     PARAMS(number_text(session->arena, session->migration)), error);
    for (int row = 0; known && row < result_rows(known); row++) {
        const char *what = result_text(known, row, 0);
        add_name(session->arena, result_text(known, row, 1),
                 text_equal(what, "covered") ? &gathered->backup.covered
                 : text_equal(what, "made")  ? &gathered->backup.made
                                             : &gathered->backup.written);
    }
    return known != NULL;
}

bool backup_gather(Session *session, Error *error)
{
    Arena *arena = session->arena;
    Gathered *gathered = &session->gathered;
    Clients clients;
    Error problem = {0};
    memset(&gathered->backup, 0, sizeof gathered->backup);
    if (!session->manifest->backup.wanted)
        return true;
    gathered->backup.folder = folder_of(arena, session->manifest);
    FOR_EACH(const char *, name, gathered->made)
        if (text_starts_with(*name, "table "))
            add_name(arena, *name + strlen("table "), &gathered->backup.made);
    FOR_EACH(const char *, name, gathered->touched)
        add_name(arena, *name, &gathered->backup.touched);
    if (!clients_find(arena, gathered->target->server_version, &clients, &problem))
        gathered->backup.problem = arena_strdup(arena, problem.message);
    return session->migration == 0 || gather_from_ledger(session, error);
}

/* ---- before anything is written ---- */

static bool check_folder(Arena *arena, const char *folder, Error *error)
{
    if (!folder) {
        error_set(error, ERROR_INPUT, "there is no home folder for backups");
        return error_hint(error, "Say where they are kept: `backup: { to: FOLDER }`.");
    }
    if (!file_is_directory(folder) && !folder_make(arena, folder, 0700, error))
        return false;
    if (access(folder, R_OK | W_OK | X_OK) == 0)
        return true;
    return error_set(error, ERROR_INPUT, "backups cannot be kept in %s: %s", folder, strerror(errno));
}

bool backup_check(Session *session, Error *error)
{
    Clients clients;
    const BackupPlan *backup = &session->plan->backup;
    return backup->tables.count == 0 ||
           (clients_find(session->arena, session->gathered.target->server_version, &clients, error) &&
            check_folder(session->arena, backup->folder, error));
}

/* ---- rows of an archive into a table ---- */

char *backup_names(Arena *arena, const StringList *columns, const char *before)
{
    Text sql = text_new(arena);
    text_add(&sql, "");
    FOR_EACH(const char *, column, *columns) {
        text_separate(&sql, ", ");
        text_addf(&sql, "%s%s", before, quote_name(arena, *column));
    }
    return sql.chars;
}

typedef struct Feed {
    Conn *to;
    bool is_over; /* the COPY has failed */
} Feed;

static bool feed_rows(void *self, const char *bytes, size_t length, Error *error)
{
    Feed *feed = self;
    feed->is_over = !copy_feed_give(feed->to, bytes, length, error);
    return !feed->is_over;
}

static bool insist_on_rows(const BackedUp *table, int64_t rows, Error *error)
{
    return rows == table->rows ||
           error_set(error, ERROR_SYSTEM, "the backup %s has %" PRId64 " rows of %s, not %" PRId64, table->path, rows,
                     table->relation, table->rows);
}

bool backup_load(Arena *arena, Conn *conn, const Clients *clients, const BackedUp *table, const char *into,
                 Error *error)
{
    int64_t read = 0, taken = 0;
    const char *names = backup_names(arena, &table->columns, "");
    const ArchiveTable wanted = {table->schema, table->name};
    Feed feed = {.to = conn};
    const ArchiveSink sink = {feed_rows, &feed};
    const char *make = arena_printf(arena, "CREATE TEMPORARY TABLE %s AS SELECT %s FROM ONLY %s WITH NO DATA", into,
                                    names, table->relation);
    if (!conn_script(conn, make, error) ||
        !copy_feed_begin(conn, arena_printf(arena, "COPY pg_temp.%s (%s) FROM STDIN", into, names), error))
        return false;
    bool done = archive_read(arena, clients, table->path, &wanted, &sink, &read, error);
    if (!done && !feed.is_over)
        copy_feed_give_up(conn);
    return done && copy_feed_end(conn, &taken, error) && insist_on_rows(table, read, error) &&
           insist_on_rows(table, taken, error);
}

/* ---- taking ---- */

typedef struct Taking {
    Session *session;
    Arena *arena;
    const BackupPlan *plan;
    Clients clients;
    Conn *conn; /* whose snapshot it is */
    int64_t id; /* in the ledger */
    const char *path, *part;
    LIST(BackedUp) tables;
    StringList keys, sequences; /* of the tables: as the ledger writes them */
    const char *exported, *snapshot, *at;
    int64_t bytes;
    char *sha256;
} Taking;

static void note(const Session *session, const char *message)
{
    if (session->note)
        session->note(session->note_self, message);
}

static const char *host_name(Arena *arena)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    return arena_strdup(arena, host);
}

static const char *part_of(Arena *arena, const char *path)
{
    return arena_printf(arena, "%s.part", path);
}

/* What a process that was killed has left. */
static bool discard_unfinished(Taking *taking, Error *error)
{
    const char *sql =
        "DELETE FROM rehome.backup WHERE migration = $1::bigint AND state = 'taking' RETURNING host, path";
    AUTO(Result) *left =
        conn_query(taking->session->target, sql, PARAMS(number_text(taking->arena, taking->session->migration)), error);
    for (int row = 0; left && row < result_rows(left); row++) {
        const char *path = result_text(left, row, 1);
        if (!text_equal(result_text(left, row, 0), host_name(taking->arena)))
            continue;
        unlink(path);
        unlink(part_of(taking->arena, path));
        note(taking->session, arena_printf(taking->arena, "a backup that was not finished is begun anew: %s", path));
    }
    return left != NULL;
}

/* Nobody else has this name, on whichever machine: shop-20261121-170449-1f2e3d4c.dump */
static bool choose_path(Taking *taking, Error *error)
{
    char day[32], here[PATH_MAX];
    uint32_t number = 0;
    time_t now = time(NULL);
    struct tm parts;
    if (!realpath(taking->plan->folder, here))
        return error_set(error, ERROR_SYSTEM, "cannot find the folder %s: %s", taking->plan->folder, strerror(errno));
    strftime(day, sizeof day, "%Y%m%d-%H%M%S", gmtime_r(&now, &parts));
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return error_set(error, ERROR_SYSTEM, "no random number: %s", strerror(errno));
    taking->path =
        arena_printf(taking->arena, "%s/%s-%s-%08" PRIx32 ".dump", here, taking->session->manifest->name, day, number);
    taking->part = part_of(taking->arena, taking->path);
    return true;
}

static bool begin_in_ledger(Taking *taking, Error *error)
{
    const char *program = arena_printf(taking->arena, "%s (%d)", taking->clients.dump, taking->clients.version);
    const char *sql =
        "INSERT INTO rehome.backup (migration, host, path, program) VALUES ($1::bigint, $2, $3, $4) RETURNING id";
    AUTO(Result) *row = conn_query(
        taking->session->target, sql,
        PARAMS(number_text(taking->arena, taking->session->migration), host_name(taking->arena), taking->path, program),
        error);
    if (row)
        taking->id = result_number(row, 0, 0);
    return row != NULL;
}

/* The file is made with the rights that it is to have, whatever the umask says. */
static bool make_file(const Taking *taking, Error *error)
{
    AUTO(Descriptor) file = open(taking->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return file > 0 || error_set(error, ERROR_SYSTEM, "cannot write the backup %s: %s", taking->part, strerror(errno));
}

static bool open_snapshot(Taking *taking, Error *error)
{
    const ConnOptions options = session_as(taking->session, &taking->session->target_options, "backup");
    const char *sql = "SELECT pg_catalog.pg_export_snapshot(), pg_catalog.txid_current_snapshot()::text, "
                      "pg_catalog.transaction_timestamp()::text";
    taking->conn = conn_open(&options, error);
    if (!taking->conn || !conn_begin(taking->conn, "ISOLATION LEVEL REPEATABLE READ", error))
        return false;
    AUTO(Result) *row = conn_query(taking->conn, sql, NO_PARAMS, error);
    if (!row)
        return false;
    taking->exported = result_copy(taking->arena, row, 0, 0);
    taking->snapshot = result_copy(taking->arena, row, 0, 1);
    taking->at = result_copy(taking->arena, row, 0, 2);
    return true;
}

/* Where the sequences of its columns stand, as JSON. */
static bool describe_sequences(Taking *taking, const Relation *root, char **json, Error *error)
{
    Text list = text_new(taking->arena);
    FOR_EACH(const Column, column, root->columns) {
        const char *sequence;
        char *standing;
        if (!undo_look_at_sequence(taking->arena, taking->conn, root, column, &sequence, &standing, error))
            return false;
        if (!standing)
            continue;
        json_auto_t *one = json_loads(standing, 0, NULL);
        json_object_set_new(one, "sequence", json_string(sequence));
        json_object_set_new(one, "column", json_string(column->name));
        text_addf(&list, "%s%s", list.length ? ", " : "", json_text(taking->arena, one, JSON_COMPACT));
    }
    *json = arena_printf(taking->arena, "[%s]", list.length ? list.chars : "");
    return true;
}

static bool describe(Taking *taking, const BackupTable *table, bool first_of_root, Error *error)
{
    Arena *arena = taking->arena;
    char *sequences = arena_strdup(arena, "[]");
    BackedUp *described = LIST_ADD(arena, &taking->tables);
    AUTO(Result) *row = conn_query(taking->conn, sql_ledger_backup_describe, PARAMS(table->relation->sql_name), error);
    if (!row || (first_of_root && !describe_sequences(taking, table->root, &sequences, error)))
        return false;
    *described = (BackedUp){.path = taking->part,
                            .schema = result_copy(arena, row, 0, 3),
                            .name = result_copy(arena, row, 0, 2),
                            .relation = table->relation->sql_name,
                            .columns = result_list(arena, row, 0, 0)};
    LIST_PUSH(arena, &taking->keys, result_is_null(row, 0, 1) ? "{}" : result_copy(arena, row, 0, 1));
    LIST_PUSH(arena, &taking->sequences, sequences);
    return true;
}

static bool describe_tables(Taking *taking, Error *error)
{
    const Relation *root = NULL;
    FOR_EACH(const BackupTable, table, taking->plan->tables) {
        if (!describe(taking, table, table->root != root, error))
            return false;
        root = table->root;
    }
    return true;
}

static bool dump(Taking *taking, Error *error)
{
    ArchiveTableList tables = {0};
    FOR_EACH(const BackedUp, table, taking->tables)
        LIST_PUSH(taking->arena, &tables, ((ArchiveTable){table->schema, table->name}));
    const ArchiveRequest request = {
        .clients = &taking->clients,
        .url = taking->session->target_options.url,
        .snapshot = taking->exported,
        .application = session_as(taking->session, &taking->session->target_options, "backup").application,
        .tables = &tables,
        .path = taking->part};
    return archive_take(taking->arena, &request, error);
}

/* ---- the proof ---- */

/* As the same columns of the same rows give it, in whichever order. */
static const char *sum_of(Arena *arena, const BackedUp *table, const char *from)
{
    const char *hash = undo_hash(arena, "t", table->columns.items, table->columns.count);
    return arena_printf(arena, "SELECT count(*) AS rows, coalesce(sum(%s::numeric), 0) AS hash FROM %s AS t", hash,
                        from);
}

static bool count_rows(Taking *taking, BackedUp *table, Error *error)
{
    AUTO(Result) *count = conn_query(
        taking->conn, arena_printf(taking->arena, "SELECT count(*) FROM ONLY %s", table->relation), NO_PARAMS, error);
    if (count)
        table->rows = result_number(count, 0, 0);
    return count != NULL;
}

static bool prove_counts(Taking *taking, BackedUp *table, Error *error)
{
    int64_t rows = 0;
    const ArchiveTable wanted = {table->schema, table->name};
    const ArchiveSink none = {0};
    return count_rows(taking, table, error) &&
           archive_read(taking->arena, &taking->clients, table->path, &wanted, &none, &rows, error) &&
           insist_on_rows(table, rows, error);
}

/* Into the server that it would be restored into, which has all types and extensions. */
static bool prove_restored(Taking *taking, BackedUp *table, Error *error)
{
    static const char restored[] = "rehome_restored";
    Arena *arena = taking->arena;
    if (!count_rows(taking, table, error) ||
        !backup_load(arena, taking->conn, &taking->clients, table, restored, error))
        return false;
    const char *sql = arena_printf(arena, "SELECT (a.rows, a.hash) = (b.rows, b.hash) FROM (%s) a, (%s) b",
                                   sum_of(arena, table, arena_printf(arena, "ONLY %s", table->relation)),
                                   sum_of(arena, table, "pg_temp.rehome_restored"));
    AUTO(Result) *same = conn_query(taking->conn, sql, NO_PARAMS, error);
    if (same && !result_bool(same, 0, 0))
        return error_set(error, ERROR_SYSTEM, "what is restored from the backup is not what is in %s", table->relation);
    return same && conn_script(taking->conn, "DROP TABLE pg_temp.rehome_restored", error);
}

static bool prove(Taking *taking, Error *error)
{
    FOR_EACH(BackedUp, table, taking->tables)
        if (!(taking->session->manifest->backup.counts_only ? prove_counts : prove_restored)(taking, table, error))
            return error_doing(error, "proving that %s can be restored from its backup", table->relation);
    return true;
}

/* ---- to the end ---- */

static bool flush(const char *path, int flags, Error *error)
{
    AUTO(Descriptor) file = open(path, flags | O_CLOEXEC);
    return (file > 0 && fsync(file) == 0) ||
           error_set(error, ERROR_SYSTEM, "cannot write %s to the disk: %s", path, strerror(errno));
}

static bool publish(const Taking *taking, Error *error)
{
    if (rename(taking->part, taking->path) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot rename %s: %s", taking->part, strerror(errno));
    return flush(taking->plan->folder, O_RDONLY | O_DIRECTORY, error);
}

static bool record_table(const Taking *taking, size_t i, Error *error)
{
    Arena *arena = taking->arena;
    const BackedUp *table = &taking->tables.items[i];
    const char *sql = "INSERT INTO rehome.backup_table (backup, relation, root, schema_name, table_name, columns, key, "
                      "rows, sequences) VALUES "
                      "($1::bigint, $2, $3, $4, $5, $6::text[], $7::text[], $8::bigint, $9::jsonb)";
    Params values =
        PARAMS(number_text(arena, taking->id), table->relation, taking->plan->tables.items[i].root->sql_name,
               table->schema, table->name, quote_array(arena, table->columns.items, table->columns.count),
               taking->keys.items[i], number_text(arena, table->rows), taking->sequences.items[i]);
    return conn_exec(taking->session->target, sql, values, NULL, error);
}

static bool record(Taking *taking, double seconds, Error *error)
{
    Conn *target = taking->session->target;
    const char *verified = taking->session->manifest->backup.counts_only ? "read" : "restore";
    Params values =
        PARAMS(number_text(taking->arena, taking->id), number_text(taking->arena, taking->bytes), taking->sha256,
               taking->snapshot, verified, taking->at, arena_printf(taking->arena, "%.3f", seconds));
    if (!conn_begin(target, "", error))
        return false;
    AUTO(Result) *finished = conn_query(target, sql_ledger_backup_finish, values, error);
    if (finished && result_rows(finished) == 0)
        return error_set(error, ERROR_STATE, "another process has begun the backup anew meanwhile");
    for (size_t i = 0; finished && i < taking->tables.count; i++)
        if (!record_table(taking, i, error))
            return false;
    return finished && conn_exec(target, "SET LOCAL synchronous_commit = on", NO_PARAMS, NULL, error) &&
           conn_commit(target, error);
}

static bool take(Taking *taking, Error *error)
{
    const double since = clock_now();
    if (!make_file(taking, error) || !open_snapshot(taking, error) || !describe_tables(taking, error) ||
        !dump(taking, error))
        return false;
    FAULT("backup.dumped");
    if (!flush(taking->part, O_RDONLY, error) ||
        !archive_measure(taking->arena, taking->part, &taking->bytes, &taking->sha256, error) || !prove(taking, error))
        return false;
    FAULT("backup.proved");
    if (!publish(taking, error))
        return false;
    FAULT("backup.published");
    return record(taking, clock_now() - since, error);
}

static void tell(const Taking *taking)
{
    int64_t rows = 0;
    FOR_EACH(const BackedUp, table, taking->tables)
        rows += table->rows;
    note(taking->session,
         arena_printf(taking->arena, "the backup is whole: %s of %s in %s, %s",
                      text_of_many(taking->arena, rows, "row"),
                      text_of_many(taking->arena, (long long)taking->tables.count, "table"),
                      text_of_bytes(taking->arena, taking->bytes),
                      taking->session->manifest->backup.counts_only ? "each counted" : "restored and compared"));
}

/* What was begun and failed leaves no file; its row in the ledger goes with the next try. */
bool backup_take(Session *session, Error *error)
{
    Taking taking = {.session = session, .arena = session->arena, .plan = &session->plan->backup};
    if (taking.plan->tables.count == 0)
        return true;
    if (!clients_find(session->arena, session->gathered.target->server_version, &taking.clients, error) ||
        !check_folder(session->arena, taking.plan->folder, error) || !discard_unfinished(&taking, error) ||
        !choose_path(&taking, error) || !begin_in_ledger(&taking, error))
        return false;
    note(session, arena_printf(session->arena, "taking a backup: %s", backup_print(session->arena, taking.plan)));
    bool done = take(&taking, error);
    conn_close(taking.conn);
    if (done)
        tell(&taking);
    else
        unlink(taking.part);
    return done || error_doing(error, "taking the backup");
}
