/* How many rejects the manifest allows, and how many there are: rehome.entity.budgets against rehome.reject. Waived
 * ones count against nothing. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "manifest/manifest.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct BudgetState {
    const char *entity;
    const char *name;    /* a reason, or a kind of them; NULL: all that have no budget of their own */
    const char *written; /* "0.5%", "10"; NULL: the manifest says nothing, so nothing is allowed */
    int64_t rows, allowed;
} BudgetState;
typedef LIST(BudgetState) BudgetStateList;

/* What the manifest allows an entity, as JSON for the ledger: `{"max_rejects": "0.5%", "reasons": {"unique": "10"}}`.
 */
char *budget_json(Arena *arena, const Manifest *manifest, const Entity *entity);
bool budget_write(Conn *target, int64_t migration, const Manifest *manifest, const Entity *entity, Error *error);

/* Of one entity, or of all when it is NULL: those budgets that some reject counts against. */
bool budget_load(Arena *arena, Conn *target, int64_t migration, const char *entity, BudgetStateList *budgets,
                 Error *error);
bool budget_is_over(const BudgetState *budget);
/* Rows of all budgets that are over. */
int64_t budget_rows_over(const BudgetStateList *budgets);
/* The one that rejects of this reason count against, those that are not `budgeted` only against one of their own; NULL:
 * none of them counts. */
const BudgetState *budget_of(const BudgetStateList *budgets, const char *entity, const char *reason, bool budgeted);
/* `12 of at most 10 (budgets: unique)` */
char *budget_print(Arena *arena, const BudgetState *budget);
