/* Plain dumps, given to psql by way of the script reader, which keeps back what belongs to another server.
 *
 * In two sessions: after the first the tables are there, so that the rows of one that could not be made can be kept
 * back. psql would take them for statements. */
#include "scratch/restore.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/stop.h"
#include "base/text.h"
#include "pg/quote.h"
#include "scratch/binaries.h"
#include "scratch/process.h"
#include "sql/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_cut_off(const Restore *restore, Error *error)
{
    error_set(error, ERROR_SYSTEM, "the dump %s is cut off after line %lld: its end is missing", restore->options->path,
              restore->script.line);
    return error_hint(error, "Copy the file again and compare its size, or make the dump anew.");
}

static bool check_script(const Restore *restore, Error *error)
{
    const DumpScript *script = &restore->script;
    const char *path = restore->options->path;
    if (script->whole_cluster) {
        error_set(error, ERROR_INPUT, "%s is a dump of a whole cluster (pg_dumpall)", path);
        return error_hint(error, "Make a dump of the one database: pg_dump -Fc -f FILE DATABASE.");
    }
    if (script->command) {
        error_set(error, ERROR_INPUT, "%s:%lld: the psql command %s is not for a dump", path, script->command_line,
                  script->command);
        return error_hint(error,
                          "Run the file with psql into a scratch server (\"rehome scratch start\"), and use its URL.");
    }
    if (script->by_pg_dump ? !script->complete : !dump_lexer_is_between(script->lexer))
        return is_cut_off(restore, error);
    if (!script->by_pg_dump)
        restore_note(restore, "%s was not written by pg_dump: nothing would tell if its end were missing", path);
    return true;
}

bool restore_read_plain(Restore *restore, Error *error)
{
    AUTO(DumpStream) *stream = dump_stream_open(restore->arena, restore->options->path, restore->kind, error);
    DumpPiece piece = {.length = 1};
    while (stream && piece.length > 0) {
        if (stop_requested())
            return error_set(error, ERROR_STOPPED, "stopped while reading the dump %s", restore->options->path);
        if (!dump_stream_next(stream, &piece, error))
            return false;
        if (piece.length > 0)
            dump_script_read(&restore->script, &piece);
    }
    return stream && check_script(restore, error);
}

enum { OUTPUT_SIZE = 64 * 1024 };

/* The way of the dump into psql. */
typedef struct Feed {
    Restore *restore;
    DumpStream *stream;
    DumpScript script;    /* read along */
    RelationList missing; /* tables that could not be made */
    bool in_rows;         /* the second session */
    DumpPiece held;       /* first of the second session; length 0: none */
    int socket;
    size_t filled;
    char output[OUTPUT_SIZE];
} Feed;

static bool flush(Feed *feed, Error *error)
{
    for (size_t sent = 0; sent < feed->filled;) {
        ssize_t now = send(feed->socket, feed->output + sent, feed->filled - sent, MSG_NOSIGNAL);
        if (now < 0 && errno == EINTR && !stop_requested())
            continue;
        if (now < 0)
            return error_set(error, stop_requested() ? ERROR_STOPPED : ERROR_SYSTEM, "psql ended before the dump did");
        sent += (size_t)now;
    }
    feed->filled = 0;
    return true;
}

static bool give(Feed *feed, const char *chars, size_t length, Error *error)
{
    while (length > 0) {
        if (feed->filled == OUTPUT_SIZE && !flush(feed, error))
            return false;
        size_t room = OUTPUT_SIZE - feed->filled, now = length < room ? length : room;
        memcpy(feed->output + feed->filled, chars, now);
        feed->filled += now;
        chars += now;
        length -= now;
    }
    return true;
}

static const DumpEntry *entry_now(const Feed *feed)
{
    return feed->script.entries.count > 0 ? &feed->script.entries.items[feed->script.entries.count - 1] : NULL;
}

static bool is_kept_back(const Feed *feed)
{
    const DumpEntry *entry = entry_now(feed);
    if (!entry || !text_equal(entry->type, "TABLE DATA"))
        return false;
    FOR_EACH(const Relation, table, feed->missing)
        if (text_equal(table->schema, entry->schema) && text_equal(table->name, entry->name))
            return true;
    return false;
}

/* Lines stay lines, so that the numbers in psql's messages are the dump's. */
static bool pass(Feed *feed, const DumpPiece *piece, DumpLine line, Error *error)
{
    if (line == DUMP_LINE_DROPPED || is_kept_back(feed))
        return !piece->ends_line || give(feed, "\n", 1, error);
    return give(feed, piece->chars, piece->length, error);
}

/* To the end of this session's part. */
static bool feed_part(Feed *feed, Error *error)
{
    DumpPiece piece = feed->held;
    if (piece.length > 0 && !pass(feed, &piece, DUMP_LINE_SQL, error))
        return false;
    feed->held.length = 0;
    for (;;) {
        if (stop_requested())
            return error_set(error, ERROR_STOPPED, "stopped while restoring the dump %s", feed->restore->options->path);
        if (!dump_stream_next(feed->stream, &piece, error))
            return false;
        if (piece.length == 0)
            return flush(feed, error);
        DumpLine line = dump_script_read(&feed->script, &piece);
        const DumpEntry *entry = entry_now(feed);
        if (!feed->in_rows && entry && text_equal(entry->type, "TABLE DATA")) {
            feed->held = piece;
            return flush(feed, error);
        }
        if (!pass(feed, &piece, line, error))
            return false;
    }
}

/* What the first session was told holds for the second too: one line before its first. */
static bool repeat_settings(Feed *feed, Error *error)
{
    FOR_EACH(const char *, setting, feed->script.settings)
        if (!give(feed, *setting, strlen(*setting), error) || !give(feed, "; ", 2, error))
            return false;
    return give(feed, "\n", 1, error);
}

static bool psql_start(const Feed *feed, Process *psql, int input, int log, Error *error)
{
    const Restore *restore = feed->restore;
    const char *binaries = binaries_find(restore->arena, error);
    if (!binaries)
        return false;
    const char *url =
        arena_printf(restore->arena, "%s&options=", server_url(restore->arena, restore->server, restore->database));
    const char *const arguments[] = {binaries_program(restore->arena, binaries, "psql"),
                                     "-X",
                                     "-q",
                                     "-v",
                                     "ON_ERROR_STOP=0",
                                     "-f",
                                     "-",
                                     "-d",
                                     url,
                                     NULL};
    return process_start(psql, arguments, input, 0, log, error);
}

static bool run_session(Feed *feed, const char *log, Error *error)
{
    __attribute__((cleanup(Process_cleanup))) Process psql = {0};
    int ends[2], status = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot make a socket: %s", strerror(errno));
    AUTO(Descriptor) ours = ends[0];
    AUTO(Descriptor) theirs = ends[1];
    AUTO(Descriptor) messages = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (messages < 0)
        return error_set(error, ERROR_SYSTEM, "cannot write %s: %s", log, strerror(errno));
    if (!psql_start(feed, &psql, theirs, messages, error))
        return false;
    Descriptor_cleanup(&theirs);
    theirs = 0;
    feed->socket = ours;
    if ((feed->in_rows && !repeat_settings(feed, error)) || !feed_part(feed, error))
        return false;
    shutdown(ours, SHUT_WR);
    if (!process_wait(&psql, &status, error))
        return false;
    return status == 0 || error_set(error, ERROR_SYSTEM, "psql ended with status %d", status);
}

/* "psql:<stdin>:12: ERROR:  …" in a session whose first line is the dump's line `first`. */
static void collect_troubles(const Restore *restore, const char *messages, long long first, TroubleList *troubles)
{
    static const char mark[] = "psql:<stdin>:";
    static const DumpEntry preamble = {.type = "settings", .schema = "", .name = "at the beginning"};
    for (const char *line = messages; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        char *words;
        if (!text_starts_with(line, mark))
            continue;
        long long number = strtoll(line + strlen(mark), &words, 10) + first - 1;
        words = arena_strndup(restore->arena, words, strcspn(words, "\n"));
        char *error = strstr(words, "ERROR: ") ? strstr(words, "ERROR: ") : strstr(words, "error: ");
        if (!error)
            continue;
        const DumpEntry *entry = dump_script_entry_at(&restore->script, number);
        if (!entry && restore->script.by_pg_dump)
            entry = &preamble;
        LIST_PUSH(restore->arena, troubles,
                  ((Trouble){entry, arena_printf(restore->arena, "%s (line %lld)", error, number)}));
    }
}

static bool find_missing(Feed *feed, Error *error)
{
    Arena *arena = feed->restore->arena;
    StringList schemas = {0}, names = {0};
    FOR_EACH(const DumpEntry, entry, feed->script.entries)
        if (text_equal(entry->type, "TABLE")) {
            LIST_PUSH(arena, &schemas, entry->schema);
            LIST_PUSH(arena, &names, entry->name);
        }
    const Params params =
        PARAMS(quote_array(arena, schemas.items, schemas.count), quote_array(arena, names.items, names.count));
    AUTO(Conn) *conn = server_connect(arena, feed->restore->server, feed->restore->database, error);
    AUTO(Result) *result = conn ? conn_query(conn, sql_scratch_missing_tables, params, error) : NULL;
    for (int row = 0; result && row < result_rows(result); row++) {
        const Relation table = {result_copy(arena, result, row, 0), result_copy(arena, result, row, 1)};
        LIST_PUSH(arena, &feed->missing, table);
    }
    return result != NULL;
}

static bool run_part(Feed *feed, const char *part, TroubleList *troubles, char **log, Error *error)
{
    long long first = feed->in_rows ? feed->script.line - 1 : 1; /* the settings stand before the line that was held */
    *log = restore_log(feed->restore, part, error);
    if (!*log)
        return false;
    if (!run_session(feed, *log, error)) {
        error_hint(error, "Messages of psql are in %s.", *log);
        return error_doing(error, "restoring the dump %s", feed->restore->options->path);
    }
    const char *messages = file_load(feed->restore->arena, *log, NULL, error);
    if (!messages)
        return false;
    collect_troubles(feed->restore, messages, first, troubles);
    return true;
}

bool restore_plain(Restore *restore, Error *error)
{
    Feed *feed = NEW(restore->arena, Feed);
    TroubleList troubles = {0};
    char *log = NULL;
    AUTO(DumpStream) *stream = dump_stream_open(restore->arena, restore->options->path, restore->kind, error);
    *feed = (Feed){.restore = restore, .stream = stream, .script = dump_script_new(restore->arena)};
    if (!stream || !run_part(feed, "schema", &troubles, &log, error))
        return false;
    FAULT("scratch.restore.schema");
    if (feed->held.length > 0) {
        feed->in_rows = true;
        if (!find_missing(feed, error) || !run_part(feed, "rows", &troubles, &log, error))
            return false;
    }
    FAULT("scratch.restore.rows");
    const char *logs = arena_printf(restore->arena, "schema.log and rows.log in %s", restore->server->folder);
    return restore_complete_need(restore, error) && restore_judge(restore, &troubles, logs, error);
}
