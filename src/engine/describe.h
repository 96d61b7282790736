/* What the servers say about an entity's SQL, without running it: output columns, and whether rules and narrowed texts
 * are accepted. */
#pragma once

#include "engine/engine.h"

/* Fills output, load_output, narrow_refused, and takes back what the server refuses (shows_key). Refused user SQL
 * becomes a mistake. */
bool describe_entity(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error);
/* A check that the server refuses is a mistake before anything is written. */
bool describe_check(Session *session, const Check *check, Mistakes *mistakes, Error *error);
bool describe_is_empty(Arena *arena, Conn *target, const Relation *relation, bool *empty, Error *error);
