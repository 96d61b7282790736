/* A private PostgreSQL on this machine: its own directory, a unix socket only, nobody else may connect.
 *
 * Folder: $REHOME_SCRATCH, else $XDG_STATE_HOME/rehome/scratch, else ~/.local/state/rehome/scratch; for root, which PostgreSQL refuses to
 * run as, /var/tmp/rehome-scratch with each server owned by `postgres` or else `nobody`. Nobody else can look into a server's folder. The server's
 * binaries are found in $REHOME_PG_BIN, `pg_config --bindir`, PATH, then the newest /usr/lib/postgresql/N/bin. Durability is off (fsync,
 * full_page_writes): a scratch server can always be made again. */
#pragma once

#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Scratch {
    const char *name;
    const char *folder;
    const char *url;   /* to its database `rehome` as a superuser */
    const char *dump;  /* file it was restored from; NULL: empty */
    bool running;
    int64_t bytes;     /* on disk */
} Scratch;
typedef LIST(Scratch) ScratchList;

/* Makes and starts it, or starts it again, or just finds it running. Names: [a-z0-9_-]+. */
Scratch *scratch_start(Arena *arena, const char *name, Error *error);
/* Stops it and removes its folder; stopping one that does not exist is ERROR_INPUT. */
bool scratch_stop(Arena *arena, const char *name, Error *error);
bool scratch_list(Arena *arena, ScratchList *list, Error *error);
