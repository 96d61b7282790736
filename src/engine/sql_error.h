/* Turns a server's refusal of user SQL into a place in the user's files. */
#pragma once

#include "manifest/manifest.h"

/* Adds `sql/leads.sql:4:` before the message, from error->position. Returns false. */
bool sql_error_place(Arena *arena, const Sql *sql, Error *error);
/* The same as a mistake, with the server's hint; `prefix` characters stand before the user's text in the statement that was refused. */
void sql_error_mistake(const Sql *sql, int prefix, const Error *error, Mistakes *mistakes);
