#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/rejects_pages.h"
#include "cli/summary.h"

enum { MOST_SHOWN = 1000 };

/* What a command line asks for: the words after the subcommand are keys. */
typedef struct Asked {
    Arena *arena;
    const Options *options;
    Session *session;
    RejectFilter filter;
    FILE *out;
} Asked;

static bool is_chosen(const RejectFilter *filter)
{
    return filter->entity || filter->reason || filter->ids.count + filter->keys.count + filter->values.count > 0;
}

/* ---- list ---- */

static bool refuse_words(const Asked *asked, Error *error)
{
    const StringList *words = &asked->options->words;
    error_set(error, ERROR_INPUT, "rejects does not know what to do with \"%s\"", words->items[0]);
    return error_hint(error, "It takes show, export, waive or retry; alone it lists.");
}

static bool list(Asked *asked, Error *error)
{
    RejectGroupList groups = {0};
    BudgetStateList budgets = {0};
    const Session *session = asked->session;
    if (!reject_groups(asked->arena, session->target, session->migration, asked->filter.entity, asked->filter.reason,
                       &groups, error) ||
        !budget_load(asked->arena, session->target, session->migration, NULL, &budgets, error))
        return false;
    if (asked->options->json) {
        json_auto_t *document = json_pack("{s:o}", "rejects", rejects_json(&groups, &budgets));
        json_print(document, JSON_INDENT(2), asked->out);
    } else if (groups.count == 0) {
        log_line(LOG_INFO, "There are no rejects%s.", is_chosen(&asked->filter) ? " of these" : "");
    } else {
        rejects_print(asked->arena, &groups, &budgets, asked->out);
        log_line(LOG_INFO, "`rehome rejects show KEY` tells all of one, `rehome rejects export` all of them.");
    }
    return true;
}

static RejectPages pages_of(const Asked *asked)
{
    return (RejectPages){asked->session->target, asked->session->migration, asked->filter};
}

/* ---- show ---- */

static bool refuse_none(Error *error)
{
    error_set(error, ERROR_INPUT, "there is no such reject");
    return error_hint(error, "`rehome rejects` lists them.");
}

static void show_page(void *self, const RejectList *page, bool first)
{
    const Asked *asked = self;
    if (asked->options->json && first)
        rejects_export_begin(REJECTS_JSON, asked->out);
    if (asked->options->json)
        rejects_export(REJECTS_JSON, page, first, asked->out);
    else
        FOR_EACH(const Reject, reject, *page)
            reject_print(reject, asked->out);
}

static bool show(Asked *asked, Error *error)
{
    int64_t rows = 0;
    if (!is_chosen(&asked->filter))
        return error_set(error, ERROR_INPUT, "rejects show wants a key: rehome rejects show KEY");
    if (!rejects_each_page(pages_of(asked), MOST_SHOWN, show_page, asked, &rows, error))
        return false;
    if (rows == 0)
        return refuse_none(error);
    if (asked->options->json)
        rejects_export_end(REJECTS_JSON, asked->out);
    if (rows == MOST_SHOWN)
        log_line(LOG_INFO, "These are the first %d; `rehome rejects export` has all.", MOST_SHOWN);
    return true;
}

/* ---- export ---- */

static bool export(Asked *asked, Error *error)
{
    RejectsFormat format;
    int64_t rows = 0;
    const char *path = asked->options->output;
    if (!rejects_format(asked->options, &format, error))
        return false;
    bool done = path ? rejects_write_file(pages_of(asked), format, path, &rows, error)
                     : rejects_write(pages_of(asked), format, asked->out, &rows, error);
    if (done && path)
        log_line(LOG_INFO, "%s in %s.", text_of_many(asked->arena, rows, "reject"), path);
    return done;
}

/* ---- waive ---- */

static bool waive(Asked *asked, Error *error)
{
    int64_t waived = 0;
    const char *because = asked->options->because;
    if (!is_chosen(&asked->filter)) {
        error_set(error, ERROR_INPUT, "rejects waive does not take all of them at once");
        return error_hint(error, "Say which: --entity NAME, --reason REASON or keys.");
    }
    if (!because) {
        error_set(error, ERROR_INPUT, "rejects waive wants --because TEXT");
        return error_hint(error, "It is kept with the rows and your role: why they may stay behind.");
    }
    if (!reject_waive(asked->session->target, asked->session->migration, &asked->filter, because, &waived, error))
        return false;
    if (asked->options->json) {
        json_auto_t *document = json_pack("{s:I}", "waived", (json_int_t)waived);
        json_print(document, JSON_INDENT(2), asked->out);
    }
    log_line(LOG_INFO, "%s waived%s.", text_of_many(asked->arena, waived, "reject"),
             waived > 0 ? ": they count against no budget" : "");
    return true;
}

/* ---- retry ---- */

static bool tell_retried(const Asked *asked, const RedrivenList *redriven, int64_t over, Error *error)
{
    bool moved = false;
    FOR_EACH(const Redriven, one, *redriven)
        moved |= one->tried > 0;
    if (asked->options->json) {
        json_auto_t *document =
            json_pack("{s:o, s:I}", "entities", redriven_json(redriven), "over_budget", (json_int_t)over);
        json_print(document, JSON_INDENT(2), asked->out);
    } else if (redriven->count > 0) {
        redriven_print(asked->arena, redriven, asked->out);
    } else {
        log_line(LOG_INFO, "There are no rejects%s.", is_chosen(&asked->filter) ? " of these" : "");
    }
    if (moved)
        log_line(LOG_INFO, "`rehome run` proves the tables again.");
    if (over == 0)
        return true;
    error_set(error, ERROR_REJECTS, "%s left for which there is no budget", text_of_many(asked->arena, over, "reject"));
    return error_hint(error, "`rehome rejects` lists them.");
}

static bool retry(Asked *asked, Error *error)
{
    RedrivenList redriven = {0};
    BudgetStateList budgets = {0};
    Session *session = asked->session;
    bool done = session_plan(session, error) && redrive_run(session, &asked->filter, &redriven, error);
    return done && budget_load(asked->arena, session->target, session->migration, NULL, &budgets, error) &&
           tell_retried(asked, &redriven, budget_rows_over(&budgets), error);
}

/* ---- the command ---- */

static const struct Action {
    const char *word;
    bool (*run)(Asked *asked, Error *error);
    bool writes, plans;
} actions[] = {{"show", show, false, false},
               {"export", export, false, false},
               {"waive", waive, true, false},
               {"retry", retry, true, true}};

static const struct Action *action_of(const StringList *words)
{
    static const struct Action listing = {"list", list, false, false};
    if (words->count == 0)
        return &listing;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (text_equal(actions[i].word, words->items[0]))
            return &actions[i];
    return NULL;
}

/* Without a ledger there are none. */
static bool find_migration(Session *session, bool writes, Error *error)
{
    bool installed = false;
    if (!ledger_is_installed(session->target, &installed, error))
        return false;
    if (installed &&
        !(writes ? ledger_install(session->target, error) : ledger_insist_on_current(session->target, error)))
        return false;
    if (installed && !ledger_find(session->arena, session->target, session->manifest, &session->migration, error))
        return false;
    if (session->migration > 0)
        return true;
    error_set(error, ERROR_STATE, "nothing was run yet: there are no rejects");
    return error_hint(error, "rehome run");
}

static bool read_keys(Asked *asked, Error *error)
{
    const StringList *words = &asked->options->words;
    for (size_t i = 1; i < words->count; i++)
        if (!reject_key_parse(asked->arena, words->items[i], &asked->filter, error))
            return false;
    return true;
}

static bool rejects_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    Asked asked = {.arena = arena, .options = options, .out = out};
    asked.filter.entity = options->entities.count ? options->entities.items[0] : NULL;
    asked.filter.reason = options->reason;
    const struct Action *action = action_of(&options->words);
    if (!action)
        return refuse_words(&asked, error);
    if (!read_keys(&asked, error))
        return false;
    SessionOptions session_options = {.manifest = options->manifest};
    session_options.manifest.without_key = session_options.manifest.without_source = !action->plans;
    AUTO(Session) *session = asked.session = session_open(arena, &session_options, error);
    return session && find_migration(session, action->writes, error) && action->run(&asked, error);
}

const Command command_rejects = {
    .name = "rejects",
    .usage = "[show KEY... | export | retry [KEY...] | waive [KEY...] --because TEXT]",
    .summary = "rows that were not written: list, show, retry, waive",
    .help =
        "Alone it lists the rejects by entity and reason, with what the budget says of them and some of their keys.\n"
        "show tells all of one: what the server said of it, the row as the transform gave it, the source's row. export "
        "writes all of\n"
        "them as CSV or JSON. retry runs the transform as it is written now for their driving rows alone: rows come "
        "in, or are "
        "rejected\n"
        "again; children that were parked come along. waive says that you take responsibility for leaving them behind: "
        "they count against no "
        "budget any\n"
        "more, and your role and your words are kept with them.\n"
        "--entity and --reason choose. A KEY is the driving row's: 17, region=eu,id=7, or a JSON object; #12 is the "
        "reject with\n"
        "this id.",
    .options = OPTION_MIGRATION | OPTION_JSON | OPTION_WORDS | OPTION_REJECTS,
    .run = rejects_run,
};
