/* The display of a run, on stderr.
 *
 * On a terminal: a line that moves for everything that runs, and above it a line that stays for everything that ended.
 * The cursor always rests below, so a program that dies leaves a usable terminal. Elsewhere: a line every ten seconds
 * per running entity, and one for each that ended. */
#pragma once

#include "cli/progress_view.h"

typedef struct ProgressOptions {
    bool live; /* the cursor can be moved */
    bool color;
    bool quiet;   /* failures and retries only */
    bool verbose; /* every step, also where there is no terminal */
} ProgressOptions;

typedef struct Progress Progress;

Progress *progress_open(ProgressOptions options);
/* What will come; may be called while events come in. */
void progress_expect(Progress *progress, const ProgressExpectationList *entities, const StringList *steps);
EventSink progress_sink(Progress *progress);
int64_t progress_chunks_done(Progress *progress);
/* Writes what is still to be told and takes the moving lines away. Nothing happens the second time, or to NULL. */
void progress_close(Progress *progress);
void progress_free(Progress *progress);
