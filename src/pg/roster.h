/* Which sessions this process has, and how long each has been waiting for an answer: for whoever watches from another thread. */
#pragma once

#include "base/arena.h"
#include "base/list.h"

#include <stdatomic.h>
#include <stdint.h>

typedef struct Roster Roster;

Roster *roster_new(void);
void roster_free(Roster *roster); /* after all who joined have left */

typedef struct Waiting {
    int64_t backend;    /* process of the server */
    const char *server; /* when it was started, as it says itself: tells one server from another */
    const char *role;   /* application_name */
    double since;       /* of clock_now() */
} Waiting;
typedef LIST(Waiting) WaitingList;
/* Sessions on that side whose server has not answered for at least so long. */
void roster_waiting(Arena *arena, Roster *roster, const char *side, double seconds, WaitingList *waiting);
/* Ends our end of a session that its server does not know any more: who waits for it learns that it is lost. */
void roster_hang_up(Roster *roster, const Waiting *waiting);

/* ---- for connections ---- */

typedef struct RosterEntry RosterEntry;
struct RosterEntry {
    RosterEntry *next;
    const char *side, *role, *server;
    int64_t backend;
    int socket;
    _Atomic double since; /* 0: it waits for nothing */
};
/* NULL as roster: nobody watches. */
void roster_join(Roster *roster, RosterEntry *entry);
void roster_leave(Roster *roster, RosterEntry *entry);
void roster_starts_waiting(RosterEntry *entry); /* unless it waits already */
void roster_got_answer(RosterEntry *entry);
