/* Budgets of rejects while rows are moved: an entity that is over one that the manifest gives stops at its next chunk.
 */
#pragma once

#include "engine/worker.h"
#include "ledger/budget.h"

/* The first budget of the manifest that the entity is over by now; NULL in *over: none. */
bool allowance_exceeded(Arena *arena, const Session *session, Conn *target, const EntityPlan *entity, const BudgetState **over,
                        Error *error);

/* False with ERROR_STATE, which is written down at the entity's step by then. The transaction in which the chunk was
 * claimed has ended with it. */
bool allowance_check(Arena *arena, Worker *worker, const EntityPlan *entity, Error *error);
