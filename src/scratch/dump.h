/* Restoring a dump into a scratch server.
 *
 * Custom, directory, tar and plain dumps, plain ones also as .gz and .zst; the kind is told by content, not by name. A dump that was restored
 * completely is not restored again: the server's name carries a fingerprint of path, size and time of the file, and a mark in its
 * folder says that the restore ended. */
#pragma once

#include "scratch/scratch.h"

typedef enum DumpKind { DUMP_CUSTOM, DUMP_DIRECTORY, DUMP_TAR, DUMP_PLAIN, DUMP_PLAIN_GZIP, DUMP_PLAIN_ZSTD } DumpKind;

typedef struct DumpOptions {
    const char *path;
    const char *label;          /* of the migration: begins the scratch server's name */
    const StringList *needed;   /* "schema"."name" of the tables whose rows are wanted; NULL: all. Names that the dump does not hold
                                   may be there; a view's base tables must be in it. Plain dumps are restored whole. */
    int jobs;
    void (*note)(void *self, const char *message); /* warnings and progress for people; may be NULL */
    void *self;
} DumpOptions;

bool dump_kind(const char *path, DumpKind *kind, Error *error);
/* The scratch server that holds the dump. Roles the dump names are created there first. An error of the restore in an object that is not
 * needed is noted; any other is a failure, with the restore's own words. */
Scratch *dump_restore(Arena *arena, const DumpOptions *options, Error *error);
