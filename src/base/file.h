/* Files, as a whole. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The content, terminated; `length` may be NULL. Files above 64 MB are refused. */
char *file_load(Arena *arena, const char *path, size_t *length, Error *error);
bool file_exists(const char *path);
bool file_is_directory(const char *path);
/* A file that is written beside `path`, at *beside, and that nobody but its owner may read. */
FILE *file_begin(Arena *arena, const char *path, char **beside, Error *error);
/* Closes it. When it is `complete` it takes the place of `path`, else it is removed and false is returned as it was told. */
bool file_end(FILE *file, const char *beside, const char *path, bool complete, Error *error);
/* Joins with one slash; an absolute `name` stays as it is. */
char *file_join(Arena *arena, const char *folder, const char *name);
