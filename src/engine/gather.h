/* Everything that planning must know from the servers, read before anything is decided. */
#pragma once

#include "engine/engine.h"

/* Fills session->gathered: catalogs, and per selected entity its tables, transform and what the servers say of it. What
 * is wrong with the manifest becomes mistakes; an Error is a server that cannot be asked. In an open transaction on the
 * target, which stays usable. */
bool gather(Session *session, Mistakes *mistakes, Error *error);

/* "schema"."name" or "name" of every table that transforms and source checks read, found without a server. False when a
 * text could not be understood: then nobody knows. */
bool gather_tables_read(Arena *arena, const Manifest *manifest, StringList *tables);

/* The relation of this name; NULL with a mistake, which says what was meant. */
const Relation *gather_relation(const Catalog *catalog, const Name *name, const char *side, Mistakes *mistakes);
