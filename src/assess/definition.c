#include "assess/definition.h"

#include "base/text.h"
#include "pg/quote.h"

#include <string.h>

/* `word` outside of double quotes; NULL: it is not there. */
static const char *find_word(const char *text, const char *word)
{
    bool quoted = false;
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (!quoted && text_starts_with(at, word))
            return at;
    }
    return NULL;
}

char *definition_of_index(Arena *arena, const Index *index, const char *name, const char *table)
{
    const char *how = find_word(index->definition, " USING ");
    if (!how)
        return NULL;
    return arena_printf(arena, "CREATE %sINDEX %s ON %s%s", index->unique ? "UNIQUE " : "", quote_name(arena, name), table, how);
}

char *definition_of_foreign_key(Arena *arena, const char *definition, const char *table)
{
    static const char refers[] = " REFERENCES ", invalid[] = " NOT VALID";
    const char *before = find_word(definition, refers);
    const char *columns = before ? find_word(before + strlen(refers), "(") : NULL;
    if (!columns)
        return NULL;
    Text sql = text_new(arena);
    text_add_n(&sql, definition, (size_t)(before - definition) + strlen(refers));
    text_add(&sql, table);
    text_add_n(&sql, columns, strlen(columns) - (text_ends_with(columns, invalid) ? strlen(invalid) : 0));
    return sql.chars;
}
