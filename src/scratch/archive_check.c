#include "scratch/archive_check.h"

#include "base/file.h"
#include "scratch/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, NAME_SIZE = 100, SIZE_AT = 124, SIZE_SIZE = 12 };

static bool is_cut_off(const char *path, Error *error)
{
    error_set(error, ERROR_SYSTEM, "the dump %s is cut off: its end is missing", path);
    return error_hint(error, "Copy it again and compare its size, or make the dump anew.");
}

/* POSIX ustar: octal digits; GNU for large ones: a first byte of 0x80, then big-endian. What is larger than `most` is
 * only that. */
static off_t member_size(const char *block, off_t most)
{
    const unsigned char *digits = (const unsigned char *)block + SIZE_AT;
    off_t size = 0;
    for (int i = digits[0] & 0x80 ? 1 : 0; i < SIZE_SIZE && size <= most; i++) {
        if (digits[0] & 0x80)
            size = size * 256 + digits[i];
        else if (digits[i] >= '0' && digits[i] <= '7')
            size = size * 8 + (digits[i] - '0');
    }
    return size;
}

bool archive_check_tar(const char *path, Error *error)
{
    AUTO(Descriptor) file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    off_t at = 0;
    for (;;) {
        char block[BLOCK];
        if (pread(file, block, BLOCK, at) != BLOCK)
            return is_cut_off(path, error);
        if (block[0] == '\0')
            return true;
        at += BLOCK + (member_size(block, status.st_size) + BLOCK - 1) / BLOCK * BLOCK;
        if (at > status.st_size)
            return is_cut_off(path, error);
    }
}

bool archive_check_rows(Arena *arena, const char *folder, int id, Error *error)
{
    static const char end[] = "\\.\n\n\n", insert[] = "INSERT INTO ";
    const char *path = file_join(arena, folder, arena_printf(arena, "%d.dat", id));
    char head[sizeof insert] = "", tail[sizeof end] = "";
    struct stat status;
    AUTO(Descriptor) file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0)
        return errno == ENOENT || error_set(error, ERROR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    bool of_copy =
        pread(file, head, sizeof insert - 1, 0) < 0 || (strcmp(head, insert) != 0 && strcmp(head, "\n\n") != 0);
    off_t at = status.st_size - (off_t)strlen(of_copy ? end : "\n\n");
    if (at < 0 || pread(file, tail, sizeof end - 1, at) < 0 || strcmp(tail, of_copy ? end : "\n\n") != 0)
        return is_cut_off(path, error);
    return true;
}
