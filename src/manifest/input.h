/* A file that the user wrote, as text: migration.yaml or an SQL file of the migration's folder. */
#pragma once

#include "base/mistake.h"
#include "manifest/manifest.h"

#include <stdbool.h>
#include <stddef.h>

/* Byte `offset` of `text` as line and column; a column is a character, not a byte. */
Place input_place(const char *file, const char *text, size_t offset);

/* Reads `folder`/`file`: UTF-8 without NUL bytes; a byte order mark in front is left out. NULL after a mistake: what is
 * wrong with the file as a whole is said at `named`, where the user names it, what is wrong inside it at its own line.
 * Its digest is added to `files`, unless it is there. */
const char *input_load(Arena *arena, const char *folder, const char *file, Place named, ManifestFileList *files,
                       Mistakes *mistakes);
