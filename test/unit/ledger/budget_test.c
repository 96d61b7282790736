#include "ledger/budget.h"

#include "tap.h"

TEST(a_reason_counts_against_its_own_budget_then_its_kinds_then_what_is_left)
{
    AUTO(Arena) *arena = arena_new();
    BudgetStateList budgets = {0};
    LIST_PUSH(arena, &budgets, ((BudgetState){.entity = "a", .rows = 1}));
    LIST_PUSH(arena, &budgets, ((BudgetState){.entity = "a", .name = "unique", .written = "3", .rows = 3, .allowed = 3}));
    LIST_PUSH(arena, &budgets, ((BudgetState){.entity = "a", .name = "unique:b", .written = "1", .rows = 2, .allowed = 1}));
    CHECK(budget_of(&budgets, "a", "unique:b") == &budgets.items[2]);
    CHECK(budget_of(&budgets, "a", "unique:c") == &budgets.items[1]);
    CHECK(budget_of(&budgets, "a", "unique") == &budgets.items[1]);
    CHECK(budget_of(&budgets, "a", "uniquely") == &budgets.items[0]);
    CHECK(budget_of(&budgets, "b", "unique") == NULL);
    CHECK_NUMBER(budget_rows_over(&budgets), 3);
}

TEST(a_budget_says_what_was_written)
{
    AUTO(Arena) *arena = arena_new();
    BudgetState budget = {.entity = "a", .rows = 1200, .allowed = 10};
    CHECK_TEXT(budget_print(arena, &budget), "1,200 of at most 10");
    budget.written = "0.5%";
    CHECK_TEXT(budget_print(arena, &budget), "1,200 of at most 10 (max_rejects: 0.5%)");
    budget.name = "unique";
    CHECK_TEXT(budget_print(arena, &budget), "1,200 of at most 10 (budget of unique: 0.5%)");
}
