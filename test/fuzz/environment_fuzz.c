/* ${NAME} in a value of migration.yaml, the value of a parameter, and what a message may show of either. */
#include "fuzz.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/param_array.h"
#include "manifest/param_type.h"
#include "manifest/variables.h"

static void check_shown(const char *shown)
{
    enum { LONGEST = 60 + 5 };
    size_t length = strlen(shown);
    HOLDS(length >= 2 && length <= LONGEST && shown[0] == '"' && shown[length - 1] == '"');
    for (; *shown; shown++)
        HOLDS((unsigned char)*shown >= ' ');
}

/* What was split is written again, and gives the same. */
static void check_elements(Arena *arena, const StringList *elements)
{
    Text again = text_new(arena);
    FOR_EACH(const char *, element, *elements) {
        text_separate(&again, ",");
        text_add(&again, "\"");
        for (const char *c = *element; *c; c++)
            text_add(&again, *c == '"' ? "\"\"" : (const char[]){*c, '\0'});
        text_add(&again, "\"");
    }
    StringList second = {0};
    HOLDS(!param_array_split(arena, again.chars, &second) && second.count == elements->count);
    for (size_t i = 0; i < second.count; i++)
        HOLDS(text_equal(second.items[i], elements->items[i]));
}

FUZZ(arena, text, length)
{
    static const char *const types[] = {"int", "bigint", "numeric", "boolean", "uuid", "date", "timestamptz", "text"};
    Mistakes mistakes = {.arena = arena};
    setenv("FUZZ", "value of ${FUZZ}", 1);
    const char *filled = environment_fill(arena, text, (Place){"migration.yaml", 1, 1}, &mistakes);
    HOLDS((filled == NULL) == (mistakes.list.count > 0));
    if (!strchr(text, '$'))
        HOLDS(text_equal(filled, text));

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        param_type_mismatch(types[i], text);
    param_array_element_type(arena, text);
    StringList elements = {0};
    if (!param_array_split(arena, text, &elements))
        check_elements(arena, &elements);
    check_shown(mask_quote(arena, text));
}
