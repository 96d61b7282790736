/* What happens during a run, told to whoever listens: the progress display, `run --json`, the ledger's event table.
 *
 * The engine emits, it does not know who listens. A sink is called from any worker, one call at a time. */
#pragma once

#include <stdbool.h>

typedef enum EventKind {
    EVENT_RUN_STARTED,
    EVENT_STEP_STARTED,
    EVENT_STEP_DONE,
    EVENT_STEP_FAILED,
    EVENT_CHUNK_STARTED,
    EVENT_CHUNK_MOVED,  /* rows so far of a chunk that is still running: nothing is committed yet */
    EVENT_CHUNK_DONE,
    EVENT_CHUNK_FAILED,
    EVENT_RETRY,        /* a transient error; `message` says which, `seconds` the pause */
    EVENT_WAITING,      /* `message` says which statement has been waiting for what */
    EVENT_CHECK,
    EVENT_PART_VERIFIED, /* a part of one side was read: `rows` so far, of all tables and both sides, of about `read`; all when they are equal */
    EVENT_VERIFIED,
    EVENT_NOTE,         /* `message` for people */
    EVENT_RUN_DONE
} EventKind;

/* Unused numbers are 0 and unused texts NULL; texts live only during the call. */
typedef struct Event {
    EventKind kind;
    const char *entity;
    const char *step;    /* name of the step, e.g. "index leads_email_idx" */
    const char *message;
    const char *sqlstate;
    long long chunk;     /* id in the ledger */
    int worker;          /* 0-based */
    long long read, written, unchanged, merged, filtered, rejected;
    long long rows, bytes; /* of EVENT_CHUNK_MOVED and EVENT_PART_VERIFIED: so far */
    double seconds;      /* how long it took */
} Event;

typedef struct EventSink {
    void (*take)(void *self, const Event *event);
    void *self;
} EventSink;

typedef struct Events Events;

Events *events_new(void);
void events_free(Events *events);
void events_add_sink(Events *events, EventSink sink); /* before the first emit */
void events_emit(Events *events, const Event *event);
const char *event_name(EventKind kind); /* "chunk.done" */
