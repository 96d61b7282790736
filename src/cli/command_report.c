#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "report/report.h"

#include <sys/stat.h>

/* ---- where to ---- */

static const char *default_path(Arena *arena, const Manifest *manifest, ReportFormat format)
{
    StringList values = {0};
    FOR_EACH(const Param, param, manifest->params)
        if (param->value)
            LIST_PUSH(arena, &values, param->value);
    return report_file_name(arena, manifest->name, values.items, values.count, format);
}

/* Without -o the page is a file, and the document goes to stdout like that of every command. */
static const char *path_of(Arena *arena, const Options *options, const Manifest *manifest, ReportFormat format)
{
    if (options->output)
        return text_equal(options->output, "-") ? NULL : options->output;
    return format == REPORT_JSON ? NULL : default_path(arena, manifest, format);
}

static bool refuse_other_file(const char *path, const Options *options, Error *error)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return true;
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, "%s is not a file", path);
    if (options->force || report_is_report(path))
        return true;
    error_set(error, ERROR_INPUT, "%s is there already, and is no report of rehome", path);
    return error_hint(error, "Give another name with -o, or --force to replace it.");
}

/* ---- writing ---- */

/* The file that was there stays until all of the new one is written; only its owner may read it. */
static bool write_file(Arena *arena, const Session *session, ReportFormat format, const char *path, Error *error)
{
    char *beside = NULL;
    FILE *file = file_begin(arena, path, &beside, error);
    if (!file ||
        !file_end(file, beside, path, report_write(session->target, session->migration, format, file, error), error))
        return false;
    log_line(LOG_INFO, "The report is in %s.", path);
    return true;
}

/* ---- the command ---- */

static bool insist_on_migration(const Session *session, Error *error)
{
    if (session->migration > 0)
        return true;
    error_set(error, ERROR_STATE, "nothing was run yet: there is nothing to report");
    return error_hint(error, "rehome run");
}

static bool report_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    const ReportFormat format = options->json ? REPORT_JSON : REPORT_HTML;
    SessionOptions session_options = {.manifest = options->manifest};
    session_options.manifest.without_key = session_options.manifest.without_source = true;
    AUTO(Session) *session = session_open(arena, &session_options, error);
    if (!session || !insist_on_migration(session, error))
        return false;
    const char *path = path_of(arena, options, session->manifest, format);
    if (!path)
        return report_write(session->target, session->migration, format, out, error);
    return refuse_other_file(path, options, error) && write_file(arena, session, format, path, error);
}

const Command command_report = {
    .name = "report",
    .summary = "all that the ledger says, as one HTML file to hand over",
    .help = "Writes what the ledger says of the migration into one HTML file that needs nothing but itself: what was "
            "to be done, "
            "when and by\n"
            "whom, what became of the rows, what was compared, checks, rejects by reason, steps, times, the way back. "
            "The source "
            "is not asked and\n"
            "need not be there. The file is NAME-report.html in the current folder, or what -o says; -o - is stdout. "
            "With --json the "
            "same as\n"
            "a document, on stdout unless -o names a file. A file that is there is replaced when it is a report.",
    .options = OPTION_MIGRATION | OPTION_JSON | OPTION_REPORT,
    .run = report_run,
};
