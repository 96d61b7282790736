/* Files, as a whole. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The content, terminated; `length` may be NULL. Files above 64 MB are refused. */
char *file_load(Arena *arena, const char *path, size_t *length, Error *error);
bool file_exists(const char *path);
bool file_is_directory(const char *path);
/* Joins with one slash; an absolute `name` stays as it is. */
char *file_join(Arena *arena, const char *folder, const char *name);
