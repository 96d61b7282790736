#include "cli/events_json.h"

#include "cli/summary.h"

#include <math.h>
#include <time.h>

json_t *json_now(void)
{
    struct timespec now;
    struct tm utc;
    char day[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    return json_sprintf("%s.%03ldZ", day, now.tv_nsec / 1000000);
}

static void add_texts(json_t *line, const Event *event)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        {"entity", event->entity},
        {"step", event->step},
        {"message", event->message},
        {"sqlstate", event->sqlstate && event->sqlstate[0] ? event->sqlstate : NULL},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].value)
            json_object_set_new(line, texts[i].name, json_string(texts[i].value));
}

static void add_books(json_t *line, const Event *event)
{
    const struct {
        const char *name;
        long long value;
    } books[] = {
        {"read", event->read},     {"written", event->written},   {"unchanged", event->unchanged},
        {"merged", event->merged}, {"filtered", event->filtered}, {"rejected", event->rejected},
    };
    for (size_t i = 0; i < sizeof books / sizeof *books; i++)
        json_object_set_new(line, books[i].name, json_integer(books[i].value));
}

json_t *event_json(const Event *event)
{
    json_t *line = json_pack("{s:o, s:s}", "at", json_now(), "event", event_name(event->kind));
    add_texts(line, event);
    if (event->chunk) {
        json_object_set_new(line, "chunk", json_integer(event->chunk));
        json_object_set_new(line, "worker", json_integer(event->worker));
    }
    if (event->kind == EVENT_CHUNK_DONE)
        add_books(line, event);
    if (event->kind == EVENT_CHUNK_MOVED || event->kind == EVENT_PART_VERIFIED)
        json_object_set_new(line, "rows", json_integer(event->rows));
    if (event->bytes)
        json_object_set_new(line, "bytes", json_integer(event->bytes));
    if (event->seconds > 0)
        json_object_set_new(line, "seconds", json_real(round(event->seconds * 1000) / 1000));
    return line;
}

static void events_json_take(void *self, const Event *event)
{
    FILE *out = self;
    json_auto_t *line = event_json(event);
    json_print(line, JSON_COMPACT, out);
    fflush(out);
}

EventSink events_json_sink(FILE *out)
{
    return (EventSink){.take = events_json_take, .self = out};
}
