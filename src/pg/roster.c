#include "pg/roster.h"

#include "base/clock.h"
#include "base/text.h"

#include <pthread.h>
#include <sys/socket.h>

struct Roster {
    Arena *arena;
    pthread_mutex_t mutex;
    RosterEntry *first;
};

Roster *roster_new(void)
{
    Arena *arena = arena_new();
    Roster *roster = NEW(arena, Roster);
    roster->arena = arena;
    pthread_mutex_init(&roster->mutex, NULL);
    return roster;
}

void roster_free(Roster *roster)
{
    if (!roster)
        return;
    pthread_mutex_destroy(&roster->mutex);
    arena_free(roster->arena);
}

void roster_waiting(Arena *arena, Roster *roster, const char *side, double seconds, WaitingList *waiting)
{
    const double now = clock_now();
    pthread_mutex_lock(&roster->mutex);
    for (RosterEntry *entry = roster->first; entry; entry = entry->next) {
        double since = atomic_load(&entry->since);
        if (since > 0 && now - since >= seconds && text_equal(entry->side, side))
            LIST_PUSH(arena, waiting, ((Waiting){entry->backend, arena_strdup(arena, entry->server),
                                                 arena_strdup(arena, entry->role), since}));
    }
    pthread_mutex_unlock(&roster->mutex);
}

void roster_hang_up(Roster *roster, const Waiting *waiting)
{
    pthread_mutex_lock(&roster->mutex);
    for (RosterEntry *entry = roster->first; entry; entry = entry->next)
        if (entry->backend == waiting->backend && text_equal(entry->server, waiting->server))
            shutdown(entry->socket, SHUT_RDWR);
    pthread_mutex_unlock(&roster->mutex);
}

void roster_join(Roster *roster, RosterEntry *entry)
{
    if (!roster)
        return;
    pthread_mutex_lock(&roster->mutex);
    entry->next = roster->first;
    roster->first = entry;
    pthread_mutex_unlock(&roster->mutex);
}

void roster_leave(Roster *roster, RosterEntry *entry)
{
    if (!roster)
        return;
    pthread_mutex_lock(&roster->mutex);
    for (RosterEntry **link = &roster->first; *link; link = &(*link)->next)
        if (*link == entry) {
            *link = entry->next;
            break;
        }
    pthread_mutex_unlock(&roster->mutex);
}

void roster_starts_waiting(RosterEntry *entry)
{
    if (atomic_load_explicit(&entry->since, memory_order_relaxed) == 0)
        atomic_store_explicit(&entry->since, clock_now(), memory_order_relaxed);
}

void roster_got_answer(RosterEntry *entry)
{
    atomic_store_explicit(&entry->since, 0, memory_order_relaxed);
}
