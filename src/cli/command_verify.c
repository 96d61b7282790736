#include "base/text.h"
#include "cli/audience.h"
#include "cli/summary.h"

static bool differs(const RunReport *report)
{
    FOR_EACH(Verification, verification, report->verifications)
        if (verification->missing + verification->extra + verification->different > 0)
            return true;
    return false;
}

static bool is_suspect(const RunReport *report)
{
    FOR_EACH(Verification, verification, report->verifications)
        if (verification->suspect > 0)
            return true;
    return false;
}

static const char suspicion[] = "Rows differ that somebody is writing, all others are the same on both sides,";

/* NULL: everything passed. */
static const char *objection(const RunReport *report)
{
    if (differs(report))
        return "The two sides differ";
    FOR_EACH(CheckOutcome, check, report->checks)
        if (text_equal(check->state, "failed"))
            return "The rows are the same on both sides, but a check failed";
    if (!report->balanced)
        return "The rows are the same on both sides, but the books do not balance";
    FOR_EACH(Verification, verification, report->verifications)
        if (verification->complaints.count > 0)
            return "The rows are the same on both sides, but the chunks do not prove that all were read";
    return is_suspect(report) ? suspicion : NULL;
}

static const char *state_of(const RunReport *report)
{
    const char *verdict = objection(report);
    if (!verdict)
        return "passed";
    return verdict == suspicion ? "suspect" : "failed";
}

static void print_json(const RunReport *report, FILE *out)
{
    json_auto_t *document =
        json_pack("{s:s, s:o, s:o}", "state", state_of(report), "entities",
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
        "is written but the outcome, in the ledger. The exit status is 4 when there are differences or a check failed.\n"
        "\n"
        "Rows that differ while somebody writes are looked at again, in younger snapshots: they are differences when they\n"
        "stay as they are for a fifth of the patience, which should be longer than the target is behind; those that still\n"
        "change in the end are suspect.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_JSON | OPTION_VERIFY,
    .run = verify_command,
};
