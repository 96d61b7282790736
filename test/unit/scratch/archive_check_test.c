#include "scratch/archive_check.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 512, SIZE_AT = 124, SIZE_SIZE = 12 };

/* Whether a tar file is whole that has one member, whose size is said with these bytes, and then an end mark. */
static bool is_whole(const char *size, Error *error)
{
    char path[] = "/tmp/rehome-archive-XXXXXX", blocks[2 * BLOCK] = "toc.dat";
    memcpy(blocks + SIZE_AT, size, SIZE_SIZE);
    int file = mkstemp(path);
    if (!CHECK(file >= 0 && write(file, blocks, sizeof blocks) == sizeof blocks))
        return false;
    close(file);
    bool whole = archive_check_tar(path, error);
    unlink(path);
    return whole;
}

TEST(a_tar_file_is_whole_when_its_members_end_within_it)
{
    Error error = {0};
    CHECK(is_whole("00000000000", &error));
    CHECK(!is_whole("00000001000", &error) && error.kind == ERROR_SYSTEM);
}

TEST(a_size_beyond_all_numbers_is_beyond_the_file)
{
    Error error = {0};
    CHECK(!is_whole("\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", &error) && error.kind == ERROR_SYSTEM);
    CHECK(!is_whole("\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00", &error) && error.kind == ERROR_SYSTEM);
}
