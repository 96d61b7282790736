#include "manifest/budget.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/value.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 15 };

/* What stands before the colon of a reason that is not a rule's. */
static const char *const kinds[] = {"lossy",        "no_key",       "conflict",  "not_null",     "check",
                                    "unique",       "foreign_key",  "exclusion", "too_long",     "out_of_range",
                                    "invalid_text", "invalid_enum", "encoding",  "invalid_time", "refused"};

/* 10, 0.5% */
static bool is_budget(const char *text)
{
    size_t digits = strspn(text, "0123456789"), length = digits;
    if (digits == 0 || digits > MOST_DIGITS)
        return false;
    if (text[length] == '\0')
        return true;
    if (text[length] == '.') {
        size_t decimals = strspn(text + length + 1, "0123456789");
        length += 1 + decimals;
        if (decimals == 0 || decimals > MOST_DIGITS)
            return false;
    }
    return text_equal(text + length, "%") && strtod(text, NULL) <= 100;
}

void budget_read(Reader *reader, const Key *key, const Node *value, void *field)
{
    const char *text = value_text(reader, key, value);
    if (!text)
        return;
    if (is_budget(text))
        *(const char **)field = text;
    else
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, not %s", key->name, key->type,
                    mask_quote(reader->arena, value->text));
}

void budget_read_by_reason(Reader *reader, const Key *key, const Node *value, void *field)
{
    BudgetList *budgets = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        const Key one = {.name = pair->key->text, .type = "a number, or a percentage such as 0.5%"};
        Budget budget = {.reason = pair->key->text, .place = pair->key->place};
        budget_read(reader, &one, pair->value, &budget.most);
        LIST_PUSH(reader->arena, budgets, budget);
    }
}

static const RejectRule *rule_named(const Entity *entity, const char *name)
{
    FOR_EACH(const RejectRule, rule, entity->rejects)
        if (text_equal(rule->name, name))
            return rule;
    return NULL;
}

static bool is_of_kind(const char *reason)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        if (text_starts_with(reason, kinds[i]) && (reason[length] == '\0' || reason[length] == ':'))
            return true;
    }
    return false;
}

static void refuse_reason(Reader *reader, const Entity *entity, const Budget *budget)
{
    StringList known = {0};
    FOR_EACH(const RejectRule, rule, entity->rejects)
        LIST_PUSH(reader->arena, &known, rule->name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        LIST_PUSH(reader->arena, &known, kinds[i]);
    const char *kind = arena_strndup(reader->arena, budget->reason, strcspn(budget->reason, ":"));
    const char *nearest = string_list_nearest(&known, kind);
    const char *shown = mask_quote(reader->arena, budget->reason);
    if (nearest)
        mistake_add(reader->mistakes, budget->place, "no row is rejected for %s; did you mean \"%s%s\"?", shown,
                    nearest, budget->reason + strlen(kind));
    else
        mistake_add(reader->mistakes, budget->place,
                    "no row is rejected for %s: it is neither a rule of entity %s nor begins with one of %s", shown,
                    mask_quote(reader->arena, entity->name), string_list_join(reader->arena, &known, ", "));
}

void budget_check(Reader *reader, const Entity *entity)
{
    FOR_EACH(const Budget, budget, entity->budgets) {
        const RejectRule *rule = rule_named(entity, budget->reason);
        if (rule && rule->budget)
            mistake_add(reader->mistakes, budget->place, "rule %s has a \"budget\" of its own already",
                        mask_quote(reader->arena, rule->name));
        else if (!rule && !is_of_kind(budget->reason))
            refuse_reason(reader, entity, budget);
    }
}
