#include "base/text.h"
#include "cli/audience.h"
#include "cli/confirm.h"
#include "cli/glance_report.h"
#include "cli/repair_report.h"
#include "cli/summary.h"

#include <time.h>

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
    FOR_EACH(const Oddity, oddity, report->oddities)
        if (oddity_is_error(oddity))
            return "The rows are the same on both sides, but the target is not what was declared";
    return is_suspect(report) ? suspicion : NULL;
}

static const char *state_of(const RunReport *report)
{
    const char *verdict = objection(report);
    if (!verdict)
        return "passed";
    return verdict == suspicion ? "suspect" : "failed";
}

/* Everything that the command finds and does. */
typedef struct Proof {
    RunReport report; /* of the verification, with repairs of the one after them */
    Error verdict;    /* ERROR_DIFFERENT, or none */
    RepairList repairs;
} Proof;

static void print_json(const Proof *proof, FILE *out)
{
    json_auto_t *document =
        json_pack("{s:s, s:o, s:o, s:o}", "state", state_of(&proof->report), "entities",
                  verifications_json(&proof->report.verifications), "checks", checks_json(&proof->report.checks),
                  "findings", oddities_json(&proof->report.oddities));
    if (proof->repairs.count > 0)
        json_object_set_new(document, "repair", repairs_json(&proof->repairs));
    json_print(document, JSON_INDENT(2), out);
}

static void print_text(Arena *arena, const RunReport *report, FILE *out)
{
    verifications_print(arena, &report->verifications, out);
    checks_print(&report->checks, out);
    oddities_print(&report->oddities, out);
    const char *verdict = objection(report);
    fprintf(out, "\n%s in %s\n", verdict ? verdict : "Both sides agree", text_of_duration(arena, report->seconds));
}

/* True when nothing stopped it, whether the sides agree or not. */
static bool look(Session *session, Proof *proof, Error *error)
{
    proof->report = (RunReport){0};
    proof->verdict = (Error){0};
    if (engine_verify(session, &proof->report, error)) {
        if (objection(&proof->report))
            error_set(&proof->verdict, ERROR_DIFFERENT, "verification failed");
        return true;
    }
    if (error->kind != ERROR_DIFFERENT)
        return false;
    proof->verdict = *error;
    error_clear(error);
    return true;
}

/* Younger than what was verified before. */
static void forget_snapshot(Session *session)
{
    snapshot_free(session->snapshot);
    session->snapshot = NULL;
}

static bool repair(Arena *arena, const Options *options, Session *session, Proof *proof, FILE *out, Error *error)
{
    if (!repair_plan(session, &proof->repairs, error))
        return false;
    if (proof->repairs.count == 0)
        return true;
    if (!options->json)
        repairs_print_plan(&proof->repairs, out);
    if (options->dry_run)
        return options->json || repair_print(session, &proof->repairs, out, error);
    fflush(out);
    if (!confirm(options->yes, "Put this right?", "nothing was repaired", "`rehome verify --repair --yes` does it.", error) ||
        !repair_run(session, &proof->repairs, error))
        return false;
    if (!options->json)
        repairs_print_done(&proof->repairs, out);
    forget_snapshot(session);
    session->keeps_odd = false;
    if (!look(session, proof, error))
        return false;
    if (!options->json) {
        fputs("\n", out);
        print_text(arena, &proof->report, out);
    }
    return true;
}

static bool insist_on_run(const Session *session, Error *error)
{
    if (session->migration > 0)
        return true;
    error_set(error, ERROR_STATE, "nothing was run yet: there is nothing to repair");
    return error_hint(error, "rehome run");
}

/* ---- less than all of it ---- */

static bool refuse_mixtures(const Options *options, Error *error)
{
    int less = options->fast + (options->sample > 0);
    if (less + options->repair > 1 || less + options->changed > 1)
        return error_set(error, ERROR_INPUT, "--fast, --sample and --%s go one at a time", options->changed ? "changed" : "repair");
    if (options->seed > 0 && options->sample == 0)
        return error_set(error, ERROR_INPUT, "--seed chooses the rows of --sample");
    return true;
}

static bool glance(Arena *arena, const Options *options, FILE *out, Error *error)
{
    enum { SEEDS = 1000 };
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    GlanceReport report = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    int seed = options->seed > 0 ? options->seed : 1 + (int)(time(NULL) % SEEDS);
    bool looked = session && session_plan(session, error) && engine_glance(session, options->sample, seed, &report, error);
    progress_close(audience.progress);
    if (!looked)
        return false;
    if (options->json)
        glance_print_json(&report, out);
    else
        glance_print(arena, &report, out);
    return glance_judge(&report, error);
}

static bool verify_command(Arena *arena, const Options *options, FILE *out, Error *error)
{
    if (!refuse_mixtures(options, error))
        return false;
    if (options->fast || options->sample > 0)
        return glance(arena, options, out, error);
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    Proof proof = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    bool looked = session && (!options->repair || (insist_on_run(session, error) && ledger_install(session->target, error))) &&
                  session_plan(session, error);
    if (looked) {
        session->keeps_odd = options->repair;
        session->changed = options->changed;
        looked = (!options->repair || repair_begin(session, error)) && look(session, &proof, error);
    }
    progress_close(audience.progress);
    if (looked && !options->json)
        print_text(arena, &proof.report, out);
    if (looked && options->repair)
        looked = repair(arena, options, session, &proof, out, error);
    if (!looked)
        return false;
    if (options->json)
        print_json(&proof, out);
    *error = proof.verdict;
    return error->kind == ERROR_NONE;
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
        "change in the end are suspect.\n"
        "\n"
        "--changed proves the same and reads only those parts of both sides that were written to since the last verification.\n"
        "--fast and --sample cost less and prove less, and say what: see docs/verification.md.\n"
        "\n"
        "With --repair it says what it would take to put right what differs, asks (--yes does not), writes these rows through\n"
        "the same transform, deletes extra ones, and verifies again. `rehome rollback` undoes that too. --repair --dry-run\n"
        "prints it as SQL.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_JSON | OPTION_VERIFY | OPTION_GLANCE,
    .run = verify_command,
};
