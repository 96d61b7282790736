#include "catalog/row.h"

#include "base/text.h"
#include "pg/quote.h"

#include <stdlib.h>

size_t row_count(const Row *row)
{
    return (size_t)result_rows(row->result);
}

size_t row_siblings(const Row *row)
{
    const char *first = result_text(row->result, row->number, 0);
    int next = row->number + 1;
    while (next < result_rows(row->result) && text_equal(result_text(row->result, next, 0), first))
        next++;
    return (size_t)(next - row->number);
}

const char *row_peek(Row *row)
{
    return result_text(row->result, row->number, row->column++);
}

char *row_text(Row *row)
{
    return arena_strdup(row->arena, row_peek(row));
}

int64_t row_number(Row *row)
{
    return result_number(row->result, row->number, row->column++);
}

double row_real(Row *row)
{
    const char *text = row_peek(row);
    return text ? strtod(text, NULL) : 0;
}

ObjectId row_oid(Row *row)
{
    return (ObjectId)row_number(row);
}

bool row_bool(Row *row)
{
    return result_bool(row->result, row->number, row->column++);
}

char row_char(Row *row)
{
    const char *text = row_peek(row);
    return text ? text[0] : '\0';
}

void row_numbers(Row *row, NumberList *numbers)
{
    for (const char *next = row_peek(row); next && *next;) {
        char *end;
        LIST_PUSH(row->arena, numbers, (int)strtol(next, &end, 10));
        next = end;
    }
}

void row_texts(Row *row, StringList *texts)
{
    const char *array = row_peek(row);
    *texts = (StringList){0};
    if (array && quote_parse_array(row->arena, array, &texts->items, &texts->count))
        texts->capacity = texts->count;
}
