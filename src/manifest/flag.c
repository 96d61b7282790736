#include "manifest/flag.h"

#include "manifest/mask.h"
#include "manifest/value.h"

#include <string.h>

enum { LONGEST_NAME = 63 };

static bool is_flag_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return false;
    return strlen(text) <= LONGEST_NAME;
}

void flag_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    FlagList *flags = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        Flag flag = {.name = pair->key->text, .place = pair->key->place};
        const Key flag_key = {.name = flag.name, .type = "true or false, its first value"};
        if (!is_flag_name(flag.name))
            mistake_add(reader->mistakes, flag.place, "%s cannot be the name of a flag: no blanks, at most %d bytes",
                        mask_quote(reader->arena, flag.name), LONGEST_NAME);
        value_read_flag(reader, &flag_key, pair->value, &flag.first);
        LIST_PUSH(reader->arena, flags, flag);
    }
}
