#include "base/text.h"
#include "cli/audience.h"
#include "cli/summary.h"

/* NULL: everything passed. */
static const char *objection(const RunReport *report)
{
    FOR_EACH(Verification, verification, report->verifications)
        if (verification->missing + verification->extra + verification->different > 0)
            return "The two sides differ";
    FOR_EACH(CheckOutcome, check, report->checks)
        if (text_equal(check->state, "failed"))
            return "The rows are the same on both sides, but a check failed";
    if (!report->balanced)
        return "The rows are the same on both sides, but the books do not balance";
    FOR_EACH(Verification, verification, report->verifications)
        if (verification->complaints.count > 0)
            return "The rows are the same on both sides, but the chunks do not prove that all were read";
    return NULL;
}

static void print_json(const RunReport *report, FILE *out)
{
    json_auto_t *document =
        json_pack("{s:s, s:o, s:o}", "state", objection(report) ? "failed" : "passed", "entities",
                  verifications_json(&report->verifications), "checks", checks_json(&report->checks));
    json_print(document, JSON_INDENT(2), out);
}

static void print_text(Arena *arena, const RunReport *report, FILE *out)
{
    verifications_print(arena, &report->verifications, out);
    checks_print(&report->checks, out);
    const char *verdict = objection(report);
    fprintf(out, "\n%s in %s\n", verdict ? verdict : "Both sides agree", text_of_duration(arena, report->seconds));
}

static bool verify_command(Arena *arena, const Options *options, FILE *out, Error *error)
{
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    RunReport report = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    bool agrees = session && session_plan(session, error) && engine_verify(session, &report, error);

    progress_close(audience.progress);
    if (!agrees && error->kind != ERROR_DIFFERENT)
        return false;
    if (options->json)
        print_json(&report, out);
    else
        print_text(arena, &report, out);
    if (agrees && objection(&report))
        return error_set(error, ERROR_DIFFERENT, "verification failed");
    return agrees;
}

const Command command_verify = {
    .name = "verify",
    .summary = "compare row by row: what the transforms give on the source with what the target holds",
    .help =
        "Reads both sides in the servers, compares every row by its hash, names the keys that differ and runs the "
        "checks. Nothing\n"
        "is written but the outcome, in the ledger. The exit status is 4 when there are differences or a check failed.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_JSON,
    .run = verify_command,
};
