#include "report/facts.h"

#include "base/text.h"
#include "ledger/budget.h"
#include "ledger/ledger.h"
#include "ledger/number.h"
#include "report/cell.h"
#include "sql/embedded.h"

#include <stdlib.h>

/* ---- the verdict ---- */

static bool is_undone(const Standing *standing)
{
    return text_equal(standing->phase, "rolled back");
}

static bool is_being_undone(const Standing *standing)
{
    return text_equal(standing->phase, "rollback");
}

static bool is_unbalanced(const Standing *standing)
{
    return !standing->balanced;
}

static bool differs(const Standing *standing)
{
    return standing->missing + standing->extra + standing->different > 0;
}

static bool has_complaints(const Standing *standing)
{
    return standing->complaints > 0 || standing->unequal > 0;
}

static bool is_suspect(const Standing *standing)
{
    return standing->suspect > 0;
}

static bool has_bad_findings(const Standing *standing)
{
    return standing->findings_bad > 0;
}

static bool has_failed_checks(const Standing *standing)
{
    return standing->checks_failed > 0;
}

static bool has_failed(const Standing *standing)
{
    return standing->steps_failed > 0 || text_equal(standing->state, "failed");
}

static bool is_unfinished(const Standing *standing)
{
    return !text_equal(standing->phase, "done") || !text_equal(standing->state, "done");
}

static bool is_unproved(const Standing *standing)
{
    return standing->verified < standing->entities;
}

static bool is_over_budget(const Standing *standing)
{
    return standing->over_budget > 0;
}

static bool is_slow(const Standing *standing)
{
    return standing->benches_bad > 0;
}

static bool is_good(const Standing *standing)
{
    return standing != NULL;
}

/* The first that holds. */
static const struct Rule {
    bool (*holds)(const Standing *standing);
    Verdict verdict;
} rules[] = {
    {is_being_undone, {"warn", "Being rolled back", "A rollback was begun and is not finished."}},
    {is_undone,
     {"calm", "Rolled back",
      "Everything that the migration did was undone, but for what is listed under the way back."}},
    {is_unbalanced,
     {"bad", "Books out of balance", "The numbers of rows read and of what became of them do not agree."}},
    {differs, {"bad", "Differences found", "The latest comparison found rows that are not the same on both sides."}},
    {has_complaints, {"bad", "Not proved", "Something speaks against the latest comparison."}},
    {has_bad_findings,
     {"bad", "Not as declared",
      "The rows agree, but something of the target is not as it was declared, see under Verification."}},
    {has_failed_checks, {"bad", "A check failed", "The rows were moved, but a check of the manifest did not pass."}},
    {is_suspect,
     {"warn", "Not settled",
      "Rows differed whenever they were compared, and changed in between: somebody writes them."}},
    {has_failed, {"bad", "Failed", "A step failed, and the migration has not come to its end."}},
    {is_unfinished, {"warn", "Not finished", "The migration has not come to its end."}},
    {is_unproved, {"warn", "Not all compared", "All rows were moved, but not every entity was compared."}},
    {is_over_budget,
     {"warn", "Complete, with rejects over their budget",
      "Both sides agree, but more rows were rejected than the manifest allows."}},
    {is_slow,
     {"warn", "Complete and verified, but a bench was missed",
      "Both sides agree. A query is slower than the manifest wants it, or could not be run."}},
    {is_good, {"good", "Complete and verified", "Every row that was read is accounted for, and both sides agree."}},
};

Verdict verdict_of(const Standing *standing)
{
    const struct Rule *rule = rules;
    while (!rule->holds(standing))
        rule++;
    return rule->verdict;
}

/* ---- the facts ---- */

static const struct Fact {
    const char *name;
    CellKind kind;
} known[] = {
    {"id", CELL_NUMBER},
    {"name", CELL_TEXT},
    {"phase", CELL_TEXT},
    {"state", CELL_TEXT},
    {"created_at", CELL_TIME},
    {"created_by", CELL_TEXT},
    {"finished_at", CELL_TIME},
    {"rolling_back", CELL_BOOL},
    {"runs", CELL_COUNT},
    {"first_run", CELL_TIME},
    {"last_run", CELL_TIME},
    {"run_seconds", CELL_SECONDS},
    {"steps", CELL_COUNT},
    {"steps_done", CELL_COUNT},
    {"steps_failed", CELL_COUNT},
    {"entities", CELL_COUNT},
    {"chunks", CELL_COUNT},
    {"chunks_done", CELL_COUNT},
    {"driving", CELL_COUNT},
    {"read", CELL_COUNT},
    {"written", CELL_COUNT},
    {"unchanged", CELL_COUNT},
    {"merged", CELL_COUNT},
    {"filtered", CELL_COUNT},
    {"rejected", CELL_COUNT},
    {"verified", CELL_COUNT},
    {"unequal", CELL_COUNT},
    {"suspect", CELL_COUNT},
    {"source_rows", CELL_COUNT},
    {"target_rows", CELL_COUNT},
    {"missing", CELL_COUNT},
    {"extra", CELL_COUNT},
    {"different", CELL_COUNT},
    {"complaints", CELL_COUNT},
    {"last_verified", CELL_TIME},
    {"checks_passed", CELL_COUNT},
    {"checks_warned", CELL_COUNT},
    {"checks_failed", CELL_COUNT},
    {"benches_passed", CELL_COUNT},
    {"benches_missed", CELL_COUNT},
    {"benches_failed", CELL_COUNT},
    {"rejects", CELL_COUNT},
    {"waived", CELL_COUNT},
    {"conflicts", CELL_COUNT},
    {"unrepaired", CELL_COUNT},
    {"findings", CELL_COUNT},
    {"findings_bad", CELL_COUNT},
    {"ledger_version", CELL_NUMBER},
    {"database", CELL_TEXT},
    {"server_version", CELL_TEXT},
    {"made_by", CELL_TEXT},
    {"made_at", CELL_TIME},
};

bool facts_load(Arena *arena, Conn *target, int64_t migration, Facts *facts, Error *error)
{
    BudgetStateList budgets = {0};
    facts->result = conn_query(target, sql_report_facts, PARAMS(number_text(arena, migration)), error);
    if (!facts->result || !budget_load(arena, target, migration, NULL, &budgets, error) ||
        !ledger_is_balanced(target, migration, &facts->balanced, error))
        return false;
    facts->over_budget = budget_rows_over(&budgets);
    return result_rows(facts->result) > 0 ||
           error_set(error, ERROR_STATE, "the migration is not in the ledger any more");
}

void Facts_cleanup(Facts *facts)
{
    result_free(facts->result);
}

const char *facts_text(const Facts *facts, const char *name)
{
    for (int column = 0; column < result_columns(facts->result); column++)
        if (text_equal(result_column_name(facts->result, column), name))
            return result_text(facts->result, 0, column);
    return NULL;
}

int64_t facts_number(const Facts *facts, const char *name)
{
    const char *text = facts_text(facts, name);
    return text ? strtoll(text, NULL, 10) : 0;
}

Verdict facts_verdict(const Facts *facts)
{
    const Standing standing = {
        .phase = facts_text(facts, "phase"),
        .state = facts_text(facts, "state"),
        .steps_failed = facts_number(facts, "steps_failed"),
        .entities = facts_number(facts, "entities"),
        .verified = facts_number(facts, "verified"),
        .unequal = facts_number(facts, "unequal"),
        .suspect = facts_number(facts, "suspect"),
        .findings_bad = facts_number(facts, "findings_bad"),
        .missing = facts_number(facts, "missing"),
        .extra = facts_number(facts, "extra"),
        .different = facts_number(facts, "different"),
        .complaints = facts_number(facts, "complaints"),
        .checks_failed = facts_number(facts, "checks_failed"),
        .benches_bad = facts_number(facts, "benches_missed") + facts_number(facts, "benches_failed"),
        .over_budget = facts->over_budget,
        .balanced = facts->balanced,
    };
    return verdict_of(&standing);
}

json_t *facts_json(const Facts *facts)
{
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        json_object_set_new(object, known[i].name, cell_json(known[i].kind, facts_text(facts, known[i].name), NULL));
    json_object_set_new(object, "balanced", json_boolean(facts->balanced));
    json_object_set_new(object, "over_budget", json_integer((json_int_t)facts->over_budget));
    return object;
}
