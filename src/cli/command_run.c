#include "base/text.h"
#include "cli/audience.h"
#include "cli/dry_run_report.h"
#include "cli/events_json.h"
#include "cli/summary.h"

/* ---- --dry-run ---- */

static bool dry_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    AUTO(Audience) audience = audience_open(options, NULL);
    SessionOptions session_options = audience_session(&audience, options);
    session_options.explained = true;
    DryRun report = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    bool well = session && engine_dry_run(session, &report, error);
    progress_close(audience.progress);
    if (report.seconds == 0)
        return well;
    if (options->json) {
        json_auto_t *document = dry_run_json(session->plan, &report);
        json_object_set_new(document, "exit_status", json_integer(error_policy(error->kind)->exit_status));
        json_print(document, JSON_INDENT(2), out);
    } else {
        dry_run_print(arena, session->plan, &report, out);
    }
    return well;
}

/* ---- what is told at the end ---- */

/* DONE, DIFFERENT and REJECTS: every chunk was moved, and the summary says what came of it. */
static bool is_whole(const Error *error)
{
    return error->kind == ERROR_NONE || error->kind == ERROR_DIFFERENT || error->kind == ERROR_REJECTS;
}

static json_t *error_json(const Error *error)
{
    if (error->kind == ERROR_NONE)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", error_policy(error->kind)->name, "sqlstate", error->sqlstate,
                     "message", error->message, "detail", error->detail, "hint", error->hint);
}

/* The last line of `run --json`; without a ledger to read it says at least how the run ended. */
static void print_json(const Summary *summary, const RunReport *report, const Error *error, FILE *out)
{
    json_auto_t *line = summary ? summary_json(summary) : json_object();
    json_object_set_new(line, "at", json_now());
    json_object_set_new(line, "event", json_string("summary"));
    json_object_set_new(line, "exit_status", json_integer(error_policy(error->kind)->exit_status));
    json_object_set_new(line, "nothing_to_do", json_boolean(report->nothing_to_do));
    json_object_set_new(line, "over_budget", json_integer(report->over_budget));
    json_object_set_new(line, "seconds", json_real(report->seconds));
    json_object_set_new(line, "error", error_json(error));
    json_print(line, JSON_COMPACT, out);
}

static void print_text(Arena *arena, const Summary *summary, const RunReport *report, FILE *out)
{
    if (report->nothing_to_do)
        fputs("Everything was done before; nothing was left to do.\n\n", out);
    summary_print(arena, summary, out);
    fprintf(out, "took %s\n", text_of_duration(arena, report->seconds));
}

/* `ended` is how the run ended; what goes wrong while telling must not hide it. */
static void tell_end(Arena *arena, const Options *options, const Session *session, const RunReport *report,
                     const Error *ended, FILE *out)
{
    Error ignored = {0};
    Summary summary;
    bool is_wanted = options->json || (is_whole(ended) && !(options->quiet && ended->kind == ERROR_NONE));
    if (!is_wanted)
        return;
    bool has_ledger = session && session->target && session->migration != 0;
    if (has_ledger)
        conn_outlive_stop(session->target, true);
    bool loaded = has_ledger && summary_load(arena, session, &summary, &ignored);
    if (options->json)
        print_json(loaded ? &summary : NULL, report, ended, out);
    else if (loaded)
        print_text(arena, &summary, report, out);
}

static bool stopped(Arena *arena, int64_t chunks, Error *error)
{
    return error_set(error, ERROR_STOPPED, "stopped: %s %s finished; run again to go on", text_of_count(arena, chunks),
                     chunks == 1 ? "chunk was" : "chunks were");
}

/* ---- the run ---- */

static bool migrate(Arena *arena, const Audience *audience, Session *session, RunReport *report, Error *error)
{
    return session_prepare(session, error) && audience_expect(arena, audience, session, error) &&
           engine_run(session, report, error);
}

static bool run_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    if (options->dry_run)
        return dry_run(arena, options, out, error);

    AUTO(Audience) audience = audience_open(options, options->json ? out : NULL);
    SessionOptions session_options = audience_session(&audience, options);
    session_options.explained = true;
    RunReport report = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    bool done = session && migrate(arena, &audience, session, &report, error);

    progress_close(audience.progress);
    if (!done && error->kind == ERROR_STOPPED)
        stopped(arena, progress_chunks_done(audience.progress), error);
    tell_end(arena, options, session, &report, error, out);
    return done;
}

const Command command_run = {
    .name = "run",
    .summary = "the main job: expand, backfill, verify; goes on from where it stopped",
    .help = "Runs the expand and seed files, moves every entity chunk by chunk, brings back indexes and keys, "
            "verifies both\n"
            "sides against each other and runs the checks. What is done is recorded in the schema `rehome` of the "
            "target, in the\n"
            "transaction that does it: run it again after a failure, Ctrl-C or a power cut, and it goes on. Several "
            "processes, on several\n"
            "machines, may run the same migration at once.\n\n"
            "With --json every event is one line on stdout, the last one a summary. With --dry-run everything is "
            "done up to the\n"
            "first commit, with the first chunk of each entity, in one transaction that is rolled back: it tells what "
            "would be written,\n"
            "rejected or refused. What it locks on the target is locked until then, for seconds.",
    .options = OPTION_MIGRATION | OPTION_ONLY | OPTION_JOBS | OPTION_DRY_RUN | OPTION_JSON | OPTION_VERIFY,
    .run = run_run,
};
