#include "engine/wait.h"

#include "base/text.h"
#include "pg/outline.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdlib.h>

enum { QUERY_SHOWN = 60 };

bool waits_load(Arena *arena, Conn *conn, const StringList *backends, WaitList *waits, Error *error)
{
    AUTO(Result) *result =
        conn_query(conn, sql_engine_waits, PARAMS(quote_array(arena, backends->items, backends->count)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, waits,
                  ((Wait){.backend = result_number(result, row, 0),
                          .is_there = result_bool(result, row, 1),
                          .type = result_copy(arena, result, row, 2),
                          .event = result_copy(arena, result, row, 3),
                          .lock = result_copy(arena, result, row, 4),
                          .holder = result_number(result, row, 5),
                          .user = result_copy(arena, result, row, 6),
                          .application = result_copy(arena, result, row, 7),
                          .state = result_copy(arena, result, row, 8),
                          .seconds = result_is_null(result, row, 9) ? 0 : strtod(result_text(result, row, 9), NULL),
                          .query = result_copy(arena, result, row, 10),
                          .server = result_copy(arena, result, row, 11)}));
    return result != NULL;
}

static char *describe_holder(Arena *arena, const Wait *wait)
{
    if (!wait->holder)
        return arena_strdup(arena, ", held by a prepared transaction");
    Text text = text_new(arena);
    text_addf(&text, ", held by pid %lld", (long long)wait->holder);
    if (!wait->user && !wait->state)
        return text.chars;
    const bool named = wait->application && *wait->application;
    text_addf(&text, " (%s%s%s", named ? wait->application : "", named && wait->user ? " of " : "", wait->user ? wait->user : "");
    if (wait->state)
        text_addf(&text, ", %s", wait->state);
    if (wait->seconds > 0)
        text_addf(&text, " for %s", text_of_duration(arena, wait->seconds));
    if (wait->state && wait->query && *wait->query)
        text_addf(&text, ": %s", outline_of(arena, wait->query, QUERY_SHOWN));
    text_add(&text, ")");
    return text.chars;
}

static const struct {
    const char *type, *event; /* event NULL: any */
    const char *what;
} others[] = {
    {"IO", NULL, "I/O"},
    {"IPC", "SyncRep", "a synchronous standby"},
    {"IPC", NULL, "another process of the server"},
    {"LWLock", NULL, "the server itself"},
    {"BufferPin", NULL, "somebody who reads the same page"},
    {"Client", "ClientRead", "rows from the other side"},
    {"Client", "ClientWrite", "the other side to take rows"},
    {"Client", NULL, "the client"},
    {"Timeout", NULL, "a pause of its own"},
    {"Extension", NULL, "an extension"},
};

char *wait_describe(Arena *arena, const Wait *wait)
{
    if (text_equal(wait->type, "Lock"))
        return arena_printf(arena, "a lock on %s%s", wait->lock ? wait->lock : wait->event, describe_holder(arena, wait));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_equal(wait->type, others[i].type) && (!others[i].event || text_equal(wait->event, others[i].event)))
            return arena_printf(arena, "%s (%s)", others[i].what, wait->event);
    return NULL;
}
