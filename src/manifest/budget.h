/* How many rejects an entity may have: `max_rejects: 0.5%`, `budgets: { unique: 10 }`, `budget: 3` of a rule. */
#pragma once

#include "manifest/keys.h"

KeyRead budget_read;           /* const char *: "10" or "0.5%" */
KeyRead budget_read_by_reason; /* BudgetList */

/* What can be told when the rules of the entity are known. */
void budget_check(Reader *reader, const Entity *entity);
