/* Connection strings: the password in one is never shown. */
#include "fuzz.h"

#include "manifest/mask.h"
#include "pg/conn.h"

#include <libpq-fe.h>

/* A secret so long that it cannot be a part of something else by chance, and which is none either. */
static bool is_telling(const PQconninfoOption *options, const char *secret)
{
    enum { LONG = 9 };
    if (strlen(secret) < LONG || strstr("sslpassword=*** passwords=*** ", secret))
        return false;
    for (; options->keyword; options++)
        if (options->val && options->val != secret && strstr(options->val, secret))
            return false;
    return true;
}

FUZZ(arena, text, length)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(text, &message);
    PQfreemem(message);
    const char *shown[] = {conn_mask_url(arena, text), mask_quote(arena, text)};
    HOLDS(shown[0] && shown[1]);
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (option->val && strstr(option->keyword, "password") && is_telling(options, option->val))
            HOLDS(!strstr(shown[0], option->val) && !strstr(shown[1], option->val));
    PQconninfoFree(options);
}
