#include "ledger/budget.h"

#include "tap.h"

TEST(a_reason_counts_against_its_own_budget_then_its_kinds_then_what_is_left)
{
    AUTO(Arena) *arena = arena_new();
    BudgetStateList budgets = {0};
    LIST_PUSH(arena, &budgets, ((BudgetState){.entity = "a", .rows = 1}));
    LIST_PUSH(arena, &budgets,
              ((BudgetState){.entity = "a", .name = "unique", .written = "3", .rows = 3, .allowed = 3}));
    LIST_PUSH(arena, &budgets,
              ((BudgetState){.entity = "a", .name = "unique:b", .written = "1", .rows = 2, .allowed = 1}));
    CHECK(budget_of(&budgets, "a", "unique:b", true) == &budgets.items[2]);
    CHECK(budget_of(&budgets, "a", "unique:c", true) == &budgets.items[1]);
    CHECK(budget_of(&budgets, "a", "unique", true) == &budgets.items[1]);
    CHECK(budget_of(&budgets, "a", "uniquely", true) == &budgets.items[0]);
    CHECK(budget_of(&budgets, "b", "unique", true) == NULL);
    CHECK(budget_of(&budgets, "a", "cheap", false) == NULL);
    CHECK(budget_of(&budgets, "a", "unique:b", false) == &budgets.items[2]);
    CHECK_NUMBER(budget_rows_over(&budgets), 3);
}

TEST(what_the_manifest_allows_is_one_object)
{
    AUTO(Arena) *arena = arena_new();
    Manifest manifest = {.max_rejects = "1%"};
    Entity entity = {.name = "a"};
    CHECK_TEXT(budget_json(arena, &(Manifest){0}, &entity), "{\"reasons\":{}}");
    CHECK_TEXT(budget_json(arena, &manifest, &entity), "{\"max_rejects\":\"1%\",\"reasons\":{}}");
    entity.max_rejects = "0";
    LIST_PUSH(arena, &entity.rejects, ((RejectRule){.name = "cheap"}));
    LIST_PUSH(arena, &entity.rejects, ((RejectRule){.name = "dear", .budget = "3"}));
    LIST_PUSH(arena, &entity.budgets, ((Budget){.reason = "unique", .most = "10"}));
    CHECK_TEXT(budget_json(arena, &manifest, &entity),
               "{\"max_rejects\":\"0\",\"reasons\":{\"dear\":\"3\",\"unique\":\"10\"}}");
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
