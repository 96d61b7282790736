#include "base/log.h"
#include "base/text.h"
#include "cli/assess_report.h"
#include "cli/audience.h"
#include "cli/rejects_pages.h"
#include "cli/summary.h"

/* ---- --assess ---- */

typedef struct Assessing {
    Arena *arena;
    const Options *options;
    const Audience *audience;
    RejectsFormat format;
    int64_t exported;
} Assessing;

static bool expect(void *self, Session *session, Error *error)
{
    const Assessing *assessing = self;
    return audience_expect(assessing->arena, assessing->audience, session, error);
}

static bool export(void *self, Session *session, Error *error)
{
    Assessing *assessing = self;
    const char *path = assessing->options->output;
    return !path || rejects_write_file((RejectPages){.target = session->target, .migration = session->migration}, assessing->format, path,
                                       &assessing->exported, error);
}

static void tell(const Assessing *assessing, const Session *session, const Assessment *assessment, const Error *error, FILE *out)
{
    const Options *options = assessing->options;
    if (options->json) {
        json_auto_t *document = assess_json(session->plan, assessment);
        json_object_set_new(document, "exit_status", json_integer(error_policy(error->kind)->exit_status));
        json_print(document, JSON_INDENT(2), out);
    } else {
        assess_print(assessing->arena, session->plan, assessment, options->verbose, out);
    }
    if (options->output)
        log_line(LOG_INFO, "%s in %s.", text_of_many(assessing->arena, assessing->exported, "reject"), options->output);
}

static bool assess(Arena *arena, const Options *options, FILE *out, Error *error)
{
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    session_options.explained = true;
    Assessing assessing = {.arena = arena, .options = options, .audience = &audience};
    AssessOptions wanted = {.sample = options->sample, .begun = expect, .found = export, .self = &assessing};
    Assessment assessment = {0};
    if (!rejects_format(options, &assessing.format, error))
        return false;
    AUTO(Session) *session = session_open(arena, &session_options, error);
    bool well = session && assess_run(session, &wanted, &assessment, error);
    progress_close(audience.progress);
    if (assessment.seconds > 0)
        tell(&assessing, session, &assessment, error, out);
    return well;
}

static bool refuse_alone(const char *option, Error *error)
{
    return error_set(error, ERROR_INPUT, "--%s is for plan --assess", option);
}

/* ---- the plan ---- */

static bool plan_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    if (options->assess)
        return assess(arena, options, out, error);
    if (options->sample || options->output)
        return refuse_alone(options->sample ? "sample" : "output", error);
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    session_options.explained = true;
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session || !session_plan(session, error))
        return false;
    progress_close(audience.progress);
    fputs(options->json ? plan_print_json(arena, session->plan) : plan_print(arena, session->plan, options->verbose), out);
    return true;
}

const Command command_plan = {
    .name = "plan",
    .summary = "what will happen: order, chunks, casts, locks, disk, time; changes nothing",
    .help = "Reads both sides, rehearses the expand and seed files in a transaction that is rolled back, and prints "
            "what `run` "
            "would do and\n"
            "what undoes it: the order of the entities, how each is moved and cut, which values may not fit, which "
            "locks are taken, what\n"
            "is not carried over and what stays empty, with the reasons of `dropped` and `unfilled` (-v: one by one).\n"
            "Nothing changes on either side. Everything that is wrong with the migration is told in one go.\n\n"
            "With --assess it looks at the data: every row is made and tried on temporary tables like those of the "
            "target, and what a run\n"
            "would reject is told by reason, with the columns before and after. --output writes down every such row. "
            "The exit status is 3\n"
            "when the run would be over a budget.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_JSON | OPTION_ASSESS,
    .run = plan_run,
};
