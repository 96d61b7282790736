#include "cli/audience.h"

static bool plan_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session || !session_plan(session, error))
        return false;
    progress_close(audience.progress);
    fputs(options->json ? plan_print_json(arena, session->plan) : plan_print(arena, session->plan), out);
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
            "is not carried over. Nothing changes on either side. Everything that is wrong with the migration is told "
            "in one go.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_JSON,
    .run = plan_run,
};
