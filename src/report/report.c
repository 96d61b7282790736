#include "report/report.h"

#include "base/text.h"
#include "ledger/ledger.h"
#include "report/facts.h"
#include "report/flow.h"
#include "report/page.h"
#include "report/report_table.h"
#include "report/timeline.h"

#include <jansson.h>
#include <string.h>

/* ---- the document ---- */

static bool add_table(Conn *target, int64_t migration, const ReportTable *table, json_t *document, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(ReportRows) rows = {0};
    if (!report_rows_load(arena, target, migration, table, &rows, error))
        return false;
    json_object_set_new(document, table->name, report_rows_json(&rows));
    if (table->totals && rows.total > 1)
        json_object_set_new(json_object_get(document, "totals"), table->name, report_sums_json(&rows));
    if (rows.rows < rows.total)
        json_object_set_new(json_object_get(document, "left_out"), table->name,
                            json_integer((json_int_t)(rows.total - rows.rows)));
    return true;
}

static bool add_pictures(Conn *target, int64_t migration, json_t *document, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    FlowLinkList links = {0};
    Timeline timeline;
    if (!flow_load(arena, target, migration, &links, error) ||
        !timeline_load(arena, target, migration, &timeline, error))
        return false;
    json_object_set_new(document, "flow", flow_json(&links));
    json_object_set_new(document, "timeline", timeline_json(&timeline));
    return true;
}

static bool write_json(Conn *target, int64_t migration, FILE *out, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Facts) facts = {0};
    if (!facts_load(arena, target, migration, &facts, error))
        return false;
    const Verdict verdict = facts_verdict(&facts);
    json_auto_t *document =
        json_pack("{s:s, s:{s:s, s:s}, s:o, s:{}, s:{}}", "generator", REPORT_GENERATOR, "verdict", "word",
                  verdict.word, "words", verdict.words, "migration", facts_json(&facts), "totals", "left_out");
    for (const ReportSection *section = report_sections; section->id; section++)
        for (const ReportTable *table = section->tables; table->name; table++)
            if (!add_table(target, migration, table, document, error))
                return false;
    if (!add_pictures(target, migration, document, error))
        return false;
    json_dumpf(document, out, JSON_INDENT(2));
    fputc('\n', out);
    return true;
}

/* ---- the whole ---- */

/* A ledger of an older version is brought up to date for as long as it is read, and then is what it was. */
static bool begin(Conn *target, Error *error)
{
    Error older = {0};
    if (ledger_insist_on_current(target, &older))
        return conn_begin(target, "ISOLATION LEVEL REPEATABLE READ, READ ONLY", error);
    return conn_begin(target, "ISOLATION LEVEL REPEATABLE READ, READ WRITE", error) &&
           conn_script(target, "SET LOCAL lock_timeout = '2s'", error) && ledger_install(target, error);
}

bool report_write(Conn *target, int64_t migration, ReportFormat format, FILE *out, Error *error)
{
    if (!begin(target, error)) {
        conn_rollback(target);
        return error_doing(error, "reading the ledger");
    }
    const bool written = (format == REPORT_JSON ? write_json : page_print)(target, migration, out, error);
    conn_rollback(target);
    return written || error_doing(error, "reading the ledger");
}

/* ---- files ---- */

static bool may_be_in_a_name(char character)
{
    return strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", character) != NULL;
}

/* A run of other characters is one hyphen. */
static void add_safely(Text *name, const char *text)
{
    for (; *text; text++)
        if (may_be_in_a_name(*text) && (name->length > 0 || !strchr(".-", *text)))
            text_add_n(name, text, 1);
        else if (name->length > 0 && name->chars[name->length - 1] != '-')
            text_add(name, "-");
}

char *report_file_name(Arena *arena, const char *name, const char *const *values, size_t count, ReportFormat format)
{
    enum { LONGEST = 120 };
    Text file = text_new(arena);
    add_safely(&file, name);
    for (size_t i = 0; i < count; i++) {
        if (file.length > 0 && file.chars[file.length - 1] != '-')
            text_add(&file, "-");
        add_safely(&file, values[i]);
    }
    size_t length = file.length < LONGEST ? file.length : LONGEST;
    while (length > 0 && file.chars[length - 1] == '-')
        length--;
    return arena_printf(arena, "%.*s%sreport.%s", (int)length, length > 0 ? file.chars : "", length > 0 ? "-" : "",
                        format == REPORT_JSON ? "json" : "html");
}

static void File_cleanup(FILE **file)
{
    if (*file)
        fclose(*file);
}
typedef FILE File;

bool report_is_report(const char *path)
{
    char beginning[1024];
    AUTO(File) *file = fopen(path, "rbe");
    const size_t length = file ? fread(beginning, 1, sizeof beginning - 1, file) : 0;
    beginning[length] = '\0';
    return file && (length == 0 || strstr(beginning, "<meta name=\"generator\" content=\"rehome ") ||
                    text_starts_with(beginning, "{\n  \"generator\": \"rehome "));
}
