#include "engine/retried.h"

#include "ledger/number.h"
#include "sql/embedded.h"

void retried_keep(Retried *retried, const ClaimedStep *step, const ClaimedChunk *chunk, const Error *why)
{
    retried_forget(retried);
    Arena *arena = retried->arena = arena_new();
    retried->entity = arena_strdup(arena, step ? step->entity : chunk->entity);
    retried->step = step ? arena_strdup(arena, step->name) : NULL;
    retried->message = step ? arena_strdup(arena, why->message)
                            : arena_printf(arena, "chunk %lld: %s", (long long)chunk->id, why->message);
    retried->sqlstate = arena_strdup(arena, why->sqlstate);
}

void retried_tell(Retried *retried, Conn *target, int64_t migration)
{
    Error ignored = {0};
    if (!retried->arena)
        return;
    conn_exec(target, sql_ledger_add_retry,
              PARAMS(number_text(retried->arena, migration), retried->entity, retried->step, retried->message,
                     retried->sqlstate),
              NULL, &ignored);
    retried_forget(retried);
}

void retried_forget(Retried *retried)
{
    if (retried->arena)
        arena_free(retried->arena);
    *retried = (Retried){0};
}
