/* Connection strings: the password in one is never shown. */
#include "fuzz.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "pg/conn.h"

#include <libpq-fe.h>

static bool is_secret(const PQconninfoOption *option)
{
    return strstr(option->keyword, "password");
}

/* All that may be shown: a secret that is a part of it by chance tells nothing. */
static const char *public_part(Arena *arena, const PQconninfoOption *options)
{
    Text text = text_new(arena);
    text_add(&text, "postgresql:// ");
    for (; options && options->keyword; options++)
        if (options->val)
            text_addf(&text, "%s=%s ", options->keyword, is_secret(options) ? "***" : options->val);
    return text.chars;
}

enum { LEAST = 8 }; /* a shorter one may be in what is shown by chance, such as a quote */

FUZZ(arena, text, length)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(text, &message);
    PQfreemem(message);
    const char *shown[] = {conn_mask_url(arena, text), mask_quote(arena, text)};
    HOLDS(shown[0] && shown[1]);
    const char *public = public_part(arena, options);
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (option->val && is_secret(option) && strlen(option->val) >= LEAST && !strstr(public, option->val))
            HOLDS(!strstr(shown[0], option->val) && !strstr(shown[1], option->val));
    PQconninfoFree(options);
}
