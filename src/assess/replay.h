/* A run in small on the shadows: the steps of the plan in their order, by one connection, in one transaction. */
#pragma once

#include "assess/assess.h"

typedef struct Replay {
    Session *session;
    const Shadow *shadow;
    Snapshot *snapshot; /* of the source; NULL inside one database */
    Assessment *assessment;
    Events *silent;
    StringList broken; /* names of steps that fail */
    bool failed;       /* a step before the first entity */
} Replay;

bool replay_run(Replay *replay, Error *error);
