/* Restoring a dump into a scratch server.
 *
 * Custom, directory, tar and plain dumps, plain ones also as .gz and .zst; the kind is told by content, not by name. A dump that was restored
 * completely is not restored again: the server's name carries a fingerprint of path, size and time of the file, and a mark in its
 * folder says that the restore ended and which tables' rows it brought: when more are needed than before, it is done again. A restore
 * works in a database of its own, which becomes `rehome` at its end; what a killed one left is dropped by the next. */
#pragma once

#include "scratch/scratch.h"

typedef enum DumpKind { DUMP_CUSTOM, DUMP_DIRECTORY, DUMP_TAR, DUMP_PLAIN, DUMP_PLAIN_GZIP, DUMP_PLAIN_ZSTD } DumpKind;

typedef struct DumpOptions {
    const char *path;
    const char *label;          /* of the migration: begins the scratch server's name */
    const StringList *needed;   /* "schema"."name" of the tables whose rows are wanted; NULL: all. Names that the dump does not hold
                                   may be there; what views read and partitions come along. Plain dumps are restored whole. */
    int jobs;
    void (*note)(void *self, const char *message); /* warnings and progress for people; may be NULL */
    void *self;
} DumpOptions;

bool dump_kind(const char *path, DumpKind *kind, Error *error);
/* The scratch server that holds the dump. Roles the dump names are created there first, as superusers without login, so that
 * views read what their owner read. An error of the restore in an object that is not needed is noted; any other is a failure, with the
 * restore's own words. Needed are the tables above, their partitions, what views among them read, and with them columns, defaults,
 * primary keys and checks; an index, a foreign key, a trigger, a policy or a function that cannot come back loses no row and is noted.
 * A foreign key to a table whose rows are left out is left out too. A dump that is cut off is ERROR_SYSTEM, a file that is none
 * ERROR_INPUT. */
Scratch *dump_restore(Arena *arena, const DumpOptions *options, Error *error);
