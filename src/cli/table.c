#include "cli/table.h"

#include "cli/terminal.h"

static const char gap[] = "  ";

Table table_new(Arena *arena, const TableColumn *columns, size_t count)
{
    return (Table){.arena = arena, .columns = columns, .width = count};
}

const char **table_add_row(Table *table)
{
    const char **cells = NEW_ARRAY(table->arena, const char *, table->width);
    for (size_t i = 0; i < table->width; i++)
        cells[i] = "";
    LIST_PUSH(table->arena, &table->rows, cells);
    return cells;
}

void table_add_line(Table *table)
{
    LIST_PUSH(table->arena, &table->rows, NULL);
}

static int widest(const Table *table, size_t column)
{
    int width = terminal_columns(table->columns[column].title);
    FOR_EACH(const char **, row, table->rows) {
        int cell = *row ? terminal_columns((*row)[column]) : 0;
        width = cell > width ? cell : width;
    }
    return width;
}

/* The last cell of a line stays without blanks behind it. */
static void print_cell(const Table *table, size_t column, const char *cell, int width, FILE *out)
{
    bool right = table->columns[column].right, last = column + 1 == table->width;
    Text text = text_new(table->arena);
    terminal_add_cell(&text, cell, last && !right ? terminal_columns(cell) : width, right);
    fprintf(out, "%s%s", column > 0 ? gap : "", text.chars);
}

static void print_line(const Table *table, const int *widths, FILE *out)
{
    for (size_t column = 0; column < table->width; column++) {
        fputs(column > 0 ? gap : "", out);
        for (int i = 0; i < widths[column]; i++)
            fputs(terminal_is_utf8() ? "─" : "-", out);
    }
    fputc('\n', out);
}

void table_print(const Table *table, FILE *out)
{
    int *widths = NEW_ARRAY(table->arena, int, table->width);
    for (size_t column = 0; column < table->width; column++)
        widths[column] = widest(table, column);

    for (size_t column = 0; column < table->width; column++)
        print_cell(table, column, table->columns[column].title, widths[column], out);
    fputc('\n', out);
    print_line(table, widths, out);
    FOR_EACH(const char **, row, table->rows) {
        if (!*row) {
            print_line(table, widths, out);
            continue;
        }
        for (size_t column = 0; column < table->width; column++)
            print_cell(table, column, (*row)[column], widths[column], out);
        fputc('\n', out);
    }
}
