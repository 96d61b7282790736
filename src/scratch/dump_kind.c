/* Telling what a file is by its first bytes: the kinds of dumps, and what people hand over instead of one. */
#include "scratch/dump_stream.h"

#include "base/file.h"
#include "base/text.h"
#include "scratch/folder.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_SIZE = 4096, TAR_MAGIC_AT = 257 };

typedef struct Magic {
    const char *bytes;
    size_t length, at;
    const char *stranger; /* what it is when it is none of ours: for the message */
    const char *advice;
    DumpKind kind;
} Magic;

#define MAGIC(literal) literal, sizeof literal - 1
static const char unpack[] = "Unpack it first, and give what comes out.";
static const char make_one[] = "Make a dump with pg_dump, best in its custom format: pg_dump -Fc -f FILE DATABASE.";
static const Magic magics[] = {
    {MAGIC("PGDMP"), 0, NULL, NULL, DUMP_CUSTOM},
    {MAGIC("ustar"), TAR_MAGIC_AT, NULL, NULL, DUMP_TAR},
    {MAGIC("\x1f\x8b"), 0, NULL, NULL, DUMP_PLAIN_GZIP},
    {MAGIC("\x28\xb5\x2f\xfd"), 0, NULL, NULL, DUMP_PLAIN_ZSTD},
    {MAGIC("BZh"), 0, "a file packed with bzip2", unpack, 0},
    {MAGIC("\xfd\x37zXZ"), 0, "a file packed with xz", unpack, 0},
    {MAGIC("PK\x03\x04"), 0, "a zip archive", unpack, 0},
    {MAGIC("\x04\x22\x4d\x18"), 0, "a file packed with lz4", unpack, 0},
    {MAGIC("\xff\xfe"), 0, "text in UTF-16, as PowerShell's > writes it", "Make the dump again with pg_dump --file.",
     0},
    {MAGIC("\xfe\xff"), 0, "text in UTF-16", "Make the dump again with pg_dump --file.", 0},
    {MAGIC("-- MySQL dump"), 0, "a dump of MySQL", make_one, 0},
    {MAGIC("-- MariaDB dump"), 0, "a dump of MariaDB", make_one, 0},
    {MAGIC("SQLite format 3"), 0, "a database of SQLite", make_one, 0},
    {MAGIC("{"), 0, "JSON", make_one, 0},
    {MAGIC("["), 0, "JSON", make_one, 0},
    {MAGIC("<"), 0, "HTML or XML", make_one, 0},
};

static bool is_stranger(const char *path, const char *what, const char *advice, Error *error)
{
    error_set(error, ERROR_INPUT, "%s is no dump of PostgreSQL: it looks like %s", path, what);
    return error_hint(error, "%s", advice);
}

static const Magic *magic_of(const char *head, size_t length)
{
    for (const Magic *magic = magics; magic < magics + sizeof magics / sizeof *magics; magic++)
        if (magic->at + magic->length <= length && memcmp(head + magic->at, magic->bytes, magic->length) == 0)
            return magic;
    return NULL;
}

/* Past white space and comments: where the first statement begins. */
static const char *first_statement(const char *head)
{
    head += strncmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (;;) {
        head += strspn(head, " \t\r\n");
        if (strncmp(head, "--", 2) == 0)
            head += strcspn(head, "\n");
        else if (strncmp(head, "/*", 2) == 0)
            head = strstr(head, "*/") ? strstr(head, "*/") + 2 : head + strlen(head);
        else
            return head;
    }
}

static bool begins_with_sql(const char *head)
{
    static const char *const words[] = {"SET",     "SELECT",     "CREATE",    "COPY",   "INSERT", "ALTER",
                                        "DROP",    "BEGIN",      "START",     "DO",     "GRANT",  "REVOKE",
                                        "COMMENT", "TRUNCATE",   "UPDATE",    "DELETE", "WITH",   "LOCK",
                                        "ANALYZE", "\\restrict", "\\connect", "\\set",  "\\echo", ""};
    const char *statement = first_statement(head);
    size_t length = *statement == '\\' ? 1 + strspn(statement + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
    while (isalpha((unsigned char)statement[length]))
        length++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && strncasecmp(statement, words[i], length) == 0)
            return length > 0 || *statement == '\0'; /* nothing but comments so far */
    return false;
}

static bool plain_or_stranger(const char *path, const char *head, size_t length, Error *error)
{
    if (memchr(head, '\0', length))
        return is_stranger(path, "binary data", make_one, error);
    if (!begins_with_sql(head))
        return is_stranger(path, "text that is no SQL", make_one, error);
    return true;
}

/* What is packed: a plain dump, or a dump in another format that somebody packed once more. */
static bool look_inside(const char *path, DumpKind kind, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(DumpStream) *stream = dump_stream_open(arena, path, kind, error);
    Text head = text_new(arena);
    DumpPiece piece = {.length = 1};
    while (stream && piece.length > 0 && head.length < HEAD_SIZE) {
        if (!dump_stream_next(stream, &piece, error))
            return false;
        text_add_n(&head, piece.chars, piece.length);
    }
    if (!stream)
        return false;
    const Magic *magic = magic_of(head.chars, head.length);
    if (magic && magic->stranger)
        return is_stranger(path, arena_printf(arena, "%s, packed", magic->stranger), magic->advice, error);
    if (magic)
        return is_stranger(path, "a dump of another format that was packed as a whole", unpack, error);
    return plain_or_stranger(path, head.chars, head.length, error);
}

static bool head_load(const char *path, char head[static HEAD_SIZE + 1], size_t *length, Error *error)
{
    AUTO(Descriptor) file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, head, HEAD_SIZE);
    if (got < 0) {
        error_set(error, ERROR_INPUT, "cannot read the dump %s: %s", path, strerror(errno));
        return error_hint(error, "The path of a dump is relative to the migration's folder.");
    }
    head[got] = '\0';
    *length = (size_t)got;
    return got > 0 || error_set(error, ERROR_INPUT, "the dump %s is empty", path);
}

static bool kind_of_directory(const char *path, DumpKind *kind, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    *kind = DUMP_DIRECTORY;
    return file_exists(file_join(arena, path, "toc.dat")) ||
           is_stranger(path, "a folder without toc.dat", "Give the folder that pg_dump -Fd wrote, or a file.", error);
}

bool dump_kind(const char *path, DumpKind *kind, Error *error)
{
    char head[HEAD_SIZE + 1];
    size_t length = 0;
    if (file_is_directory(path))
        return kind_of_directory(path, kind, error);
    if (!head_load(path, head, &length, error))
        return false;
    const Magic *magic = magic_of(head, length);
    if (magic && magic->stranger)
        return is_stranger(path, magic->stranger, magic->advice, error);
    *kind = magic ? magic->kind : DUMP_PLAIN;
    if (!magic)
        return plain_or_stranger(path, head, length, error);
    if (*kind == DUMP_TAR && strcmp(head, "toc.dat") != 0)
        return is_stranger(path, "a tar archive that pg_dump did not write", unpack, error);
    return *kind == DUMP_CUSTOM || *kind == DUMP_TAR || look_inside(path, *kind, error);
}
