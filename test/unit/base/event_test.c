#include "base/event.h"
#include "tap.h"

static void count_rows(void *self, const Event *event)
{
    *(long long *)self += event->rows;
}

TEST(every_sink_hears_every_event)
{
    Events *events = events_new();
    long long first = 0, second = 0;
    events_add_sink(events, (EventSink){count_rows, &first});
    events_add_sink(events, (EventSink){count_rows, &second});
    events_emit(events, &(Event){.kind = EVENT_CHUNK_MOVED, .rows = 5});
    events_emit(events, &(Event){.kind = EVENT_CHUNK_MOVED, .rows = 2});
    events_free(events);
    CHECK_NUMBER(first, 7);
    CHECK_NUMBER(second, 7);
}

TEST(every_event_has_a_name)
{
    for (EventKind kind = EVENT_RUN_STARTED; kind <= EVENT_RUN_DONE; kind++)
        CHECK(event_name(kind) != NULL);
    CHECK_TEXT(event_name(EVENT_CHUNK_DONE), "chunk.done");
}
