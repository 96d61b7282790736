#include "manifest/migration.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/sql.h"
#include "manifest/value.h"

#include <string.h>

static const char migration_version[] = "1";
enum { LONGEST_NAME = 63 };

void migration_read_version(Reader *reader, const Key *key, const Node *value, void *field)
{
    (void)field;
    const char *text = value_text(reader, key, value);
    if (text && !text_equal(text, migration_version))
        mistake_add(reader->mistakes, value->place,
                    "version %s of migration.yaml is not known to this rehome; it reads version %s",
                    mask_quote(reader->arena, value->text), migration_version);
}

void migration_read_name(Reader *reader, const Key *key, const Node *value, void *field)
{
    const char *text = value_text(reader, key, value);
    if (!text)
        return;
    bool fits = strlen(text) <= LONGEST_NAME;
    for (const char *c = text; *c != '\0'; c++)
        fits &= (unsigned char)*c > ' ' && *c != 0x7F && !strchr("/\\\"'", *c);
    if (fits)
        *(const char **)field = text;
    else
        mistake_add(reader->mistakes, value->place,
                    "%s cannot be the name of a migration: no blanks, quotes and slashes, at most %d bytes",
                    mask_quote(reader->arena, value->text), LONGEST_NAME);
}

void migration_read_scripts(Reader *reader, const Key *key, const Node *value, void *field)
{
    if (!value_is(reader, key, value, NODE_LIST))
        return;
    FOR_EACH(const Node *, item, value->items) {
        const Key item_key = {.name = key->name, .type = "an SQL file or SQL"};
        sql_read_script(reader, &item_key, *item, LIST_ADD(reader->arena, (SqlList *)field));
    }
}
