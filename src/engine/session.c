#include "engine/engine.h"

#include "engine/backup.h"
#include "engine/compat.h"
#include "engine/gather.h"
#include "engine/items.h"
#include "engine/lock_wait.h"
#include "engine/retry.h"
#include "engine/scripts.h"
#include "engine/watchdog.h"

#include "base/clock.h"
#include "base/text.h"
#include "ledger/key.h"
#include "manifest/keyed.h"
#include "pg/roster.h"
#include "scratch/dump.h"
#include "transform/script.h"

#include <unistd.h>

enum { MOST_DEFAULT_JOBS = 4 };

static int default_jobs(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > MOST_DEFAULT_JOBS ? MOST_DEFAULT_JOBS : (int)cores;
}

static void check_scripts(const Manifest *manifest, Mistakes *mistakes)
{
    FOR_EACH(const Sql, script, manifest->expand)
        script_check(script, mistakes);
    FOR_EACH(const Sql, script, manifest->seed)
        script_check(script, mistakes);
    FOR_EACH(const Compat, compat, manifest->compats)
        if (compat->script.text)
            script_check(&compat->script, mistakes);
    FOR_EACH(const Bench, bench, manifest->benches) {
        script_check(&bench->old_sql, mistakes);
        script_check(&bench->new_sql, mistakes);
    }
}

static bool load_manifest(Session *session, const SessionOptions *options, Error *error)
{
    Mistakes mistakes = {.arena = session->arena};
    session->manifest = manifest_load(session->arena, &options->manifest, &mistakes);
    if (session->manifest)
        check_scripts(session->manifest, &mistakes);
    if (!mistakes_none(&mistakes, error))
        return false;
    return session->manifest || error_set(error, ERROR_BUG, "the manifest was not read");
}

/* --only names entities of the manifest, or it is a mistake: a name that matches nothing is never passed over in
 * silence. */
static bool select_entities(Session *session, const StringList *only, Error *error)
{
    FOR_EACH(const char *, name, *only)
        if (!items_may_name(session->manifest, *name))
            return items_refuse_name(session, *name, error);
    session->only = *only;
    return true;
}

static char *application(Arena *arena, const Manifest *manifest, const char *role)
{
    return arena_printf(arena, "rehome:%.40s:%s", manifest->name, role);
}

ConnOptions session_as(const Session *session, const ConnOptions *options, const char *role)
{
    ConnOptions own = *options;
    own.application = application(session->arena, session->manifest, role);
    return own;
}

/* What each session has to know for the keyed functions in the manifest's SQL. */
static SecretSettingList secrets_of(Arena *arena, const TokenKey *key)
{
    SecretSettingList secrets = {0};
    if (!key)
        return secrets;
    LIST_PUSH(arena, &secrets, ((SecretSetting){keyed_inner, key->inner}));
    LIST_PUSH(arena, &secrets, ((SecretSetting){keyed_outer, key->outer}));
    return secrets;
}

static bool connect_target(Session *session, Error *error)
{
    const Manifest *manifest = session->manifest;
    session->target_options = (ConnOptions){.url = manifest->same ? manifest->source_url : manifest->target_url,
                                            .side = "target",
                                            .application = application(session->arena, manifest, "main"),
                                            .roster = session->roster,
                                            .secrets = secrets_of(session->arena, manifest->token_key)};
    session->target = conn_open(&session->target_options, error);
    return session->target != NULL;
}

static bool refuse_standby(Session *session, Error *error)
{
    AUTO(Result) *result = conn_query(session->target, "SELECT pg_catalog.pg_is_in_recovery()", NO_PARAMS, error);
    if (!result || !result_bool(result, 0, 0))
        return result != NULL;
    error_set(error, ERROR_RIGHTS, "the target is a standby (in recovery): nothing can be written there");
    return error_hint(
        error, "Connect to the primary, for example with target_session_attrs=read-write and all hosts in the URL.");
}

static bool learn_migration(Session *session, Error *error)
{
    return ledger_is_installed(session->target, &session->has_ledger, error) &&
           (!session->has_ledger ||
            (ledger_find(session->arena, session->target, session->manifest, &session->migration, error) &&
             key_check(session->target, session->migration, session->manifest->token_key, error)));
}

Session *session_open(Arena *arena, const SessionOptions *options, Error *error)
{
    AUTO(Session) *session = NEW(arena, Session);
    session->arena = arena;
    session->jobs = options->jobs > 0 ? options->jobs : default_jobs();
    session->patience = options->patience > 0 ? options->patience : VERIFY_PATIENCE_S;
    session->explained = options->explained;
    session->events = options->events;
    session->roster = roster_new();
    session->note = options->note;
    session->note_self = options->note_self;
    if (!load_manifest(session, options, error) || !select_entities(session, &options->only, error) ||
        !connect_target(session, error) || !refuse_standby(session, error) || !learn_migration(session, error))
        return NULL;
    Session *opened = session;
    session = NULL;
    return opened;
}

void session_close(Session *session)
{
    if (!session)
        return;
    watchdog_stop(session->watchdog);
    snapshot_free(session->snapshot);
    if (session->source != session->target)
        conn_close(session->source);
    conn_close(session->target);
    roster_free(session->roster);
    session->watchdog = NULL;
    session->roster = NULL;
    session->snapshot = NULL;
    session->source = session->target = NULL;
}

void Session_cleanup(Session **session)
{
    session_close(*session);
}

/* ---- the source ---- */

static const char *restore_dump(Session *session, Error *error)
{
    StringList needed = {0};
    bool known = gather_tables_read(session->arena, session->manifest, &needed);
    DumpOptions options = {.path = session->manifest->source_dump,
                           .label = session->manifest->name,
                           .needed = known ? &needed : NULL,
                           .jobs = session->jobs,
                           .note = session->note,
                           .self = session->note_self};
    Scratch *scratch = dump_restore(session->arena, &options, error);
    if (!scratch)
        error_doing(error, "restoring %s", session->manifest->source_dump);
    session->gathered.source_is_scratch = true;
    return scratch ? scratch->url : NULL;
}

static bool open_source(Session *session, Error *error)
{
    session->source = conn_open(&session->source_options, error);
    return session->source && conn_script(session->source, "SET default_transaction_read_only = on", error);
}

/* Without its items the source counts as not connected: the next try loads them. */
static bool load_items(Session *session, Error *error)
{
    if (items_load(session, error))
        return true;
    if (session->source != session->target)
        conn_close(session->source);
    session->source = NULL;
    return false;
}

static bool connect_source(Session *session, Error *error)
{
    if (session->source)
        return true;
    const Manifest *manifest = session->manifest;
    session->gathered.same = manifest->same;
    if (manifest->same) {
        session->source = session->target;
        return load_items(session, error);
    }
    const char *url = manifest->source_dump ? restore_dump(session, error) : manifest->source_url;
    if (!url)
        return false;
    session->source_options = (ConnOptions){.url = url,
                                            .side = "source",
                                            .application = application(session->arena, manifest, "main"),
                                            .roster = session->roster,
                                            .secrets = secrets_of(session->arena, manifest->token_key)};
    return open_source(session, error) && load_items(session, error);
}

void session_watch(Session *session)
{
    watchdog_stop(session->watchdog);
    session->watchdog = session->events ? watchdog_start(session) : NULL;
}

/* ---- servers that were away ---- */

static bool is_alive(Conn *conn)
{
    Error ignored = {0};
    return conn && conn_exec(conn, "SELECT 1", NO_PARAMS, NULL, &ignored);
}

static bool open_target(Session *session, Error *error)
{
    session->target = conn_open(&session->target_options, error);
    return session->target && (session->run == 0 || ledger_join_run(session->target, session->run, 0, "main", error));
}

static void tell_retry(const Session *session, const Error *error, double pause)
{
    if (session->events)
        events_emit(session->events,
                    &(Event){
                        .kind = EVENT_RETRY, .message = error->message, .sqlstate = error->sqlstate, .seconds = pause});
}

/* As workers wait for a server: see retry_waits(). */
static bool reopen(Session *session, Conn **conn, bool (*open)(Session *, Error *), Error *error)
{
    if (is_alive(*conn))
        return true;
    bool announced = false;
    const double since = clock_now();
    for (int times = 1;; times++) {
        conn_close(*conn);
        *conn = NULL;
        if (open(session, error))
            return true;
        Remedy remedy = retry_remedy(error);
        announced |= remedy == REMEDY_OUTAGE;
        if (retry_rule(remedy)->again == 0 || !retry_waits(remedy, announced, times, clock_now() - since) ||
            !clock_sleep(retry_pause(retry_rule(announced ? REMEDY_OUTAGE : remedy), times)))
            return false;
        error_clear(error);
    }
}

bool session_revive(Session *session, Error *error)
{
    if (session->target)
        conn_rollback(session->target);
    if (!session->gathered.same && session->source && conn_in_failed_transaction(session->source))
        conn_rollback(session->source);
    bool has_source = session->source != NULL;
    if (!reopen(session, &session->target, open_target, error))
        return false;
    if (session->gathered.same)
        session->source = has_source ? session->target : NULL;
    else if (has_source)
        return reopen(session, &session->source, open_source, error);
    return true;
}

/* Servers that were never reached are told at once. */
static bool has_lost(Session *session)
{
    bool lost = session->has_lost || !session->target || conn_is_lost(session->target) ||
                (session->source && conn_is_lost(session->source));
    session->has_lost = false;
    return lost;
}

bool session_insist(Session *session, SessionWork *work, void *self, Error *error)
{
    for (int times = 1; !work(session, self, error); times++) {
        const RetryRule *rule = retry_rule(retry_remedy(error));
        if (!has_lost(session) || times > rule->again)
            return false;
        double pause = retry_pause(rule, times);
        tell_retry(session, error, pause);
        if (!clock_sleep(pause))
            return error_set(error, ERROR_STOPPED, "stopped");
        if (!session_revive(session, error))
            return false;
        error_clear(error);
    }
    return true;
}

/* ---- planning ---- */

static bool make_plan(Session *session, Error *error)
{
    Mistakes mistakes = {.arena = session->arena};
    if (!gather(session, &mistakes, error))
        return false;
    session->plan = plan_build(session->arena, session->manifest, &session->gathered, session->jobs, &mistakes);
    if (mistakes.list.count == 0 && session->explained)
        plan_check_coverage(session->plan, &mistakes);
    if (mistakes.list.count == 0 && !compat_rehearse(session, &mistakes, error))
        return false;
    return mistakes_none(&mistakes, error);
}

/* Scripts run and are rolled back, so that what they make can be planned with. */
static bool rehearse(Session *session, SessionFurther *further, void *self, Error *error)
{
    /* one view of catalog and ledger: a step that another process finishes meanwhile is in both or in neither */
    if (!conn_begin(session->target, "ISOLATION LEVEL REPEATABLE READ", error))
        return false;
    bool planned =
        lock_wait_limit(session->target, error) && scripts_rehearse(session, error) && make_plan(session, error);
    bool done = planned && (!further || further(session, self, error));
    conn_rollback(session->target);
    return done;
}

static bool count_open(Session *session, int64_t *open, Error *error)
{
    char *first;
    *open = 0;
    return !session->has_ledger || session->migration == 0 ||
           ledger_left_open(session->arena, session->target, session->migration, open, &first, error);
}

/* What is made in vain may be there because another process has finished a step meanwhile. */
static bool is_overtaken(Session *session, int64_t open, int attempt, Error *error)
{
    enum { MOST_TIMES = 5 };
    int64_t open_now;
    bool overtaken = attempt <= MOST_TIMES && !conn_is_lost(session->target) && count_open(session, &open_now, &(Error){0}) &&
                     open_now != open;
    if (overtaken)
        error_clear(error);
    return overtaken;
}

/* Reading a catalog and rehearsing wait for nobody long, but they come again. */
bool session_rehearse(Session *session, SessionFurther *further, void *self, Error *error)
{
    int64_t open;
    if (!connect_source(session, error) || !count_open(session, &open, error))
        return false;
    for (int attempt = 1; !rehearse(session, further, self, error); attempt++) {
        if (is_overtaken(session, open, attempt, error)) {
            if (!count_open(session, &open, error))
                return false;
            continue;
        }
        if (!lock_wait_again(session->arena, session->target, NULL, attempt, error))
            return false;
        if (session->note)
            session->note(session->note_self, "waiting for a lock on the target");
    }
    return true;
}

bool session_plan(Session *session, Error *error)
{
    return session_rehearse(session, NULL, NULL, error);
}

static bool write_plan(Session *session, bool scripts_ran, Error *error)
{
    if (!conn_begin(session->target, "", error))
        return false;
    StringList notes = {0};
    if (ledger_discard_left(session->arena, session->target, session->migration, error) &&
        ledger_plan(session->arena, session->target, session->migration, session->plan, &notes, error) &&
        oddity_declare(session->arena, session->target, session->migration, session->plan, scripts_ran, error) &&
        conn_commit(session->target, error)) {
        FOR_EACH(const char *, note, notes)
            if (session->note)
                session->note(session->note_self, *note);
        return true;
    }
    conn_rollback(session->target);
    return error_doing(error, "writing the plan into the ledger");
}

/* Both want to know beforehand what will be written. */
static bool backup_or_scripts(const Session *session, bool scripts_pending)
{
    return scripts_pending || session->manifest->backup.wanted;
}

/* Mistakes come before the first thing that is written, be it the ledger or the first DDL. */
static bool prepare_locked(Session *session, Error *error)
{
    bool pending = false;
    if (!learn_migration(session, error) ||
        (session->migration == 0 && (!session_plan(session, error) || !backup_check(session, error))) || !ledger_install(session->target, error) ||
        !ledger_register(session->arena, session->target, session->manifest, &session->migration, error) ||
        !ledger_refuse_rolling_back(session->target, session->migration, error))
        return false;
    session->has_ledger = true;
    return connect_source(session, error) && scripts_are_pending(session, &pending, error) &&
           (!backup_or_scripts(session, pending) || session->plan || session_plan(session, error)) &&
           (!session->plan || backup_take(session, error)) && scripts_run(session, error) && session_plan(session, error) &&
           write_plan(session, pending, error);
}

static bool prepare(Session *session, void *self, Error *error)
{
    (void)self;
    Error ignored = {0};
    session->plan = NULL; /* of a try before: what it has written may be there by now */
    if (!ledger_lock_setup(session->target, session->manifest, error))
        return false;
    bool prepared = prepare_locked(session, error);
    ledger_unlock_setup(session->target, session->manifest, &ignored);
    return prepared;
}

/* Of several processes that start at once the others find everything done. */
bool session_prepare(Session *session, Error *error)
{
    session->moves_rows = true;
    session_watch(session);
    return session_insist(session, prepare, NULL, error);
}
