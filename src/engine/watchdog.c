#include "engine/watchdog.h"

#include "engine/wait.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/roster.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

static const double SUSPICIOUS_S = 2, WORTH_TELLING_S = 5, SECOND = 1;

/* A wait that was seen, and may have been told. */
typedef struct Sight {
    int64_t backend;
    double statement; /* when it began */
    const char *type;
    double since; /* first seen */
    bool told, seen;
} Sight;

typedef struct Post {
    ConnOptions options;
    Conn *conn; /* opened when something is suspicious */
    LIST(Sight) sights;
} Post;

struct Watchdog {
    Arena *arena;
    const Session *session;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool is_over; /* guarded */
    Post posts[2];
    size_t count;
};

static Sight *sight_of(Watchdog *watchdog, Post *post, const Waiting *waiting, const Wait *wait)
{
    FOR_EACH(Sight, sight, post->sights)
        if (sight->backend == waiting->backend && sight->statement == waiting->since && text_equal(sight->type, wait->type))
            return sight;
    Sight *sight = NULL;
    FOR_EACH(Sight, old, post->sights)
        if (!old->seen && !sight)
            sight = old;
    if (!sight)
        sight = LIST_ADD(watchdog->arena, &post->sights);
    *sight = (Sight){.backend = waiting->backend,
                     .statement = waiting->since,
                     .type = arena_strdup(watchdog->arena, wait->type),
                     .since = clock_now()};
    return sight;
}

static void tell(const Watchdog *watchdog, const Post *post, const Waiting *waiting, const char *what)
{
    AUTO(Arena) *arena = arena_new();
    const char *message = arena_printf(arena, "%s, pid %lld on the %s, has waited %s for %s", waiting->role,
                                       (long long)waiting->backend, post->options.side,
                                       text_of_duration(arena, clock_now() - waiting->since), what);
    Error ignored = {0};
    events_emit(watchdog->session->events, &(Event){.kind = EVENT_WAITING, .message = message});
    if (post == watchdog->posts && watchdog->session->migration)
        ledger_tell(post->conn, watchdog->session->migration, "waiting", message, &ignored);
}

static void judge(Watchdog *watchdog, Post *post, const Waiting *waiting, const Wait *wait)
{
    AUTO(Arena) *arena = arena_new();
    if (!wait->is_there && text_equal(wait->server, waiting->server)) {
        roster_hang_up(watchdog->session->roster, waiting);
        return;
    }
    const char *what = wait_describe(arena, wait);
    if (!what)
        return;
    Sight *sight = sight_of(watchdog, post, waiting, wait);
    sight->seen = true;
    if (sight->told || clock_now() - sight->since + SUSPICIOUS_S < WORTH_TELLING_S)
        return;
    sight->told = true;
    tell(watchdog, post, waiting, what);
}

static const Waiting *waiting_of(const WaitingList *list, int64_t backend)
{
    FOR_EACH(const Waiting, waiting, *list)
        if (waiting->backend == backend)
            return waiting;
    return NULL;
}

static bool is_connected(Post *post)
{
    Error ignored = {0};
    if (post->conn && !conn_is_lost(post->conn))
        return true;
    conn_close(post->conn);
    post->conn = conn_open(&post->options, &ignored);
    return post->conn != NULL;
}

static void look(Watchdog *watchdog, Post *post)
{
    AUTO(Arena) *arena = arena_new();
    Error ignored = {0};
    WaitingList waiting = {0};
    WaitList waits = {0};
    StringList backends = {0};
    roster_waiting(arena, watchdog->session->roster, post->options.side, SUSPICIOUS_S, &waiting);
    FOR_EACH(const Waiting, one, waiting)
        LIST_PUSH(arena, &backends, arena_printf(arena, "%lld", (long long)one->backend));
    FOR_EACH(Sight, sight, post->sights)
        sight->seen = false;
    if (waiting.count > 0 && is_connected(post) && waits_load(arena, post->conn, &backends, &waits, &ignored))
        FOR_EACH(const Wait, wait, waits)
            judge(watchdog, post, waiting_of(&waiting, wait->backend), wait);
    FOR_EACH(Sight, sight, post->sights)
        if (!sight->seen && !sight->told) /* it went on meanwhile: what comes is another wait */
            sight->statement = 0;
}

static bool rest(Watchdog *watchdog)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)SECOND;
    pthread_mutex_lock(&watchdog->mutex);
    int waited = 0;
    while (!watchdog->is_over && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&watchdog->ended, &watchdog->mutex, &until);
    bool goes_on = !watchdog->is_over;
    pthread_mutex_unlock(&watchdog->mutex);
    return goes_on;
}

static void *watch(void *self)
{
    Watchdog *watchdog = self;
    while (rest(watchdog))
        for (size_t i = 0; i < watchdog->count; i++)
            look(watchdog, &watchdog->posts[i]);
    return NULL;
}

static void add_post(Watchdog *watchdog, const ConnOptions *options)
{
    ConnOptions own = session_as(watchdog->session, options, "watch");
    own.roster = NULL;
    own.secrets = (SecretSettingList){0};
    watchdog->posts[watchdog->count++] = (Post){.options = own};
}

Watchdog *watchdog_start(const Session *session)
{
    Arena *arena = arena_new();
    Watchdog *watchdog = NEW(arena, Watchdog);
    *watchdog = (Watchdog){.arena = arena, .session = session};
    add_post(watchdog, &session->target_options);
    if (session->source_options.url)
        add_post(watchdog, &session->source_options);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&watchdog->mutex, NULL);
    pthread_cond_init(&watchdog->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0)
        return watchdog;
    arena_free(arena);
    return NULL;
}

void watchdog_stop(Watchdog *watchdog)
{
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->mutex);
    watchdog->is_over = true;
    pthread_cond_signal(&watchdog->ended);
    pthread_mutex_unlock(&watchdog->mutex);
    pthread_join(watchdog->thread, NULL);
    for (size_t i = 0; i < watchdog->count; i++)
        conn_close(watchdog->posts[i].conn);
    pthread_cond_destroy(&watchdog->ended);
    pthread_mutex_destroy(&watchdog->mutex);
    arena_free(watchdog->arena);
}
