#include "assess/assess.h"

#include "assess/replay.h"
#include "engine/scripts.h"
#include "ledger/number.h"

#include "base/clock.h"
#include "base/text.h"
#include "sql/embedded.h"

const char *assess_state_name(AssessState state)
{
    static const char *const names[] = {[ASSESS_TOLD] = "all rows",        [ASSESS_SAMPLED] = "sample",
                                        [ASSESS_MOVED] = "moved before",   [ASSESS_UNKNOWN] = "cannot be told",
                                        [ASSESS_FAILS] = "would fail",     [ASSESS_NOT_REACHED] = "not reached"};
    return names[state];
}

/* One assessment under way. */
typedef struct Assess {
    const AssessOptions *options;
    Assessment *assessment;
    Session *session;
    Shadow *shadow;
    Snapshot *snapshot;
    bool locks;      /* somebody may have to wait for it */
    StringList open; /* steps: those that earlier runs have left, then all that a run would do */
} Assess;

__attribute__((format(printf, 3, 4))) static void warn(Arena *arena, AssessedEntity *entity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    LIST_PUSH(arena, &entity->warnings, arena_vprintf(arena, format, arguments));
    va_end(arguments);
}

/* ---- what there is to be looked at ---- */

static AssessedEntity *entity_named(const Assessment *assessment, const char *name)
{
    FOR_EACH(AssessedEntity, entity, assessment->entities)
        if (text_equal(entity->plan->entity->name, name))
            return entity;
    return NULL;
}

static void list_entities(const Assess *assess)
{
    FOR_EACH(const EntityPlan, plan, assess->session->plan->entities) {
        AssessedEntity *entity = LIST_ADD(assess->session->arena, &assess->assessment->entities);
        *entity = (AssessedEntity){.plan = plan};
        if (shadow_is_possible(plan->into))
            continue;
        entity->state = ASSESS_UNKNOWN;
        warn(assess->session->arena, entity, "%s is no table: what it does with a row only a row shows", plan->into->sql_name);
    }
}

static bool refuse_half(const char *entity, const char *why, Error *error)
{
    error_set(error, ERROR_STATE, "entity \"%s\" is half done: %s", entity, why);
    return error_hint(error, "An assessment is for what lies ahead as a whole: `rehome run` goes on, `rehome rollback` goes back.");
}

static bool has_open_key(const Assess *assess, const Relation *into)
{
    FOR_EACH(const Step, step, assess->session->plan->steps) {
        bool is_key = step->kind == STEP_INDEX || step->kind == STEP_CONSTRAINT || step->kind == STEP_FOREIGN_KEY || step->kind == STEP_VALIDATE;
        if (is_key && step->relation == into && string_list_contains(&assess->open, step->name))
            return true;
    }
    return false;
}

/* Rows of an earlier run stand in the table, and in the ledger. */
static bool learn_progress(const Assess *assess, Error *error)
{
    EntityStateList states = {0};
    Session *session = assess->session;
    if (session->migration == 0)
        return true;
    if (!ledger_entities(session->arena, session->target, session->migration, &states, error))
        return false;
    FOR_EACH(const EntityState, state, states) {
        AssessedEntity *entity = entity_named(assess->assessment, state->name);
        if (!entity || state->chunks_done == 0)
            continue;
        if (!text_equal(state->state, "copied"))
            return refuse_half(state->name, "some of its rows have been moved", error);
        if (has_open_key(assess, entity->plan->into))
            return refuse_half(state->name, "not all keys of its table are back", error);
        entity->state = ASSESS_MOVED;
    }
    return true;
}

/* Those that are still to be done. */
static bool load_open_steps(const Session *session, StringList *open, Error *error)
{
    *open = (StringList){0};
    if (session->migration == 0)
        return true;
    AUTO(Result) *steps = conn_query(session->target, sql_assess_open_steps, PARAMS(number_text(session->arena, session->migration)), error);
    for (int row = 0; steps && row < result_rows(steps); row++)
        LIST_PUSH(session->arena, open, result_copy(session->arena, steps, row, 0));
    return steps != NULL;
}

/* ---- what a shadow cannot show ---- */

static void warn_of_triggers(Arena *arena, AssessedEntity *entity)
{
    if (entity->plan->triggers.count > 0)
        warn(arena, entity, "triggers that fire on %s may change or refuse rows, and were not asked: %s", entity->plan->into->sql_name,
             string_list_join(arena, &entity->plan->triggers, ", "));
}

/* The SQL was made to read the shadow. */
static bool is_seated(const Catalog *target, const EntityPlan *plan, const Lookup *lookup)
{
    const Transform *transform = text_equal(lookup->text->what, "load") ? plan->gathered->loading : plan->gathered->transform;
    bool is_itself = catalog_relation(target, lookup->read->schema, lookup->read->name) == lookup->relation;
    bool is_text = text_equal(lookup->text->what, "load") || text_equal(lookup->text->what, "transform");
    return is_text && is_itself && transform && string_list_contains(&transform->lodgers, lookup->relation->sql_name);
}

static void warn_of_lookups(Arena *arena, const Shadow *shadow, AssessedEntity *entity)
{
    const Catalog *target = shadow->real->gathered->target;
    FOR_EACH(const Lookup, lookup, entity->plan->lookups)
        FOR_EACH(const ShadowTable, table, shadow->tables) {
            if (table->is_parent || !lookup->relation || !catalog_shares_rows(target, lookup->relation, table->real->oid) ||
                is_seated(target, entity->plan, lookup))
                continue;
            warn(arena, entity, "its %s reads %s as it is now, without the rows that the run will have written there by then",
                 lookup->text->what, lookup->relation->sql_name);
        }
}

static void warn_of_what_is_not_seen(const Assess *assess)
{
    FOR_EACH(AssessedEntity, entity, assess->assessment->entities) {
        warn_of_triggers(assess->session->arena, entity);
        warn_of_lookups(assess->session->arena, assess->shadow, entity);
    }
    FOR_EACH(const char *, note, assess->shadow->notes)
        LIST_PUSH(assess->session->arena, &assess->assessment->notes, *note);
}

/* ---- the rehearsal ---- */

static bool open_source(Assess *assess, Error *error)
{
    Session *session = assess->session;
    if (session->gathered.same)
        return true;
    const ConnOptions options = session_as(session, &session->source_options, "snapshot");
    session->snapshot = assess->snapshot = snapshot_new(&options, NULL);
    return snapshot_import(assess->snapshot, session->source, error);
}

static bool write_ledger(Assess *assess, Error *error)
{
    Session *session = assess->session;
    StringList notes = {0};
    return ledger_install(session->target, error) &&
           ledger_register(session->arena, session->target, session->manifest, &session->migration, error) &&
           ledger_plan(session->arena, session->target, session->migration, session->plan, &notes, error);
}

/* Files that were not run yet hold locks until all of it is rolled back. */
static bool learn_locks(Assess *assess, Error *error)
{
    Session *session = assess->session;
    AUTO(Result) *locks = conn_query(session->target, sql_assess_own_locks, NO_PARAMS, error);
    for (int row = 0; locks && row < result_rows(locks); row++) {
        const char *note = arena_printf(session->arena, "expand and seed files lock %s (%s) until the assessment has ended; it gives way to whoever waits",
                                        result_text(locks, row, 0), result_text(locks, row, 1));
        assess->locks = true;
        LIST_PUSH(session->arena, &assess->assessment->notes, note);
        if (session->note)
            session->note(session->note_self, note);
    }
    return locks != NULL;
}

static bool run_checks(Assess *assess, Error *error)
{
    Session *session = assess->session;
    return verify_checks(session->arena, session->plan, 0, CHECK_SOURCE, session->source, session->target, &assess->assessment->checks,
                         error);
}

/* What stands in the shadows when all is done, beside what it was made of. */
static bool load_profiles(const Assess *assess, const Replay *run, Error *error)
{
    Session *session = assess->session;
    double started = clock_now();
    FOR_EACH(const EntityPlan, plan, assess->shadow->plan->entities) {
        size_t i = (size_t)(plan - assess->shadow->plan->entities.items);
        AssessedEntity *entity = &assess->assessment->entities.items[i];
        const Replayed *replayed = &run->replayed[i];
        const ProfileRequest request = {.entity = plan,
                                        .source = plan->gathered->merge ? plan->gathered->merge->catalog : session->gathered.source,
                                        .target = assess->shadow->plan->gathered->target,
                                        .from = session->source,
                                        .to = session->target,
                                        .ranges = entity->state == ASSESS_SAMPLED ? &replayed->ranges : NULL,
                                        .first = replayed->first,
                                        .last = replayed->last};
        if (entity->state <= ASSESS_SAMPLED && replayed->last && !profile_load(session->arena, &request, &entity->columns, error))
            return error_doing(error, "looking at the columns of \"%s\"", plan->entity->name);
    }
    assess->assessment->profiles = clock_now() - started;
    return true;
}

static bool replay(Assess *assess, Error *error)
{
    Replay run = {.session = assess->session,
                  .shadow = assess->shadow,
                  .snapshot = assess->snapshot,
                  .assessment = assess->assessment,
                  .silent = events_new(),
                  .locks = assess->locks,
                  .replayed = NEW_ARRAY(assess->session->arena, Replayed, assess->assessment->entities.count + 1)};
    bool done = replay_run(&run, error) && load_profiles(assess, &run, error);
    events_free(run.silent);
    return done;
}

/* What a shadow calls otherwise than its table does. */
static bool reveal_rejects(const Assess *assess, Error *error)
{
    Conn *target = assess->session->target;
    FOR_EACH(const ShadowName, name, assess->shadow->relations)
        if (!conn_exec(target, sql_assess_rename_relation, PARAMS(name->shadow, name->real), NULL, error))
            return false;
    FOR_EACH(const ShadowName, name, assess->shadow->constraints)
        if (!conn_exec(target, sql_assess_rename_constraint, PARAMS(name->shadow, name->real), NULL, error))
            return false;
    return conn_exec(target, sql_assess_rename_constraint, PARAMS(SHADOW_BOUNDS, NULL), NULL, error);
}

static bool read_findings(Assess *assess, Error *error)
{
    Session *session = assess->session;
    Assessment *assessment = assess->assessment;
    bool read = reveal_rejects(assess, error) &&
                reject_groups(session->arena, session->target, session->migration, NULL, NULL, &assessment->rejects, error) &&
                budget_load(session->arena, session->target, session->migration, NULL, &assessment->budgets, error);
    assessment->over_budget = budget_rows_over(&assessment->budgets);
    return read;
}

static bool call(const Assess *assess, bool (*hook)(void *, Session *, Error *), Error *error)
{
    return !hook || hook(assess->options->self, assess->session, error);
}

static bool make_shadow(Assess *assess, Error *error)
{
    Session *session = assess->session;
    if (!load_open_steps(session, &assess->open, error))
        return false;
    assess->shadow = shadow_build(session->arena, session->plan, &assess->open);
    warn_of_what_is_not_seen(assess);
    return shadow_make(session->arena, assess->shadow, session->target, error);
}

static bool look(Assess *assess, Error *error)
{
    Session *session = assess->session;
    list_entities(assess);
    return learn_locks(assess, error) && load_open_steps(session, &assess->open, error) && learn_progress(assess, error) && open_source(assess, error) &&
           run_checks(assess, error) && write_ledger(assess, error) && make_shadow(assess, error) &&
           call(assess, assess->options->begun, error) && replay(assess, error) && read_findings(assess, error) &&
           call(assess, assess->options->found, error);
}

/* Workers share the moving, and one entity that cannot be cut is moved by one; the proof reads both sides once more. */
static double estimate_run(const Session *session, const Assessment *assessment)
{
    static const double proof = 0.5;
    double longest = 0, moving = assessment->moving * 100 / assessment->sample;
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        if (entity->chunks <= 1 && entity->seconds > longest)
            longest = entity->seconds;
    double shared = moving / session->jobs;
    return (shared > longest ? shared : longest) * (1 + proof) + assessment->keys * 100 / assessment->sample;
}

static bool go_further(Session *session, void *self, Error *error)
{
    Assess *assess = self;
    int64_t migration = session->migration;
    int sample = assess->options->sample;
    assess->locks = false;
    *assess->assessment = (Assessment){.sample = sample > 0 ? sample : 100};
    bool looked = look(assess, error);
    if (!session->gathered.same)
        conn_rollback(session->source);
    snapshot_free(session->snapshot);
    session->snapshot = assess->snapshot = NULL;
    session->migration = migration;
    return looked;
}

/* ---- what it means ---- */

static bool judge_checks(const Assessment *assessment, Error *error)
{
    FOR_EACH(const CheckOutcome, check, assessment->checks)
        if (text_equal(check->state, "failed")) {
            error_set(error, ERROR_DIFFERENT, "check \"%s\" fails on the source: %s", check->name, check->value ? check->value : "");
            return error_hint(error, "The run would stop before it writes anything. Mend the source, or give the check `severity: warn`.");
        }
    return true;
}

static bool judge_failures(const Assessment *assessment, Error *error)
{
    const Error *first = assessment->failing.count ? assessment->failing.items[0].error : NULL;
    const char *what = first ? assessment->failing.items[0].name : NULL;
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        if (entity->error) {
            first = entity->error;
            what = entity->plan->entity->name;
            break;
        }
    if (!first)
        return true;
    *error = *first;
    error->kind = ERROR_DATA;
    return error_doing(error, "the run would fail: %s", what);
}

static bool judge_budgets(const Assessment *assessment, Error *error)
{
    if (assessment->over_budget == 0)
        return true;
    const char *verb = assessment->over_budget == 1 ? "row would be" : "rows would be";
    error_set(error, ERROR_REJECTS, "%lld %s rejected over budget", (long long)assessment->over_budget, verb);
    return error_hint(error, "Mend the rows on the source or the transform, name a rule for them under `rejects:`, or raise the budget.");
}

static bool stops(const Assessment *assessment)
{
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        if (entity->stop)
            return true;
    return false;
}

bool assess_run(Session *session, const AssessOptions *options, Assessment *assessment, Error *error)
{
    double started = clock_now();
    Assess assess = {.options = options, .assessment = assessment, .session = session};
    session->replaces_tables = true;
    if (!session_rehearse(session, go_further, &assess, error)) {
        *assessment = (Assessment){0};
        return false;
    }
    assessment->seconds = clock_now() - started;
    assessment->run_seconds = estimate_run(session, assessment);
    bool well = judge_checks(assessment, error) && judge_failures(assessment, error) && judge_budgets(assessment, error);
    assessment->predicted_status = stops(assessment) ? error_policy(ERROR_STATE)->exit_status : error_policy(error->kind)->exit_status;
    return well;
}
