/* For whom or what a session of ours waits on its server. */
#pragma once

#include "pg/conn.h"

typedef struct Wait {
    int64_t backend;
    bool is_there;           /* else the server has no such session (any more) */
    const char *type;        /* as pg_stat_activity has it: "Lock", "IO" …; "": it waits for nothing */
    const char *event;       /* "DataFileRead" */
    const char *lock;        /* what is asked for: "writer (ShareLock)", "a row of writer" */
    int64_t holder;          /* who stands before it; 0: nobody, or a prepared transaction */
    const char *user, *application, *state, *query;
    double seconds;          /* since the holder's transaction began */
    const char *server;      /* when the server was started */
} Wait;
typedef LIST(Wait) WaitList;

/* One for each of these processes of the server. */
bool waits_load(Arena *arena, Conn *conn, const StringList *backends, WaitList *waits, Error *error);
/* `a lock on a row of writer, held by pid 17 (psql of joe, idle in transaction for 3m20s: UPDATE writer SET name = …)`; NULL where it waits
 * for nothing that is worth telling. Never shows a value. */
char *wait_describe(Arena *arena, const Wait *wait);
