/* Where PostgreSQL's own programs are on this machine. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* The folder that holds initdb, pg_ctl and postgres: $REHOME_PG_BIN, `pg_config --bindir`, a folder of PATH, then the
 * newest /usr/lib/postgresql/N/bin. NULL: ERROR_SYSTEM with what to install. */
char *binaries_find(Arena *arena, Error *error);
/* The path of `program` beside the server, else its bare name, which PATH finds. */
char *binaries_program(Arena *arena, const char *folder, const char *program);
