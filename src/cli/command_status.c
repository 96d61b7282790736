#include "base/clock.h"
#include "base/text.h"
#include "cli/audience.h"
#include "cli/summary.h"
#include "cli/terminal.h"

#include <unistd.h>

/* The migration may be registered while we watch: the ledger is asked each time. */
static bool look(Arena *arena, Session *session, Summary *summary, Error *error)
{
    bool installed = false;
    session->migration = 0;
    if (!ledger_is_installed(session->target, &installed, error))
        return false;
    if (installed && !ledger_find(arena, session->target, session->manifest, &session->migration, error))
        return false;
    return summary_load(arena, session, summary, error);
}

static void print(Arena *arena, const Options *options, const Summary *summary, FILE *out)
{
    if (!options->json) {
        summary_print(arena, summary, out);
        return;
    }
    json_auto_t *document = summary_json(summary);
    json_print(document, options->watch ? JSON_COMPACT : JSON_INDENT(2), out);
}

/* Done or failed: nothing moves any more unless somebody runs it again. */
static bool is_over(const MigrationState *state)
{
    bool is_last = text_equal(state->phase, "done") || text_equal(state->phase, "verify");
    return text_equal(state->state, "failed") || (is_last && text_equal(state->state, "done"));
}

static bool watch(Session *session, const Options *options, FILE *out, Error *error)
{
    const double pause = 2; /* seconds */
    bool clears = terminal_is_live(STDOUT_FILENO) && !options->json;
    for (bool is_first = true;; is_first = false) {
        AUTO(Arena) *arena = arena_new();
        Summary summary;
        if (!look(arena, session, &summary, error))
            return false;
        fputs(clears ? "\033[H\033[2J" : is_first || options->json ? "" : "\n", out);
        print(arena, options, &summary, out);
        fflush(out);
        if (is_over(&summary.state))
            return true;
        if (!clock_sleep(pause))
            return error_set(error, ERROR_STOPPED, "stopped watching");
    }
}

static bool status_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    SessionOptions session_options = {.manifest = options->manifest};
    session_options.manifest.without_key = session_options.manifest.without_source = true;
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session)
        return false;
    if (options->watch)
        return watch(session, options, out, error);
    Summary summary;
    if (!look(arena, session, &summary, error))
        return false;
    print(arena, options, &summary, out);
    return true;
}

const Command command_status = {
    .name = "status",
    .summary = "where it stands, what comes next and what undoes it; --watch",
    .help = "Reads the ledger in the target; the source need not be there. The books of every entity (read = written + "
            "unchanged +\n"
            "merged + filtered + rejected), rejects by reason, steps that failed, what was verified, which command "
            "comes next and\n"
            "what undoes what was done. With --watch it looks again every two seconds until the migration is done or "
            "has failed.",
    .options = OPTION_MIGRATION | OPTION_JSON | OPTION_WATCH,
    .run = status_run,
};
