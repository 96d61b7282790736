#include "cli/progress_view.h"

#include "cli/terminal.h"
#include "plan/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what is known ---- */

static size_t entity_index(ProgressView *view, const char *name)
{
    for (size_t i = 0; i < view->entities.count; i++)
        if (text_equal(view->entities.items[i].name, name))
            return i;
    LIST_ADD(view->arena, &view->entities)->name = arena_strdup(view->arena, name);
    return view->entities.count - 1;
}

static ProgressEntity *entity_of(ProgressView *view, const char *name)
{
    size_t index = entity_index(view, name); /* first: adding one moves the list */
    return &view->entities.items[index];
}

static ProgressWorker *worker_of(ProgressView *view, int number)
{
    while (view->workers.count <= (size_t)number)
        LIST_PUSH(view->arena, &view->workers, ((ProgressWorker){.task = TASK_NONE}));
    return &view->workers.items[number];
}

/* A step is called by its kind and what it works on: "foreign key leads.company_fkey". */
static size_t kind_length(const char *step)
{
    size_t longest = strcspn(step, " ");
    for (int kind = 0; kind <= STEP_CHECK_AFTER; kind++) {
        const char *name = step_rule((StepKind)kind)->name;
        if (text_starts_with(step, name) && strlen(name) > longest)
            longest = strlen(name);
    }
    return longest;
}

static ProgressKind *kind_of(ProgressView *view, const char *step)
{
    size_t length = kind_length(step);
    FOR_EACH(ProgressKind, kind, view->kinds)
        if (strlen(kind->name) == length && strncmp(kind->name, step, length) == 0)
            return kind;
    ProgressKind *kind = LIST_ADD(view->arena, &view->kinds);
    snprintf(kind->name, sizeof kind->name, "%.*s", (int)length, step);
    return kind;
}

void progress_view_expect(ProgressView *view, const ProgressExpectation *expectation)
{
    ProgressEntity *entity = entity_of(view, expectation->name);
    entity->rows_expected = expectation->rows;
    entity->chunks_expected = expectation->chunks;
    entity->rows = expectation->rows_done;
    entity->chunks = expectation->chunks_done;
    entity->is_done = expectation->done;
}

void progress_view_expect_step(ProgressView *view, const char *step)
{
    kind_of(view, step)->expected++;
}

/* Committed rows and those that running chunks have moved so far. */
static int64_t rows_so_far(const ProgressView *view, size_t entity)
{
    int64_t rows = view->entities.items[entity].rows;
    FOR_EACH(ProgressWorker, worker, view->workers)
        if (worker->task == TASK_CHUNK && worker->entity == entity)
            rows += worker->rows;
    return rows;
}

/* ---- events ---- */

static ProgressLine no_line(void)
{
    return (ProgressLine){.text = NULL};
}

static void entity_start(ProgressEntity *entity, double now)
{
    if (entity->is_started)
        return;
    entity->is_started = true;
    entity->started_at = entity->sampled_at = now;
    entity->sampled_rows = entity->rows;
}

static ProgressWorker *chunk_start(ProgressView *view, const Event *event, double now)
{
    size_t entity = entity_index(view, event->entity);
    entity_start(&view->entities.items[entity], now);
    ProgressWorker *worker = worker_of(view, event->worker);
    *worker = (ProgressWorker){.task = TASK_CHUNK, .entity = entity, .since = now};
    return worker;
}

static void worker_rest(ProgressView *view, const Event *event)
{
    *worker_of(view, event->worker) = (ProgressWorker){.task = TASK_NONE};
}

static ProgressLine take_chunk_started(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch;
    if (event->entity)
        chunk_start(view, event, now);
    return no_line();
}

static ProgressLine take_chunk_moved(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch;
    if (event->entity)
        chunk_start(view, event, now)->rows = event->rows;
    return no_line();
}

static ProgressLine take_chunk_done(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch;
    worker_rest(view, event);
    view->chunks_done++;
    if (!event->entity)
        return no_line();
    ProgressEntity *entity = entity_of(view, event->entity);
    entity_start(entity, now);
    entity->rows += event->read;
    entity->chunks++;
    return no_line();
}

/* Without a chunk's number it is a claim that met another one: taken again at once, and nothing to tell. */
static ProgressLine take_chunk_failed(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)now;
    worker_rest(view, event);
    if (!event->chunk)
        return no_line();
    return (ProgressLine){.mark = MARK_FAILED,
                          .text = arena_printf(scratch, "%s, chunk %lld: %s", event->entity ? event->entity : "",
                                               event->chunk, event->message ? event->message : "failed")};
}

static ProgressLine take_step_started(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch;
    ProgressWorker *worker = worker_of(view, event->worker);
    *worker = (ProgressWorker){.task = TASK_STEP, .since = now};
    snprintf(worker->step, sizeof worker->step, "%s", event->step ? event->step : "");
    return no_line();
}

/* How long a step took; what the event does not say is measured. */
static double step_end(ProgressView *view, const Event *event, double now)
{
    const ProgressWorker *worker = worker_of(view, event->worker);
    double measured = worker->task == TASK_STEP ? now - worker->since : 0;
    worker_rest(view, event);
    return event->seconds > 0 ? event->seconds : measured;
}

static ProgressLine entity_end(Arena *scratch, ProgressEntity *entity, double now)
{
    entity->is_done = true;
    double seconds = entity->is_started ? now - entity->started_at : 0;
    return (ProgressLine){.mark = MARK_DONE,
                          .text = arena_printf(scratch, "%s: %s  %s", entity->name,
                                               text_of_many(scratch, entity->rows, "row"),
                                               text_of_duration(scratch, seconds))};
}

static bool is_copy(const Event *event)
{
    return event->entity && text_starts_with(event->step, "copy ");
}

static ProgressLine take_step_done(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    if (!event->step)
        return no_line();
    double seconds = step_end(view, event, now);
    ProgressKind *kind = kind_of(view, event->step);
    kind->done++;
    kind->seconds += seconds;
    if (is_copy(event)) {
        kind->is_told = true; /* entity by entity */
        return entity_end(scratch, entity_of(view, event->entity), now);
    }
    return (ProgressLine){.mark = MARK_DONE,
                          .is_detail = true,
                          .text = arena_printf(scratch, "%s  %s", event->step, text_of_duration(scratch, seconds))};
}

static ProgressLine take_step_failed(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    if (!event->step)
        return no_line();
    step_end(view, event, now);
    return (ProgressLine){.mark = MARK_FAILED,
                          .text =
                              arena_printf(scratch, "%s: %s", event->step, event->message ? event->message : "failed")};
}

static ProgressLine take_retry(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)now;
    worker_rest(view, event);
    Text text = text_new(scratch);
    if (event->entity)
        text_addf(&text, "%s", event->entity);
    if (event->chunk)
        text_addf(&text, ", chunk %lld", event->chunk);
    if (!event->entity && event->step)
        text_add(&text, event->step);
    text_separate(&text, ": ");
    text_addf(&text, "%s; trying again in %s", event->message ? event->message : "a passing error",
              text_of_duration(scratch, event->seconds));
    return (ProgressLine){.mark = MARK_AGAIN, .text = text.chars};
}

static ProgressLine take_note(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)view, (void)now;
    return (ProgressLine){.text = arena_strdup(scratch, event->message)};
}

/* Verification is shown like one more entity. */
static ProgressLine take_part_verified(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch;
    ProgressEntity *entity = entity_of(view, "verifying");
    if (!entity->is_started)
        entity->rows = event->rows;
    entity_start(entity, now);
    entity->rows = event->rows;
    entity->rows_expected = event->read;
    entity->is_done = event->rows == event->read;
    return no_line();
}

static ProgressLine take_nothing(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    (void)scratch, (void)view, (void)event, (void)now;
    return no_line();
}

ProgressLine progress_view_take(Arena *scratch, ProgressView *view, const Event *event, double now)
{
    static ProgressLine (*const takers[])(Arena *, ProgressView *, const Event *, double) = {
        [EVENT_RUN_STARTED] = take_nothing,
        [EVENT_STEP_STARTED] = take_step_started,
        [EVENT_STEP_DONE] = take_step_done,
        [EVENT_STEP_FAILED] = take_step_failed,
        [EVENT_CHUNK_STARTED] = take_chunk_started,
        [EVENT_CHUNK_MOVED] = take_chunk_moved,
        [EVENT_CHUNK_DONE] = take_chunk_done,
        [EVENT_CHUNK_FAILED] = take_chunk_failed,
        [EVENT_RETRY] = take_retry,
        [EVENT_WAITING] = take_note,
        [EVENT_CHECK] = take_nothing, /* in the summary */
        [EVENT_PART_VERIFIED] = take_part_verified,
        [EVENT_VERIFIED] = take_nothing,
        [EVENT_NOTE] = take_note,
        [EVENT_RUN_DONE] = take_nothing,
    };
    return takers[event->kind](scratch, view, event, now);
}

ProgressLine progress_view_take_kind(Arena *scratch, ProgressView *view, bool all)
{
    FOR_EACH(ProgressKind, kind, view->kinds) {
        bool is_complete = kind->done > 0 && (all || (kind->expected > 0 && kind->done >= kind->expected));
        if (kind->is_told || !is_complete)
            continue;
        kind->is_told = true;
        return (ProgressLine){.mark = MARK_DONE,
                              .text = arena_printf(scratch, "%s: %d %s  %s", kind->name, kind->done,
                                                   kind->done == 1 ? "step" : "steps",
                                                   text_of_duration(scratch, kind->seconds))};
    }
    return no_line();
}

void progress_view_tick(ProgressView *view, double now)
{
    const double interval = 1, memory = 10; /* seconds */
    for (size_t i = 0; i < view->entities.count; i++) {
        ProgressEntity *entity = &view->entities.items[i];
        double passed = now - entity->sampled_at;
        if (!entity->is_started || entity->is_done || passed < interval)
            continue;
        int64_t rows = rows_so_far(view, i);
        double latest = (double)(rows - entity->sampled_rows) / passed;
        if (latest < 0)
            latest = 0; /* a chunk was rolled back */
        bool is_first = entity->sampled_at <= entity->started_at;
        entity->rate = is_first ? latest : entity->rate + (1 - exp(-passed / memory)) * (latest - entity->rate);
        entity->sampled_at = now;
        entity->sampled_rows = rows;
    }
}

/* ---- looks ---- */

/* 0…1, by rows or else by chunks; negative: nobody knows. An estimate never says that all is done. */
static double fraction(const ProgressView *view, size_t index)
{
    const double most = 0.99;
    const ProgressEntity *entity = &view->entities.items[index];
    double part = -1;
    if (entity->rows_expected > 0)
        part = (double)rows_so_far(view, index) / (double)entity->rows_expected;
    else if (entity->chunks_expected > 0)
        part = (double)entity->chunks / (double)entity->chunks_expected;
    return part > most ? most : part;
}

static const char *time_left(Arena *scratch, const ProgressView *view, size_t index)
{
    const ProgressEntity *entity = &view->entities.items[index];
    int64_t left = entity->rows_expected - rows_so_far(view, index);
    if (entity->rate < 1 || left <= 0)
        return "";
    return arena_printf(scratch, "%s left", text_of_duration(scratch, (double)left / entity->rate));
}

static bool is_running(const ProgressEntity *entity)
{
    return entity->is_started && !entity->is_done;
}

static int name_width(const ProgressView *view, int width)
{
    int widest = 0;
    FOR_EACH(ProgressEntity, entity, view->entities) {
        int columns = is_running(entity) ? terminal_columns(entity->name) : 0;
        widest = columns > widest ? columns : widest;
    }
    return widest > width / 3 ? width / 3 : widest;
}

static void add_bar(Text *line, double part, int width, bool utf8)
{
    int full = (int)(part * width + 0.5);
    for (int i = 0; i < width; i++)
        text_add(line, utf8 ? (i < full ? "█" : "░") : (i < full ? "#" : "."));
}

/* leads  ██████░░░░  56 %  1,234,567 rows  45,678/s  12s left */
static const char *draw_entity(Arena *scratch, const ProgressView *view, size_t index, ProgressScreen screen)
{
    enum { NUMBERS = 50, LEAST_BAR = 5, MOST_BAR = 30 };
    const ProgressEntity *entity = &view->entities.items[index];
    int name = name_width(view, screen.width), bar = screen.width - name - NUMBERS - 4;
    bar = bar > MOST_BAR ? MOST_BAR : bar;
    double part = fraction(view, index);

    Text line = text_new(scratch);
    terminal_add_cell(&line, entity->name, name, false);
    if (bar >= LEAST_BAR) {
        text_add(&line, "  ");
        add_bar(&line, part, bar, screen.utf8);
    }
    terminal_add_cell(&line, part < 0 ? "" : arena_printf(scratch, "%.0f %%", part * 100), 6, true);
    terminal_add_cell(&line, text_of_count(scratch, rows_so_far(view, index)), 15, true);
    text_add(&line, rows_so_far(view, index) == 1 ? " row " : " rows");
    if (entity->rate >= 1)
        terminal_add_cell(&line, arena_printf(scratch, "%s/s", text_of_count(scratch, llround(entity->rate))), 12,
                          true);
    text_addf(&line, "  %s", time_left(scratch, view, index));

    Text fitted = text_new(scratch);
    terminal_add_cell(&fitted, line.chars, screen.width - 1, false);
    return fitted.chars;
}

/* Short steps would only flicker, and a copy shows as its entity. */
static bool is_shown_step(const ProgressWorker *worker, double now)
{
    const double least = 0.5; /* seconds */
    return worker->task == TASK_STEP && now - worker->since >= least && !text_starts_with(worker->step, "copy ");
}

static const char *draw_step(Arena *scratch, const ProgressWorker *worker, ProgressScreen screen, double now)
{
    Text line = text_new(scratch);
    const char *text = arena_printf(scratch, "%s  %s", worker->step, text_of_duration(scratch, now - worker->since));
    terminal_add_cell(&line, text, screen.width - 1, false);
    return line.chars;
}

void progress_view_draw(Arena *scratch, const ProgressView *view, ProgressScreen screen, double now, StringList *lines)
{
    for (size_t i = 0; i < view->entities.count; i++)
        if (is_running(&view->entities.items[i]))
            LIST_PUSH(scratch, lines, draw_entity(scratch, view, i, screen));
    FOR_EACH(ProgressWorker, worker, view->workers)
        if (is_shown_step(worker, now))
            LIST_PUSH(scratch, lines, draw_step(scratch, worker, screen, now));

    size_t most = screen.height > 4 ? (size_t)screen.height - 3 : 1;
    if (lines->count > most) {
        size_t hidden = lines->count - most;
        lines->count = most;
        LIST_PUSH(scratch, lines, arena_printf(scratch, "and %zu more", hidden));
    }
}

void progress_view_describe(Arena *scratch, const ProgressView *view, StringList *lines)
{
    for (size_t i = 0; i < view->entities.count; i++) {
        const ProgressEntity *entity = &view->entities.items[i];
        if (!is_running(entity))
            continue;
        Text line = text_new(scratch);
        text_addf(&line, "%s: %s", entity->name, text_of_many(scratch, rows_so_far(view, i), "row"));
        if (fraction(view, i) >= 0)
            text_addf(&line, ", %.0f %%", fraction(view, i) * 100);
        if (entity->rate >= 1)
            text_addf(&line, ", %s/s", text_of_count(scratch, llround(entity->rate)));
        const char *left = time_left(scratch, view, i);
        if (left[0])
            text_addf(&line, ", %s", left);
        LIST_PUSH(scratch, lines, line.chars);
    }
}
