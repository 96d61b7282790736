/* One scratch server: its data made, started, looked at, ended. Who calls holds the lock of its name (home_lock), but
 * for looking. */
#pragma once

#include "pg/conn.h"
#include "scratch/home.h"

typedef struct Server {
    const Home *home;
    const char *name;
    const char *folder; /* HOME/NAME, ours */
    const char *own;    /* HOME/NAME/server, the server's */
    const char *data;
    const char *log;
    const char *socket; /* folder of the socket; NULL: not started yet */
} Server;

Server server_at(Arena *arena, const Home *home, const char *name);
bool server_exists(const Server *server);
/* By its process, so that a postmaster.pid left by a kill says nothing. */
bool server_is_running(Arena *arena, const Server *server);
/* Makes what is missing, also after a kill half-way, and starts it unless it runs. */
bool server_start(Arena *arena, Server *server, Error *error);
/* Ends it at once; nothing of it needs to last. */
bool server_end(Arena *arena, const Server *server, Error *error);
char *server_url(Arena *arena, const Server *server, const char *database);
Conn *server_connect(Arena *arena, const Server *server, const char *database, Error *error);
