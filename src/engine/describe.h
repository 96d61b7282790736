/* What the servers say about an entity's SQL, without running it: output columns, and whether rules and narrowed texts
 * are accepted. */
#pragma once

#include "engine/engine.h"

/* False only when the server cannot be asked. Describes `before`, the user's text and `after`; a refusal is a mistake at its place. */
bool describe_user_sql(Session *session, Conn *conn, const Sql *sql, const char *before, const char *after,
                       OutputColumnList *columns, Mistakes *mistakes, bool *accepted, Error *error);
/* The same for a text of ours: *why is the server's word when it does not accept it, else NULL. */
bool describe_own_sql(Session *session, Conn *conn, const char *sql, OutputColumnList *columns, const char **why, Error *error);
/* What the transform gives and `where`: fills output, narrow_refused, and takes back what the server refuses (shows_key); the transform
 * becomes NULL with a mistake. */
bool describe_transform(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error);
/* Fills output, load_output, narrow_refused, and takes back what the server refuses (shows_key). Refused user SQL
 * becomes a mistake. */
bool describe_entity(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error);
/* The server says no to the user's SQL, which stood behind `before`: a mistake at its place, and no error any more.
 * False for any other failure, which stays. */
bool describe_refusal(const Sql *sql, const char *before, Error *error, Mistakes *mistakes);
/* A check that the server refuses is a mistake before anything is written. */
bool describe_check(Session *session, const Check *check, Mistakes *mistakes, Error *error);
/* `where` and `columns` of a compat view, over the entity's target table. */
bool describe_compat(Session *session, const Compat *compat, const Relation *into, Mistakes *mistakes, Error *error);
bool describe_is_empty(Arena *arena, Conn *target, const Relation *relation, bool *empty, Error *error);
