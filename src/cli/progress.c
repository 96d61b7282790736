#include "cli/progress.h"

#include "base/clock.h"
#include "base/stop.h"
#include "cli/terminal.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double description = 10.0; /* seconds between two lines about an entity in a log */
enum { FRAME_NS = 100 * 1000 * 1000 };  /* between two looks at the state */

struct Progress {
    Arena *arena;
    ProgressOptions options;
    ProgressView view;
    pthread_mutex_t lock;
    pthread_cond_t closed; /* so that the end of a run need not wait for the end of a frame */
    pthread_t artist;
    bool is_open;
    Arena *pending_arena; /* of `pending`; a new one for every frame */
    Text pending;         /* lines that stay and were not written yet */
    size_t drawn;         /* moving lines on the screen */
    double described_at;
};

/* ---- writing; all with the lock held ---- */

static void start_pending(Progress *progress)
{
    arena_free(progress->pending_arena);
    progress->pending_arena = arena_new();
    progress->pending = text_new(progress->pending_arena);
}

static void add_line(Progress *progress, ProgressLine line)
{
    static const struct {
        const char *sign, *plain, *color;
    } marks[] = {
        [MARK_NONE] = {"", "", ""},
        [MARK_DONE] = {"✓ ", "done: ", "\033[32m"},
        [MARK_AGAIN] = {"↻ ", "again: ", "\033[33m"},
        [MARK_FAILED] = {"✗ ", "failed: ", "\033[31m"},
    };
    const ProgressOptions *options = &progress->options;
    bool is_trouble = line.mark == MARK_AGAIN || line.mark == MARK_FAILED;
    if (!line.text || (options->quiet && !is_trouble))
        return;
    if (line.is_detail && !options->live && !options->verbose)
        return;
    const char *sign = terminal_is_utf8() ? marks[line.mark].sign : marks[line.mark].plain;
    if (options->color && marks[line.mark].color[0])
        text_addf(&progress->pending, "%s%s\033[0m%s\n", marks[line.mark].color, sign, line.text);
    else
        text_addf(&progress->pending, "%s%s\n", sign, line.text);
}

static void write_all(const char *chars, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, chars, length);
        if (written <= 0)
            return; /* nobody is left to be told */
        chars += written;
        length -= (size_t)written;
    }
}

static void add_moving_lines(Progress *progress, Text *out)
{
    TerminalSize size = terminal_size(STDERR_FILENO);
    ProgressScreen screen = {.width = size.width, .height = size.height, .utf8 = terminal_is_utf8()};
    StringList lines = {0};
    progress_view_draw(out->arena, &progress->view, screen, clock_now(), &lines);
    if (stop_requested())
        LIST_PUSH(out->arena, &lines, "stopping; press Ctrl-C again to leave at once");
    FOR_EACH(const char *, line, lines)
        text_addf(out, "%s\n", *line);
    progress->drawn = lines.count;
}

/* One write per frame, so that nothing flickers: up over the moving lines, away with them, what stays, what moves. */
static void draw(Progress *progress, bool with_moving_lines)
{
    AUTO(Arena) *arena = arena_new();
    Text out = text_new(arena);
    if (progress->drawn > 0)
        text_addf(&out, "\033[%zuA\r\033[J", progress->drawn);
    progress->drawn = 0;
    text_add_n(&out, progress->pending.chars, progress->pending.length);
    start_pending(progress);
    if (with_moving_lines && progress->options.live && !progress->options.quiet)
        add_moving_lines(progress, &out);
    write_all(out.chars, out.length);
}

static void describe(Progress *progress)
{
    if (progress->options.live || progress->options.quiet || clock_now() - progress->described_at < description)
        return;
    progress->described_at = clock_now();
    AUTO(Arena) *arena = arena_new();
    StringList lines = {0};
    progress_view_describe(arena, &progress->view, &lines);
    FOR_EACH(const char *, line, lines)
        add_line(progress, (ProgressLine){.text = *line});
}

static void tell_kinds(Progress *progress, bool all)
{
    if (progress->options.live || progress->options.verbose)
        return; /* each step was told */
    ProgressLine line;
    do {
        line = progress_view_take_kind(progress->pending_arena, &progress->view, all);
        add_line(progress, line);
    } while (line.text);
}

/* ---- the thread that draws ---- */

/* Until the next frame, or the end; not clock_sleep(), which returns at once after a stop. */
static void rest(Progress *progress)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += FRAME_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int waited = 0;
    while (progress->is_open && waited == 0)
        waited = pthread_cond_timedwait(&progress->closed, &progress->lock, &until);
}

static void *artist_run(void *self)
{
    Progress *progress = self;
    pthread_mutex_lock(&progress->lock);
    while (progress->is_open) {
        progress_view_tick(&progress->view, clock_now());
        describe(progress);
        draw(progress, true);
        rest(progress);
    }
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

/* ---- from outside ---- */

Progress *progress_open(ProgressOptions options)
{
    Arena *arena = arena_new();
    Progress *progress = NEW(arena, Progress);
    *progress = (Progress){
        .arena = arena, .options = options, .view.arena = arena, .is_open = true, .described_at = clock_now()};
    start_pending(progress);
    pthread_mutex_init(&progress->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&progress->closed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&progress->artist, NULL, artist_run, progress) != 0) {
        progress->is_open = false; /* then nothing is shown; the run goes on all the same */
    }
    return progress;
}

void progress_expect(Progress *progress, const ProgressExpectationList *entities, const StringList *steps)
{
    pthread_mutex_lock(&progress->lock);
    FOR_EACH(ProgressExpectation, entity, *entities)
        progress_view_expect(&progress->view, entity);
    FOR_EACH(const char *, step, *steps)
        progress_view_expect_step(&progress->view, *step);
    pthread_mutex_unlock(&progress->lock);
}

static void progress_take(void *self, const Event *event)
{
    Progress *progress = self;
    pthread_mutex_lock(&progress->lock);
    add_line(progress, progress_view_take(progress->pending_arena, &progress->view, event, clock_now()));
    if (event->kind == EVENT_STEP_DONE)
        tell_kinds(progress, false);
    pthread_mutex_unlock(&progress->lock);
}

EventSink progress_sink(Progress *progress)
{
    return (EventSink){.take = progress_take, .self = progress};
}

int64_t progress_chunks_done(Progress *progress)
{
    pthread_mutex_lock(&progress->lock);
    int64_t done = progress->view.chunks_done;
    pthread_mutex_unlock(&progress->lock);
    return done;
}

void progress_close(Progress *progress)
{
    if (!progress || !progress->is_open)
        return;
    pthread_mutex_lock(&progress->lock);
    progress->is_open = false;
    tell_kinds(progress, true);
    draw(progress, false);
    pthread_cond_signal(&progress->closed);
    pthread_mutex_unlock(&progress->lock);
    pthread_join(progress->artist, NULL);
}

void progress_free(Progress *progress)
{
    if (!progress)
        return;
    progress_close(progress);
    arena_free(progress->pending_arena);
    pthread_cond_destroy(&progress->closed);
    pthread_mutex_destroy(&progress->lock);
    arena_free(progress->arena);
}
