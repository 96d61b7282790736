/* `run --json`: every event as one line on stdout. */
#pragma once

#include "base/event.h"

#include <jansson.h>
#include <stdio.h>

/* The sink writes to `out` and flushes line by line. */
EventSink events_json_sink(FILE *out);
/* {"at","event",…} with what the event has; time in UTC. */
json_t *event_json(const Event *event);
/* "2025-01-31T12:00:00.123Z" */
json_t *json_now(void);
