/* pg_dump and pg_restore on this machine, new enough for a server. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef struct Clients {
    const char *dump, *restore; /* paths */
    int version;                /* 15 */
} Clients;

/* Both, from one folder: $REHOME_PG_BIN where it is set, else PATH, `pg_config --bindir`, then the packages' own
 * folders, the newest first. A pg_dump older than the server (`server` 170002) would refuse it, so it does not count.
 * ERROR_SYSTEM says what is there. */
bool clients_find(Arena *arena, int server, Clients *clients, Error *error);
/* "pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)" -> 17; 0: something else. Pure. */
int clients_version(const char *words);
