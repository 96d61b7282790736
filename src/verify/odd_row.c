#include "verify/odd_row.h"

#include "pg/quote.h"

const char *const *odd_row_texts(Arena *arena, const Result *result, int row, int column, size_t expected)
{
    const char **items = NULL;
    size_t count = 0;
    if (result_is_null(result, row, column) || expected == 0 ||
        !quote_parse_array(arena, result_text(result, row, column), &items, &count) || count != expected)
        return NULL;
    return items;
}
