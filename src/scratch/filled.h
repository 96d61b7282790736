/* What a scratch server was filled with, remembered in its folder:
 *
 *     dump       path of the file, from the moment that its restore begins
 *     restored   the tables whose rows are there, one a line, or "*"; from the moment that the restore is complete */
#pragma once

#include "base/list.h"
#include "scratch/scratch.h"
#include "scratch/server.h"

/* NULL: with nothing. */
char *filled_dump(Arena *arena, const Server *server);
/* Complete, and with all rows of these tables (NULL: of all). */
bool filled_covers(Arena *arena, const Server *server, const StringList *needed);
bool filled_begin(Arena *arena, const Server *server, const char *dump, Error *error);
bool filled_end(Arena *arena, const Server *server, const StringList *needed, Error *error);
/* The server with all that is known of it, for those outside. */
Scratch filled_describe(Arena *arena, const Server *server);
