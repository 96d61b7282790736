#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/summary.h"
#include "engine/refresh.h"
#include "plan/title.h"

static void print_json(Arena *arena, const RefreshOutcomeList *outcomes, FILE *out)
{
    json_t *rows = json_array();
    FOR_EACH(const RefreshOutcome, outcome, *outcomes) {
        const bool done = outcome->error.kind == ERROR_NONE;
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:b, s:f, s:s?}", "name", title_of_relation(arena, outcome->view),
                                        "state", done ? "done" : "failed", "concurrently", outcome->concurrent,
                                        "seconds", outcome->seconds, "error", done ? NULL : outcome->error.message));
    }
    json_auto_t *document = json_pack("{s:o}", "refreshed", rows);
    json_print(document, JSON_INDENT(2), out);
}

/* The first failure is the command's, and told as such. */
static void tell(Arena *arena, const RefreshOutcomeList *outcomes, const Error *first)
{
    FOR_EACH(const RefreshOutcome, outcome, *outcomes) {
        if (outcome->error.kind == ERROR_NONE)
            log_line(LOG_INFO, "✓ %s  %s", title_of_relation(arena, outcome->view),
                     text_of_duration(arena, outcome->seconds));
        else if (!text_equal(outcome->error.message, first->message))
            log_error(&outcome->error);
    }
}

static bool refresh_command(Arena *arena, const Options *options, FILE *out, Error *error)
{
    SessionOptions session_options = {.manifest = options->manifest};
    session_options.manifest.without_key = session_options.manifest.without_source = true;
    RefreshOutcomeList outcomes = {0};
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session)
        return false;
    const bool done = refresh_run(session, &options->words, &outcomes, error);
    tell(arena, &outcomes, error);
    if (options->json && (done || outcomes.count > 0))
        print_json(arena, &outcomes, out);
    if (done && outcomes.count == 0)
        log_line(LOG_INFO, "Nothing to do: migration.yaml lists no materialised view under `refresh`.");
    return done;
}

const Command command_refresh = {
    .name = "refresh",
    .usage = "[NAME ...]",
    .summary = "refresh the migration's materialised views again",
    .help =
        "Refreshes the materialised views of the target that are listed under `refresh` of migration.yaml, or those "
        "named here,\n"
        "each after the ones it reads; CONCURRENTLY where it can, so that others go on reading. A run does the same "
        "after copying;\n"
        "this is for any time after, from cron for example.",
    .options = OPTION_MIGRATION | OPTION_JSON | OPTION_WORDS,
    .run = refresh_command,
};
