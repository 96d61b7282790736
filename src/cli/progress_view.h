/* How far a run is, as events tell it, and how that looks. Pure: time is passed in, nothing is written. */
#pragma once

#include "base/event.h"
#include "base/list.h"
#include "base/text.h"

#include <stdint.h>

/* What is known about an entity before the first event: from the plan and, when a run goes on, from the ledger. */
typedef struct ProgressExpectation {
    const char *name;
    int64_t rows, chunks;           /* estimates; 0: not known */
    int64_t rows_done, chunks_done; /* by earlier runs */
    bool done;
} ProgressExpectation;
typedef LIST(ProgressExpectation) ProgressExpectationList;

typedef struct ProgressEntity {
    const char *name;
    int64_t rows_expected, chunks_expected, rows, chunks; /* rows: committed */
    bool is_started, is_done;
    double started_at;
    double sampled_at; /* the rate's latest sample */
    int64_t sampled_rows;
    double rate; /* rows a second, moving average */
} ProgressEntity;

/* What a worker is at: one thing at a time, until the next event that names the worker. */
typedef enum ProgressTask { TASK_NONE, TASK_CHUNK, TASK_STEP } ProgressTask;
typedef struct ProgressWorker {
    ProgressTask task;
    size_t entity;  /* TASK_CHUNK */
    int64_t rows;   /* TASK_CHUNK: so far */
    char step[160]; /* TASK_STEP */
    double since;
} ProgressWorker;

/* Steps of one kind, which is the first word of their names. */
typedef struct ProgressKind {
    char name[32];
    int expected, done;
    double seconds;
    bool is_told;
} ProgressKind;

typedef enum ProgressMark { MARK_NONE, MARK_DONE, MARK_AGAIN, MARK_FAILED } ProgressMark;

/* A line that stays. */
typedef struct ProgressLine {
    ProgressMark mark;
    bool is_detail;   /* left out where single steps are too much: the line of its kind says enough */
    const char *text; /* NULL: nothing to tell */
} ProgressLine;

typedef struct ProgressView {
    Arena *arena; /* grows with entities and workers, never with chunks */
    LIST(ProgressEntity) entities;
    LIST(ProgressWorker) workers;
    LIST(ProgressKind) kinds;
    int64_t chunks_done; /* by this run */
} ProgressView;

void progress_view_expect(ProgressView *view, const ProgressExpectation *expectation);
/* A step that will come: its kind is told when all of it are done. */
void progress_view_expect_step(ProgressView *view, const char *step);

/* Takes note of an event and returns the line it is worth, in `scratch`. */
ProgressLine progress_view_take(Arena *scratch, ProgressView *view, const Event *event, double now);
/* The next kind of steps that is complete (with `all`: or begun) and was not told yet; text NULL: none. */
ProgressLine progress_view_take_kind(Arena *scratch, ProgressView *view, bool all);
/* Lets the rates follow; to be called about once a second or more often. */
void progress_view_tick(ProgressView *view, double now);

typedef struct ProgressScreen {
    int width, height;
    bool utf8;
} ProgressScreen;
/* Lines for what runs now: entities with a bar, then steps. */
void progress_view_draw(Arena *scratch, const ProgressView *view, ProgressScreen screen, double now, StringList *lines);
/* The same for a log: one sentence per running entity. */
void progress_view_describe(Arena *scratch, const ProgressView *view, StringList *lines);
