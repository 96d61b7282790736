#include "report/page.h"

#include "base/text.h"
#include "report/facts.h"
#include "report/flow.h"
#include "report/report_table.h"
#include "report/timeline.h"
#include "sql/embedded.h"

#include <stdlib.h>

typedef struct Page {
    Arena *arena;
    Conn *target;
    int64_t migration;
    const Facts *facts;
    Html *html;
} Page;

/* ---- the head ---- */

static void write_meta(Html *html, const char *name, const char *content)
{
    html_empty(html, "meta", "name", name, "content", content, NULL);
}

/* What the page may load is nothing at all. */
static void write_head(const Page *page)
{
    Html *html = page->html;
    html_begin(html, "head", NULL);
    html_empty(html, "meta", "charset", "utf-8", NULL);
    write_meta(html, "generator", REPORT_GENERATOR);
    html_empty(html, "meta", "http-equiv", "Content-Security-Policy", "content",
               "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
               NULL);
    write_meta(html, "viewport", "width=device-width, initial-scale=1");
    write_meta(html, "color-scheme", "light dark");
    write_meta(html, "robots", "noindex");
    html_empty(html, "link", "rel", "icon", "href", "data:,", NULL);
    html_element(html, "title",
                 arena_printf(page->arena, "%s: report of the migration", facts_text(page->facts, "name")));
    html_begin(html, "style", NULL);
    fputs(css_report_page, html->out);
    html_end(html);
    html_end(html);
}

/* ---- summary ---- */

static char *count(const Page *page, const char *fact)
{
    return text_of_count(page->arena, facts_number(page->facts, fact));
}

static void write_verdict(const Page *page)
{
    const Verdict verdict = facts_verdict(page->facts);
    html_begin(page->html, "div", "class", arena_printf(page->arena, "verdict %s", verdict.mood), NULL);
    html_classed(page->html, "p", "word", verdict.word);
    html_element(page->html, "p", verdict.words);
    html_end(page->html);
}

/* read = written + unchanged + merged + filtered + rejected */
static void write_equation(const Page *page)
{
    static const struct {
        const char *sign, *fact, *title;
    } terms[] = {{NULL, "read", "rows read"}, {"=", "written", "written"},   {"+", "unchanged", "unchanged"},
                 {"+", "merged", "merged"},   {"+", "filtered", "filtered"}, {"+", "rejected", "rejected"}};
    Html *html = page->html;
    html_begin(html, "div", "class", "equation", NULL);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        html_begin(html, "div", "class", "term", NULL);
        if (terms[i].sign)
            html_classed(html, "span", "sign", terms[i].sign);
        html_classed(html, "b", facts_number(page->facts, terms[i].fact) ? NULL : "zero", count(page, terms[i].fact));
        html_classed(html, "span", "title", terms[i].title);
        html_end(html);
    }
    html_end(html);
}

static void write_fact(const Page *page, const char *title, const char *value)
{
    html_begin(page->html, "div", NULL);
    html_element(page->html, "dt", title);
    html_element(page->html, "dd", value);
    html_end(page->html);
}

static const char *time_or(const Page *page, const char *fact, const char *otherwise)
{
    const char *text = facts_text(page->facts, fact);
    return text ? cell_time(page->arena, text) : otherwise;
}

static char *of_all(const Page *page, const char *part, const char *all)
{
    return arena_printf(page->arena, "%s of %s", count(page, part), count(page, all));
}

/* "7 passed, 3 warned": of checks or benches, by their state. */
static const char *outcomes(const Page *page, const char *what, const char *const states[3])
{
    Text text = text_new(page->arena);
    for (size_t i = 0; i < 3; i++) {
        const char *fact = arena_printf(page->arena, "%s_%s", what, states[i]);
        if (facts_number(page->facts, fact) == 0)
            continue;
        text_separate(&text, ", ");
        text_addf(&text, "%s %s", count(page, fact), states[i]);
    }
    return text.length > 0 ? text.chars : "none";
}

static const char *standing(const Page *page)
{
    const char *phase = facts_text(page->facts, "phase"), *state = facts_text(page->facts, "state");
    return text_equal(phase, state) ? phase : arena_printf(page->arena, "%s, %s", phase, state);
}

static void write_facts(const Page *page)
{
    Arena *arena = page->arena;
    const Facts *facts = page->facts;
    const int64_t wrong =
        facts_number(facts, "missing") + facts_number(facts, "extra") + facts_number(facts, "different");
    html_begin(page->html, "dl", "class", "facts", NULL);
    write_fact(page, "Phase", standing(page));
    write_fact(page, "Began", time_or(page, "first_run", "not run"));
    write_fact(page, "Done for the first time", time_or(page, "finished_at", "not yet"));
    write_fact(page, "Runs",
               arena_printf(arena, "%s, %s", count(page, "runs"),
                            text_of_duration(arena, strtod(facts_text(facts, "run_seconds"), NULL))));
    write_fact(page, "Steps done", of_all(page, "steps_done", "steps"));
    write_fact(page, "Chunks done", of_all(page, "chunks_done", "chunks"));
    write_fact(page, "Entities compared", of_all(page, "verified", "entities"));
    write_fact(page, "Rows that differ", text_of_count(arena, wrong));
    write_fact(page, "Checks", outcomes(page, "checks", (const char *[]){"passed", "warned", "failed"}));
    write_fact(page, "Benches", outcomes(page, "benches", (const char *[]){"passed", "missed", "failed"}));
    write_fact(page, "Rejects waived", of_all(page, "waived", "rejects"));
    write_fact(page, "Rejects over their budget", text_of_count(arena, facts->over_budget));
    html_end(page->html);
}

static void write_contents(const Page *page)
{
    Html *html = page->html;
    html_begin(html, "nav", "aria-label", "Contents", NULL);
    for (const ReportSection *section = report_sections; section->id; section++) {
        html_begin(html, "a", "href", arena_printf(page->arena, "#part-%s", section->id), NULL);
        html_text(html, section->title);
        html_end(html);
    }
    html_end(html);
}

static void write_header(const Page *page)
{
    Html *html = page->html;
    html_begin(html, "header", NULL);
    html_classed(html, "p", "kind", "Report of a migration");
    html_begin(html, "h1", NULL);
    html_element(html, "bdi", facts_text(page->facts, "name"));
    html_end(html);
    html_begin(html, "p", "class", "made", NULL);
    html_text(html, arena_printf(page->arena, "As the ledger in database %s said on %s UTC. All times are UTC.",
                                 facts_text(page->facts, "database"), time_or(page, "made_at", "")));
    html_end(html);
    html_end(html);
    write_contents(page);
    html_begin(html, "section", "id", "summary", "aria-label", "Summary", NULL);
    write_verdict(page);
    write_equation(page);
    write_facts(page);
    html_end(html);
}

/* ---- sections ---- */

static bool begin_picture(const Page *page, bool drawn)
{
    if (drawn)
        html_begin(page->html, "figure", NULL);
    return drawn;
}

static void end_picture(const Page *page, const char *caption)
{
    html_element(page->html, "figcaption", caption);
    html_end(page->html);
}

static bool write_flow(const Page *page, Error *error)
{
    FlowLinkList links = {0};
    if (!flow_load(page->arena, page->target, page->migration, &links, error))
        return false;
    if (begin_picture(page, links.count > 0)) {
        flow_draw(page->arena, &links, page->html);
        end_picture(page, "From the tables of the source to those of the target: a band is as thick as it has rows. "
                          "Numbers at the arrows' ends are rows "
                          "that arrived: written, unchanged or merged.");
    }
    return true;
}

static bool write_timeline(const Page *page, Error *error)
{
    Timeline timeline;
    if (!timeline_load(page->arena, page->target, page->migration, &timeline, error))
        return false;
    if (begin_picture(page, timeline.began != NULL)) {
        timeline_draw(page->arena, &timeline, page->html);
        end_picture(page, arena_printf(page->arena,
                                       "Rows read, from %s on. Each lane is as high as its own busiest moment; the "
                                       "number is all of its rows. The rows of a "
                                       "chunk are spread over the time that it took.",
                                       cell_time(page->arena, timeline.began)));
    }
    return true;
}

static bool write_picture(const Page *page, ReportPicture picture, Error *error)
{
    return picture == PICTURE_FLOW       ? write_flow(page, error)
           : picture == PICTURE_TIMELINE ? write_timeline(page, error)
                                         : true;
}

static bool write_table(const Page *page, const ReportTable *table, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(ReportRows) rows = {0};
    if (!report_rows_load(arena, page->target, page->migration, table, &rows, error))
        return false;
    report_rows_write(&rows, page->html);
    return true;
}

static bool write_section(const Page *page, const ReportSection *section, Error *error)
{
    html_begin(page->html, "section", "id", arena_printf(page->arena, "part-%s", section->id), NULL);
    html_element(page->html, "h2", section->title);
    if (section->words)
        html_element(page->html, "p", section->words);
    if (!write_picture(page, section->picture, error))
        return false;
    for (const ReportTable *table = section->tables; table->name; table++)
        if (!write_table(page, table, error))
            return false;
    html_end(page->html);
    return true;
}

static void write_footer(const Page *page)
{
    html_begin(page->html, "footer", NULL);
    html_element(page->html, "p",
                 arena_printf(page->arena,
                              "Written by %s on %s UTC, over a session of role %s with PostgreSQL %s, out of the "
                              "ledger (schema rehome, version %s) alone: "
                              "migration %s, made known on %s by %s. Nothing else was asked.",
                              REPORT_GENERATOR, time_or(page, "made_at", ""), facts_text(page->facts, "made_by"),
                              facts_text(page->facts, "server_version"), facts_text(page->facts, "ledger_version"),
                              facts_text(page->facts, "id"), time_or(page, "created_at", ""),
                              facts_text(page->facts, "created_by")));
    html_end(page->html);
}

static bool write_body(const Page *page, Error *error)
{
    html_begin(page->html, "body", NULL);
    html_begin(page->html, "main", NULL);
    write_header(page);
    for (const ReportSection *section = report_sections; section->id; section++)
        if (!write_section(page, section, error))
            return false;
    write_footer(page);
    html_end(page->html);
    html_end(page->html);
    return true;
}

bool page_print(Conn *target, int64_t migration, FILE *out, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Facts) facts = {0};
    Html html = {.out = out};
    const Page page = {arena, target, migration, &facts, &html};
    if (!facts_load(arena, target, migration, &facts, error))
        return false;
    fputs("<!DOCTYPE html>\n", out);
    html_begin(&html, "html", "lang", "en", NULL);
    write_head(&page);
    const bool written = write_body(&page, error);
    if (written)
        html_end(&html);
    fputc('\n', out);
    return written;
}
