/* The picture of time: a lane for each entity, as high as rows were read at that time. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"
#include "report/html.h"

#include <jansson.h>
#include <stdint.h>

enum {
    TIMELINE_MOST = 30, /* entities with a lane of their own */
    TIMELINE_PIECES = 72
};

typedef struct TimelineLane {
    const char *entity; /* NULL: all others together */
    int64_t rows, entities;
    double pieces[TIMELINE_PIECES]; /* rows */
} TimelineLane;
typedef LIST(TimelineLane) TimelineLaneList;

typedef struct Timeline {
    const char *began, *ended; /* as the server writes them; NULL: no chunk was moved */
    double from, to;           /* seconds since 1970 */
    TimelineLaneList lanes;
} Timeline;

/* The shape of a lane over its base line at y = `height`, each lane as high as its own most rows. Pure. */
char *timeline_path(Arena *arena, const double *pieces, size_t count, double x, double width, double y, double height);
/* A round number of seconds, minutes, hours or days, so that at most `most` steps fit into a time. Pure. */
double timeline_step(double seconds, int most);

bool timeline_load(Arena *arena, Conn *target, int64_t migration, Timeline *timeline, Error *error);
/* Nothing where no chunk was moved. */
void timeline_draw(Arena *arena, const Timeline *timeline, Html *html);
json_t *timeline_json(const Timeline *timeline);
