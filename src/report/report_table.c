#include "report/report_table.h"

#include "base/text.h"
#include "ledger/number.h"

#include <stdlib.h>

void ReportRows_cleanup(ReportRows *rows)
{
    result_free(rows->result);
}

size_t report_columns(const ReportTable *table)
{
    size_t count = 0;
    while (count < REPORT_COLUMNS && table->columns[count].name)
        count++;
    return count;
}

/* ---- loading ---- */

/* The statement's own parameters behind the migration are NULL. */
static Result *ask(Arena *arena, Conn *target, int64_t migration, const ReportTable *table, const char *sql,
                   Error *error)
{
    const char *values[] = {number_text(arena, migration), NULL, NULL};
    return conn_query(target, sql, (Params){values, 1 + table->nulls}, error);
}

static bool is_summed(const ReportColumn *column)
{
    return column->kind == CELL_COUNT;
}

/* The columns get names by their place: statements need not name them. */
static const char *with_names(Arena *arena, const ReportTable *table, const char *select)
{
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT %s FROM (%s) AS q (", select, table->sql);
    for (size_t i = 0; i < report_columns(table); i++)
        text_addf(&sql, "%sc%zu", i > 0 ? ", " : "", i);
    text_add(&sql, ")");
    return sql.chars;
}

static bool load_sums(Arena *arena, Conn *target, int64_t migration, const ReportTable *table, ReportRows *rows,
                      Error *error)
{
    Text select = text_new(arena);
    for (size_t i = 0; i < report_columns(table); i++)
        text_addf(&select, is_summed(&table->columns[i]) ? "%scoalesce(sum(c%zu), 0)::bigint" : "%sNULL",
                  i > 0 ? ", " : "", i);
    AUTO(Result) *result = ask(arena, target, migration, table, with_names(arena, table, select.chars), error);
    for (size_t i = 0; result && i < report_columns(table); i++)
        rows->sums[i] = result_number(result, 0, (int)i);
    return result != NULL;
}

static bool is_empty(const ReportRows *rows, int row, size_t column)
{
    const char *text = result_text(rows->result, row, (int)column + 1);
    return !text || text_equal(text, "") || text_equal(text, "{}") || text_equal(text, "0");
}

static bool has_any(const ReportRows *rows, size_t column)
{
    for (int row = 0; row < rows->rows; row++)
        if (!is_empty(rows, row, column))
            return true;
    return false;
}

static void choose_columns(ReportRows *rows)
{
    for (size_t i = 0; i < report_columns(rows->table); i++) {
        const ReportColumn *column = &rows->table->columns[i];
        rows->shown[i] = column->title && (!column->if_any || has_any(rows, i));
    }
}

bool report_rows_load(Arena *arena, Conn *target, int64_t migration, const ReportTable *table, ReportRows *rows,
                      Error *error)
{
    *rows = (ReportRows){.table = table};
    const char *sql =
        arena_printf(arena, "%s LIMIT %d", with_names(arena, table, "count(*) OVER (), q.*"), REPORT_MOST_ROWS);
    rows->result = ask(arena, target, migration, table, sql, error);
    if (!rows->result)
        return error_doing(error, "reading %s", table->all);
    rows->rows = result_rows(rows->result);
    rows->total = rows->rows > 0 ? result_number(rows->result, 0, 0) : 0;
    choose_columns(rows);
    return !table->totals || rows->total < 2 || load_sums(arena, target, migration, table, rows, error);
}

/* ---- as a table of the page ---- */

static const char *class_of(const ReportColumn *column)
{
    return cell_is_number(column->kind) ? "number"
           : column->kind == CELL_TIME  ? "time"
           : column->kind == CELL_TEXT  ? "words"
           : column->kind == CELL_CODE  ? "code"
                                        : NULL;
}

static bool is_told(const ReportColumn *column)
{
    return column->kind != CELL_HIDDEN;
}

static void write_head(const ReportRows *rows, Html *html)
{
    html_begin(html, "thead", NULL);
    html_begin(html, "tr", NULL);
    for (size_t i = 0; i < report_columns(rows->table); i++)
        if (rows->shown[i]) {
            html_begin(html, "th", "scope", "col", "class", class_of(&rows->table->columns[i]), NULL);
            html_text(html, rows->table->columns[i].title);
            html_end(html);
        }
    html_end(html);
    html_end(html);
}

static void write_cell(Arena *arena, const ReportRows *rows, int row, size_t column, Html *html)
{
    const ReportColumn *of = &rows->table->columns[column];
    const int at = (int)column + 1;
    const StringList items = cell_is_list(of->kind) ? result_list(arena, rows->result, row, at) : (StringList){0};
    cell_write(arena, of->kind, result_text(rows->result, row, at), &items, html);
}

static bool stands_below(const ReportColumn *column)
{
    return column->name && !column->title && is_told(column);
}

/* A value, and below it those of the columns that have no title; of these only what there is. */
static void write_values(Arena *arena, const ReportRows *rows, int row, size_t column, Html *html)
{
    const ReportColumn *columns = rows->table->columns;
    write_cell(arena, rows, row, column, html);
    for (size_t below = column + 1; below < REPORT_COLUMNS && stands_below(&columns[below]); below++) {
        if (result_is_null(rows->result, row, (int)below + 1))
            continue;
        html_begin(html, "div", "class", "below", NULL);
        write_cell(arena, rows, row, below, html);
        html_end(html);
    }
}

static void write_row(const ReportRows *rows, int row, Html *html)
{
    AUTO(Arena) *arena = arena_new();
    const ReportColumn *columns = rows->table->columns;
    html_begin(html, "tr", NULL);
    for (size_t column = 0; column < report_columns(rows->table); column++) {
        if (!rows->shown[column])
            continue;
        if (column == 0)
            html_begin(html, "th", "scope", "row", "class", class_of(&columns[0]), NULL);
        else
            html_begin(html, "td", "class", class_of(&columns[column]), NULL);
        write_values(arena, rows, row, column, html);
        html_end(html);
    }
    html_end(html);
}

static void write_sums(const ReportRows *rows, Html *html)
{
    AUTO(Arena) *arena = arena_new();
    const ReportColumn *columns = rows->table->columns;
    html_begin(html, "tfoot", NULL);
    html_begin(html, "tr", NULL);
    html_begin(html, "th", "scope", "row", NULL);
    html_text(html, "All");
    html_end(html);
    for (size_t column = 1; column < report_columns(rows->table); column++) {
        if (!rows->shown[column])
            continue;
        html_begin(html, "td", "class", class_of(&columns[column]), NULL);
        html_text(html, is_summed(&columns[column]) ? text_of_count(arena, rows->sums[column]) : NULL);
        html_end(html);
    }
    html_end(html);
    html_end(html);
}

static void write_left_out(const ReportRows *rows, Html *html)
{
    AUTO(Arena) *arena = arena_new();
    if (rows->rows == rows->total)
        return;
    html_classed(html, "p", "note",
                 arena_printf(arena, "%s of %s; all of them are in %s.", text_of_count(arena, rows->rows),
                              text_of_count(arena, rows->total), rows->table->all));
}

void report_rows_write(const ReportRows *rows, Html *html)
{
    const ReportTable *table = rows->table;
    if (rows->total == 0) {
        if (table->none)
            html_classed(html, "p", "nothing", table->none);
        return;
    }
    html_begin(html, "div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label", table->caption, NULL);
    html_begin(html, "table", "id", table->name, NULL);
    html_begin(html, "caption", NULL);
    html_element(html, "span", table->caption);
    html_end(html);
    write_head(rows, html);
    html_begin(html, "tbody", NULL);
    for (int row = 0; row < rows->rows; row++)
        write_row(rows, row, html);
    html_end(html);
    if (table->totals && rows->total > 1)
        write_sums(rows, html);
    html_end(html);
    html_end(html);
    write_left_out(rows, html);
    if (table->note)
        html_classed(html, "p", "note", table->note);
}

/* ---- as a part of the document ---- */

static json_t *row_json(const ReportRows *rows, int row)
{
    AUTO(Arena) *arena = arena_new();
    json_t *object = json_object();
    for (size_t column = 0; column < report_columns(rows->table); column++) {
        const ReportColumn *of = &rows->table->columns[column];
        const int at = (int)column + 1;
        if (!is_told(of))
            continue;
        const StringList items = cell_is_list(of->kind) ? result_list(arena, rows->result, row, at) : (StringList){0};
        json_object_set_new(object, of->name, cell_json(of->kind, result_text(rows->result, row, at), &items));
    }
    return object;
}

json_t *report_rows_json(const ReportRows *rows)
{
    json_t *array = json_array();
    for (int row = 0; row < rows->rows; row++)
        json_array_append_new(array, row_json(rows, row));
    return array;
}

json_t *report_sums_json(const ReportRows *rows)
{
    json_t *object = json_object();
    for (size_t column = 0; column < report_columns(rows->table); column++)
        if (is_summed(&rows->table->columns[column]))
            json_object_set_new(object, rows->table->columns[column].name,
                                json_integer((json_int_t)rows->sums[column]));
    return object;
}
