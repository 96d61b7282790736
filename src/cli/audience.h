/* Who listens while a session works: the progress display on stderr and, for `run --json`, stdout. */
#pragma once

#include "cli/command.h"
#include "cli/progress.h"
#include "engine/engine.h"

typedef struct Audience {
    Events *events;
    Progress *progress;
} Audience;

/* `json` NULL: events go to the display alone. With AUTO(Audience) it leaves by itself. */
Audience audience_open(const Options *options, FILE *json);
void Audience_cleanup(Audience *audience);

/* Options of a session that this audience listens to. */
SessionOptions audience_session(const Audience *audience, const Options *options);
/* Tells the display what will come, from the session's plan and ledger. */
bool audience_expect(Arena *arena, const Audience *audience, Session *session, Error *error);
