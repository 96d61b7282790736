/* A KEY of `rehome rejects` as a person writes it. */
#include "fuzz.h"

#include "base/text.h"
#include "ledger/reject.h"

#include <jansson.h>

FUZZ(arena, text, length)
{
    RejectFilter filter = {0};
    Error error = {0};
    bool fine = reject_key_parse(arena, text, &filter, &error);
    HOLDS(fine ? error.kind == ERROR_NONE : error.kind == ERROR_INPUT && *error.hint);
    HOLDS(fine == (filter.ids.count + filter.keys.count + filter.values.count > 0));
    FOR_EACH(const char *, id, filter.ids)
        HOLDS(**id && strspn(*id, "0123456789") == strlen(*id));
    FOR_EACH(const char *, value, filter.values)
        HOLDS(text_equal(*value, text));
    FOR_EACH(const char *, key, filter.keys) {
        json_t *object = json_loads(*key, 0, NULL);
        HOLDS(json_is_object(object));
        json_decref(object);
    }
}
