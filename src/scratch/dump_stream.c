#include "scratch/dump_stream.h"

#include "scratch/folder.h"
#include "scratch/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 * 1024 };

struct DumpStream {
    const char *path;
    Descriptor input;
    Process unpacker;  /* none for a file that is not packed */
    Descriptor errors; /* what the unpacker says */
    size_t start, end; /* of what is read and not given out yet */
    bool at_end;
    bool begun;
    bool inside_line;
    char buffer[BUFFER_SIZE];
};

static bool unpacker_start(DumpStream *stream, const char *const *arguments, Error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
    AUTO(Descriptor) output = ends[1];
    stream->input = ends[0];
    stream->errors = memfd_create("errors", MFD_CLOEXEC);
    return process_start(&stream->unpacker, arguments, 0, output, stream->errors, error) ||
           error_doing(error, "reading %s", stream->path);
}

static const char *const *unpacking(Arena *arena, const char *program, const char *path)
{
    const char **arguments = NEW_ARRAY(arena, const char *, 7);
    memcpy(arguments, (const char *[]){program, "-q", "-d", "-c", "--", path, NULL}, 7 * sizeof *arguments);
    return arguments;
}

DumpStream *dump_stream_of(Arena *arena, const char *path, const char *const *arguments, Error *error)
{
    AUTO(DumpStream) *stream = NEW(arena, DumpStream);
    stream->path = arena_strdup(arena, path);
    if (!unpacker_start(stream, arguments, error))
        return NULL;
    DumpStream *opened = stream;
    stream = NULL;
    return opened;
}

DumpStream *dump_stream_open(Arena *arena, const char *path, DumpKind kind, Error *error)
{
    if (kind != DUMP_PLAIN)
        return dump_stream_of(arena, path, unpacking(arena, kind == DUMP_PLAIN_GZIP ? "gzip" : "zstd", path), error);
    AUTO(DumpStream) *stream = NEW(arena, DumpStream);
    stream->path = arena_strdup(arena, path);
    stream->input = open(path, O_RDONLY | O_CLOEXEC);
    if (stream->input < 0) {
        error_set(error, ERROR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    DumpStream *opened = stream;
    stream = NULL;
    return opened;
}

void DumpStream_cleanup(DumpStream **stream)
{
    if (!*stream)
        return;
    Descriptor_cleanup(&(*stream)->input);
    Process_cleanup(&(*stream)->unpacker);
    Descriptor_cleanup(&(*stream)->errors);
}

/* The end of the pipe is the end of the data only when the unpacker says so. */
static bool unpacker_end(DumpStream *stream, Error *error)
{
    int status = 0;
    char words[1024] = "";
    if (!process_wait(&stream->unpacker, &status, error))
        return error_doing(error, "reading %s", stream->path);
    if (status == 0)
        return true;
    ssize_t length = pread(stream->errors, words, sizeof words - 1, 0);
    const char *said = words + strspn(words, "\n");
    error_set(error, ERROR_SYSTEM, "%s is damaged or cut off: %s cannot read it", stream->path,
              stream->unpacker.program);
    if (length > 0)
        error_detail(error, "%.*s", (int)strcspn(said, "\n"), said);
    return error_hint(error, "Copy the file again and compare its size, or make the dump anew.");
}

static bool read_more(DumpStream *stream, Error *error)
{
    if (stream->start > 0) {
        memmove(stream->buffer, stream->buffer + stream->start, stream->end - stream->start);
        stream->end -= stream->start;
        stream->start = 0;
    }
    ssize_t got;
    do
        got = read(stream->input, stream->buffer + stream->end, BUFFER_SIZE - stream->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set(error, ERROR_SYSTEM, "cannot read %s: %s", stream->path, strerror(errno));
    stream->end += (size_t)got;
    stream->at_end = got == 0;
    return !stream->at_end || stream->unpacker.id == 0 || unpacker_end(stream, error);
}

/* Windows tools put one before the first line. */
static void skip_byte_order_mark(DumpStream *stream)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t length = sizeof mark - 1;
    if (!stream->begun && stream->end >= length && memcmp(stream->buffer, mark, length) == 0)
        stream->start += length;
    stream->begun = true;
}

bool dump_stream_next(DumpStream *stream, DumpPiece *piece, Error *error)
{
    size_t searched = 0;
    const char *feed = NULL;
    for (;;) {
        size_t held = stream->end - stream->start;
        feed = memchr(stream->buffer + stream->start + searched, '\n', held - searched);
        if (feed || stream->at_end || held == BUFFER_SIZE)
            break;
        searched = held;
        if (!read_more(stream, error))
            return false;
    }
    skip_byte_order_mark(stream);
    const char *chars = stream->buffer + stream->start;
    size_t length = feed ? (size_t)(feed - chars) + 1 : stream->end - stream->start;
    *piece = (DumpPiece){chars, length, !stream->inside_line, feed != NULL};
    stream->inside_line = !feed;
    stream->start += length;
    return true;
}
