#include "engine/trial.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/text.h"
#include "pg/quote.h"

#include <pthread.h>

typedef struct Trial {
    const char *name;
    int failures;
    double rests_until;
} Trial;

struct Trials {
    Arena *arena;
    pthread_mutex_t mutex;
    LIST(Trial) list; /* of what has failed: short */
};

Trials *trials_new(void)
{
    Arena *arena = arena_new();
    Trials *trials = NEW(arena, Trials);
    trials->arena = arena;
    pthread_mutex_init(&trials->mutex, NULL);
    return trials;
}

void trials_free(Trials *trials)
{
    if (!trials)
        return;
    pthread_mutex_destroy(&trials->mutex);
    arena_free(trials->arena);
}

static Trial *find(Trials *trials, const char *name)
{
    FOR_EACH(Trial, trial, trials->list)
        if (text_equal(trial->name, name))
            return trial;
    return NULL;
}

static Trial *find_or_add(Trials *trials, const char *name)
{
    Trial *trial = find(trials, name);
    if (trial)
        return trial;
    trial = LIST_ADD(trials->arena, &trials->list);
    *trial = (Trial){.name = arena_strdup(trials->arena, name)};
    return trial;
}

int trials_failed(Trials *trials, const char *name)
{
    pthread_mutex_lock(&trials->mutex);
    int failures = ++find_or_add(trials, name)->failures;
    pthread_mutex_unlock(&trials->mutex);
    return failures;
}

void trials_rest(Trials *trials, const char *name, double seconds)
{
    pthread_mutex_lock(&trials->mutex);
    find_or_add(trials, name)->rests_until = clock_now() + seconds;
    pthread_mutex_unlock(&trials->mutex);
}

void trials_forget(Trials *trials, const char *name)
{
    pthread_mutex_lock(&trials->mutex);
    Trial *trial = find(trials, name);
    if (trial)
        *trial = trials->list.items[--trials->list.count];
    pthread_mutex_unlock(&trials->mutex);
}

char *trials_resting(Arena *arena, Trials *trials)
{
    StringList names = {0};
    double now = clock_now();
    pthread_mutex_lock(&trials->mutex);
    FOR_EACH(const Trial, trial, trials->list)
        if (trial->rests_until > now)
            LIST_PUSH(arena, &names, trial->name);
    char *array = quote_array(arena, names.items, names.count);
    pthread_mutex_unlock(&trials->mutex);
    return array;
}
