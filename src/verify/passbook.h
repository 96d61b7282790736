/* What a verification writes down of itself while it reads, so that another process goes on when it is killed, and the next
 * one need not read what nobody has written to. It has a connection of its own, which holds the pass. When that fails,
 * verification goes on without. */
#pragma once

#include "ledger/pass.h"
#include "verify/desk.h"
#include "verify/tally.h"
#include "verify/unit.h"

#include <pthread.h>

typedef struct Passbook {
    Office *office;
    pthread_mutex_t mutex; /* over all of it while threads are at work */
    Conn *conn;            /* NULL: nothing is written down */
    int64_t pass;
    LIST(PassTable) tables; /* one per subject */
    int64_t kept;           /* parts that an earlier process has read */
    int64_t spared;         /* parts of the source that need not be read, because their rows were summed up as they were sent */
    int64_t unchanged;      /* parts whose rows are those that an earlier pass has read */
} Passbook;

Passbook *passbook_new(Arena *arena, Office *office);
/* For so many subjects. Nothing is written down of a migration that was never run. */
void passbook_open(Arena *arena, Passbook *book, const StringList *entities, size_t subjects);
void Passbook_cleanup(Passbook **book);
/* How an earlier process has cut the subject, or of a request for what was changed the last pass; false: none has, or it
 * compared something else. */
bool passbook_recall(Arena *arena, Passbook *book, size_t number, Subject *subject, const PassMoves *moves);
/* The subject as it was cut, with its units. */
void passbook_begin(Arena *arena, Passbook *book, size_t number, const Subject *subject, const UnitList *units);
/* What earlier processes have read goes into the tally. */
void passbook_add_up(Arena *arena, Passbook *book, size_t number, const Subject *subject, Tally *tally);
/* Whether a unit is among that. */
bool passbook_has(const Passbook *book, size_t number, const Unit *unit);
/* What a unit sums up to when it holds the versions of rows that an earlier pass has read: then it counts as read. NULL: it
 * is to be read. Owned by the caller. */
Result *passbook_unchanged(Passbook *book, size_t number, const Unit *unit, const char *seen, const char *versions);
/* A unit was read. */
void passbook_keep(Passbook *book, size_t number, const Unit *unit, const Result *sums, const char *seen,
                   const char *versions);
void passbook_finish(Passbook *book, const char *state);
