/* Rejects as `rehome rejects` and `rehome status` tell them. */
#pragma once

#include "engine/redrive.h"
#include "ledger/budget.h"
#include "ledger/reject.h"

#include <jansson.h>
#include <stdio.h>

/* By entity and reason: how many, what the budget says of them, some keys. */
void rejects_print(Arena *arena, const RejectGroupList *groups, const BudgetStateList *budgets, FILE *out);
json_t *rejects_json(const RejectGroupList *groups, const BudgetStateList *budgets);
/* What became of those that were tried again. */
void redriven_print(Arena *arena, const RedrivenList *redriven, FILE *out);
json_t *redriven_json(const RedrivenList *redriven);
/* All that is known of one. */
void reject_print(const Reject *reject, FILE *out);

typedef enum RejectsFormat { REJECTS_CSV, REJECTS_JSON } RejectsFormat;
/* One after another: begin, any number of rejects, end. */
void rejects_export_begin(RejectsFormat format, FILE *out);
void rejects_export(RejectsFormat format, const RejectList *rejects, bool first, FILE *out);
void rejects_export_end(RejectsFormat format, FILE *out);
