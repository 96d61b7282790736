#include "plan/plan.h"

#include "base/text.h"
#include "plan/carried.h"
#include "plan/reason.h"

static bool is_unexplained(const Uncovered *left)
{
    return left->wanted && !left->reason;
}

/* The columns of a table are told together. */
static bool is_told(const UncoveredList *list, const Uncovered *left)
{
    for (const Uncovered *before = list->items; before < left; before++)
        if (is_unexplained(before) && left->column && before->column && before->relation == left->relation)
            return true;
    return false;
}

static const char *columns_beside(Arena *arena, const UncoveredList *list, const Uncovered *left)
{
    StringList titles = {0};
    FOR_EACH(const Uncovered, other, *list)
        if (is_unexplained(other) && other->column && other->relation == left->relation)
            LIST_PUSH(arena, &titles, other->title);
    return string_list_join(arena, &titles, ", ");
}

static void insist(const UncoveredList *list, const char *what, const char *key, Place place, Mistakes *mistakes)
{
    FOR_EACH(const Uncovered, left, *list) {
        if (!is_unexplained(left) || is_told(list, left))
            continue;
        const char *names = left->column ? columns_beside(mistakes->arena, list, left)
                                         : carried_text(mistakes->arena, left);
        mistake_add(mistakes, place, "%s %s; say why under \"%s\" (this is \"strict\")", what, names, key);
    }
}

void plan_check_coverage(const Plan *plan, Mistakes *mistakes)
{
    const ReasonBook old = reason_of_old(mistakes->arena, plan), new = reason_of_new(mistakes->arena, plan);
    const Place place = plan->manifest->strict_place;
    reason_check(&old, "dropped", mistakes);
    reason_check(&new, "unfilled", mistakes);
    if (!plan->manifest->strict)
        return;
    insist(&plan->not_carried, "nothing carries over", "dropped", place, mistakes);
    insist(&plan->not_filled, "nothing fills", "unfilled", place, mistakes);
}
