#include "manifest/for_each.h"

#include "manifest/sql.h"
#include "manifest/value.h"

void for_each_read_empty(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"refuse", "allow", NULL};
    const int word = value_word(reader, key, value, words);
    if (word >= 0)
        *(bool *)field = word == 1;
}

void for_each_read(Reader *reader, const Key *key, const Node *value, void *field)
{
    Entity *entity = field;
    const bool is_open = reader->variables.is_open;
    reader->variables.is_open = false; /* the query is asked before there are items */
    if (value->kind == NODE_MAPPING)
        section_read(reader, &section_for_each, value, entity);
    else
        sql_read_statement(reader, key, value, &entity->for_each);
    reader->variables.is_open = is_open;
}
