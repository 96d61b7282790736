/* A dump of some tables of a server: taken by pg_dump, and read table by table by pg_restore. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "scratch/clients.h"

#include <stdint.h>

typedef struct ArchiveTable {
    const char *schema, *name; /* as stored */
} ArchiveTable;
typedef LIST(ArchiveTable) ArchiveTableList;

typedef struct ArchiveRequest {
    const Clients *clients;
    const char *url;      /* of the server; a password in it reaches pg_dump by its environment */
    const char *snapshot; /* exported there: what the archive holds */
    const char *application;
    const ArchiveTableList *tables; /* those with rows of their own: partitions are named one by one */
    const char *path;               /* of a file that is there, empty, with the rights that it is to have */
} ArchiveRequest;

/* Definitions, rows and sequences of the tables. On failure the file holds anything. */
bool archive_take(Arena *arena, const ArchiveRequest *request, Error *error);

typedef struct ArchiveSink {
    bool (*take)(void *self, const char *bytes, size_t length,
                 Error *error); /* rows in the text format of COPY; NULL: they are counted only */
    void *self;
} ArchiveSink;
/* The rows of one table. A damaged archive, and one without the table, is ERROR_SYSTEM. */
bool archive_read(Arena *arena, const Clients *clients, const char *path, const ArchiveTable *table,
                  const ArchiveSink *sink, int64_t *rows, Error *error);

/* Size and SHA-256 (64 hexadecimal digits) of a file. */
bool archive_measure(Arena *arena, const char *path, int64_t *bytes, char **sha256, Error *error);
