#include "scratch/archive.h"

#include "base/child.h"
#include "base/digest.h"
#include "base/stop.h"
#include "base/text.h"
#include "pg/conn.h"
#include "scratch/dump_stream.h"
#include "scratch/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <unistd.h>

typedef LIST(const char *) Arguments;

/* ---- taking ---- */

/* A pattern of pg_dump that is this table and no other: within double quotes nothing has a meaning but they themselves.
 */
static void add_quoted(Text *pattern, const char *name)
{
    text_add(pattern, "\"");
    for (const char *at = name; *at; at++)
        text_addf(pattern, "%s%c", *at == '"' ? "\"" : "", *at);
    text_add(pattern, "\"");
}

static const char *pattern_of(Arena *arena, const ArchiveTable *table)
{
    Text pattern = text_new(arena);
    text_add(&pattern, "--table=");
    add_quoted(&pattern, table->schema);
    text_add(&pattern, ".");
    add_quoted(&pattern, table->name);
    return pattern.chars;
}

/* Whoever waits for our lock has us wait for his: better neither. The rows are packed a little, because more costs more
 * time than the network. */
static Arguments arguments_of(Arena *arena, const ArchiveRequest *request, const char *address)
{
    Arguments arguments = {0};
    const char *const fixed[] = {request->clients->dump,
                                 "--format=custom",
                                 "--compress=1",
                                 "--no-password",
                                 "--strict-names",
                                 "--lock-wait-timeout=60000",
                                 arena_printf(arena, "--snapshot=%s", request->snapshot),
                                 arena_printf(arena, "--file=%s", request->path),
                                 arena_printf(arena, "--dbname=%s", address)};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        LIST_PUSH(arena, &arguments, fixed[i]);
    FOR_EACH(const ArchiveTable, table, *request->tables)
        LIST_PUSH(arena, &arguments, pattern_of(arena, table));
    LIST_PUSH(arena, &arguments, NULL);
    return arguments;
}

static bool dump_failed(const Clients *clients, Error *error)
{
    char words[sizeof error->detail];
    memcpy(words, error->detail, sizeof words);
    error_set(error, ERROR_SYSTEM, "the backup cannot be taken: %s failed", clients->dump);
    return error_detail(error, "%s", words);
}

bool archive_take(Arena *arena, const ArchiveRequest *request, Error *error)
{
    const char *password = NULL;
    const char *address = conn_public_url(arena, request->url, &password, error);
    if (!address)
        return false;
    const char *const environment[] = {"LC_ALL=C.UTF-8", arena_printf(arena, "PGAPPNAME=%s", request->application),
                                       password ? arena_printf(arena, "PGPASSWORD=%s", password) : NULL, NULL};
    const Arguments arguments = arguments_of(arena, request, address);
    const Child child = {.arguments = arguments.items, .environment = environment};
    int status = 0;
    return child_run(arena, &child, NULL, &status, error) && (status == 0 || dump_failed(request->clients, error));
}

/* ---- reading ---- */

static bool is_copy(const Text *line)
{
    return text_starts_with(line->chars, "COPY ") && text_ends_with(line->chars, " FROM stdin;\n");
}

typedef struct Reading {
    const ArchiveSink *sink;
    Text line; /* of the script around the rows, as far as it was read */
    bool inside, found;
    int64_t rows;
} Reading;

static void read_script(Reading *reading, const DumpPiece *piece)
{
    enum { LONGEST_COPY = 1024 * 1024 };
    if (piece->begins_line)
        reading->line.length = 0;
    if (reading->line.length < LONGEST_COPY)
        text_add_n(&reading->line, piece->chars, piece->length);
    reading->inside = piece->ends_line && is_copy(&reading->line);
    reading->found = reading->found || reading->inside;
}

static bool read_piece(Reading *reading, const DumpPiece *piece, Error *error)
{
    if (!reading->inside) {
        read_script(reading, piece);
        return true;
    }
    if (piece->begins_line && piece->length == 3 && memcmp(piece->chars, "\\.\n", 3) == 0) {
        reading->inside = false;
        return true;
    }
    reading->rows += piece->ends_line;
    return !reading->sink->take || reading->sink->take(reading->sink->self, piece->chars, piece->length, error);
}

bool archive_read(Arena *arena, const Clients *clients, const char *path, const ArchiveTable *table,
                  const ArchiveSink *sink, int64_t *rows, Error *error)
{
    const char *const arguments[] = {clients->restore, "--data-only", "--schema", table->schema, "--table",
                                     table->name,      "--file=-",    path,       NULL};
    AUTO(DumpStream) *stream = dump_stream_of(arena, path, arguments, error);
    Reading reading = {.sink = sink, .line = text_new(arena)};
    DumpPiece piece = {.length = 1};
    while (stream && piece.length > 0) {
        if (stop_requested())
            return error_set(error, ERROR_STOPPED, "stopped while reading the backup %s", path);
        if (!dump_stream_next(stream, &piece, error) || (piece.length > 0 && !read_piece(&reading, &piece, error)))
            return false;
    }
    *rows = reading.rows;
    if (stream && (!reading.found || reading.inside))
        return error_set(error, ERROR_SYSTEM, "the backup %s does not hold all rows of %s.%s", path, table->schema,
                         table->name);
    return stream != NULL;
}

/* ---- the file ---- */

bool archive_measure(Arena *arena, const char *path, int64_t *bytes, char **sha256, Error *error)
{
    enum { PIECE = 64 * 1024 };
    uint8_t piece[PIECE], digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    AUTO(Descriptor) file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    *bytes = 0;
    sha256_init(&hash);
    while (file > 0 && !stop_requested() && (got = read(file, piece, sizeof piece)) > 0) {
        sha256_update(&hash, (size_t)got, piece);
        *bytes += got;
    }
    if (stop_requested())
        return error_set(error, ERROR_STOPPED, "stopped while reading the backup %s", path);
    if (got < 0)
        return error_set(error, ERROR_SYSTEM, "cannot read the backup %s: %s", path, strerror(errno));
    sha256_digest(&hash, sizeof digest, digest);
    *sha256 = digest_hex(arena, digest, sizeof digest);
    return true;
}
