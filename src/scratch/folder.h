/* Folders and small files of our own: made, measured, removed. Symbolic links are never followed. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Makes it and what is missing above it, all with this mode. */
bool folder_make(Arena *arena, const char *path, mode_t mode, Error *error);
/* With all that is in it; one that is not there is gone already. */
bool folder_remove(const char *path, Error *error);
int64_t folder_bytes(const char *path);
/* The file has either the old content or the new one, at any moment. */
bool folder_write(Arena *arena, const char *path, const char *content, mode_t mode, Error *error);

/* A file descriptor that closes itself; 0 and below: none. */
typedef int Descriptor;
void Descriptor_cleanup(Descriptor *descriptor);
