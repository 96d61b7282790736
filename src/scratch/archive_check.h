/* Is an archive whole? What pg_restore does not notice by itself, or hangs on. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

/* Every member of the tar file is there to its end, and so is the end mark of the file. */
bool archive_check_tar(const char *path, Error *error);
/* The rows of entry `id` of a directory dump end as COPY data end. Packed files are left to pg_restore. */
bool archive_check_rows(Arena *arena, const char *folder, int id, Error *error);
