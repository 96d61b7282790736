#include "base/event.h"

#include "base/list.h"

#include <pthread.h>

struct Events {
    Arena *arena;
    pthread_mutex_t one_at_a_time;
    LIST(EventSink) sinks;
};

Events *events_new(void)
{
    Arena *arena = arena_new();
    Events *events = NEW(arena, Events);
    events->arena = arena;
    pthread_mutex_init(&events->one_at_a_time, NULL);
    return events;
}

void events_free(Events *events)
{
    if (!events)
        return;
    pthread_mutex_destroy(&events->one_at_a_time);
    arena_free(events->arena);
}

void events_add_sink(Events *events, EventSink sink)
{
    LIST_PUSH(events->arena, &events->sinks, sink);
}

void events_emit(Events *events, const Event *event)
{
    pthread_mutex_lock(&events->one_at_a_time);
    FOR_EACH(EventSink, sink, events->sinks)
        sink->take(sink->self, event);
    pthread_mutex_unlock(&events->one_at_a_time);
}

const char *event_name(EventKind kind)
{
    static const char *const names[] = {
        [EVENT_RUN_STARTED] = "run.started",
        [EVENT_STEP_STARTED] = "step.started",
        [EVENT_STEP_DONE] = "step.done",
        [EVENT_STEP_FAILED] = "step.failed",
        [EVENT_CHUNK_STARTED] = "chunk.started",
        [EVENT_CHUNK_MOVED] = "chunk.moved",
        [EVENT_CHUNK_DONE] = "chunk.done",
        [EVENT_CHUNK_FAILED] = "chunk.failed",
        [EVENT_RETRY] = "retry",
        [EVENT_WAITING] = "waiting",
        [EVENT_CHECK] = "check",
        [EVENT_PART_VERIFIED] = "part.verified",
        [EVENT_VERIFIED] = "verified",
        [EVENT_NOTE] = "note",
        [EVENT_RUN_DONE] = "run.done",
    };
    return names[kind];
}
