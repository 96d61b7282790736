#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/rollback_report.h"

#include <stdio.h>

static bool to_parse(const char *text, RollbackTo *to, Error *error)
{
    if (!text)
        return true;
    if (text_equal(text, "expand") || text_equal(text, "backfill")) {
        *to = text_equal(text, "expand") ? ROLLBACK_TO_EXPAND : ROLLBACK_TO_BACKFILL;
        return true;
    }
    error_set(error, ERROR_INPUT, "--to wants expand or backfill and not \"%s\"", text);
    return error_hint(error, "Without --to everything is undone.");
}

static bool read_options(const Options *options, RollbackOptions *wanted, Error *error)
{
    int scopes = (options->to != NULL) + (options->entities.count > 0) + (options->run > 0);
    *wanted = (RollbackOptions){
        .entities = options->entities, .run = options->run, .from_backup = options->from_backup, .force = options->force, .forget = options->forget};
    if (scopes > 1)
        return error_set(error, ERROR_INPUT, "--to, --entity and --run are three ways to say what is undone: give one of them");
    if (scopes > 0 && options->from_backup)
        return error_set(error, ERROR_INPUT, "--from-backup puts everything back: it goes without --to, --entity and --run");
    if (scopes > 0 && options->forget)
        return error_set(error, ERROR_INPUT, "--forget is for when everything is undone: without --to, --entity and --run");
    return to_parse(options->to, &wanted->to, error);
}

static void tell_note(void *self, const char *message)
{
    (void)self;
    log_line(LOG_INFO, "%s", message);
}

static bool undo(Arena *arena, const Options *options, Session *session, RollbackOptions *wanted, FILE *out, Error *error)
{
    RollbackPlan plan;
    RollbackReport report = {0};
    if (!rollback_plan(session, wanted, &plan, error))
        return false;
    if (!options->json)
        rollback_print_plan(arena, session->manifest->name, &plan, wanted, out);
    fflush(out);
    if (options->dry_run) {
        if (options->json)
            rollback_print_json(&plan, NULL, error, out);
        return true;
    }
    if (!confirm(options->yes, "Undo this?", "nothing was undone", "`rehome rollback --yes` does it.", error))
        return false;
    bool done = rollback_run(session, wanted, &plan, &report, error);
    if (options->json)
        rollback_print_json(&plan, &report, error, out);
    else if (done || error->kind == ERROR_DIFFERENT)
        rollback_print_report(arena, &report, out);
    return done;
}

static bool rollback_command(Arena *arena, const Options *options, FILE *out, Error *error)
{
    RollbackOptions wanted;
    SessionOptions session_options = {.manifest = options->manifest, .note = options->quiet ? NULL : tell_note};
    session_options.manifest.without_key = session_options.manifest.without_source = true;
    if (!read_options(options, &wanted, error))
        return false;
    AUTO(Session) *session = session_open(arena, &session_options, error);
    return session && undo(arena, options, session, &wanted, out, error);
}

const Command command_rollback = {
    .name = "rollback",
    .summary = "undo what was done on the target: everything, back to a phase, or an entity",
    .help = "Shows what it will undo and asks; with --yes it does not ask. Rows that were inserted are deleted, rows that were "
            "changed get\n"
            "their old values, tables that were empty are emptied, replaced rows come back, objects that the expand files made are "
            "dropped.\n"
            "Each piece is one transaction with its mark in the ledger: call it again after a power cut, and it goes on.\n\n"
            "Rows that somebody else has changed since are left alone and listed (exit 4); --force overwrites them too. After a "
            "rollback\n"
            "`rehome run` begins anew. With --from-backup the tables that `backup:` has dumped before the first write become what they are in the\n"
            "dump, in one transaction; everything else is undone as always. With --forget the ledger goes as well, unless another migration is in it.",
    .options = OPTION_MIGRATION | OPTION_ROLLBACK | OPTION_DRY_RUN | OPTION_JSON,
    .run = rollback_command,
};
