/* A run in small on the shadows: the steps of the plan in their order, by one connection, in one transaction. */
#pragma once

#include "assess/assess.h"
#include "assess/shadow.h"

/* What is kept of an entity for looking at what it has written. */
typedef struct Replayed {
    ChunkRangeList ranges;    /* those that were moved */
    const char *first, *last; /* marks: profile.h */
} Replayed;

typedef struct Replay {
    Session *session;
    const Shadow *shadow;
    Snapshot *snapshot; /* of the source; NULL inside one database */
    Assessment *assessment;
    Events *silent;
    bool locks;        /* others may wait for what expand files have locked */
    bool gives_way;    /* and one does */
    StringList broken; /* names of steps that fail */
    Replayed *replayed; /* of each entity of the plan */
} Replay;

bool replay_run(Replay *replay, Error *error);
