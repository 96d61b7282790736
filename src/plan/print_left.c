#include "plan/print_left.h"

#include "plan/carried.h"
#include "plan/title.h"

enum { MOST_NAMES = 6, MOST_TITLES = 4 };

/* ---- without a reason: a line for each thing, and one for the columns of a table ---- */

static bool stands_with(const Uncovered *left, const Uncovered *other)
{
    return !other->reason && other->column && left->column && other->relation == left->relation;
}

static bool is_first(const UncoveredList *list, const Uncovered *left, bool (*together)(const Uncovered *, const Uncovered *))
{
    for (const Uncovered *before = list->items; before < left; before++)
        if (together(left, before))
            return false;
    return true;
}

static void print_columns(Text *text, const UncoveredList *list, const Uncovered *left)
{
    StringList names = {0};
    size_t count = 0;
    FOR_EACH(const Uncovered, other, *list)
        if (stands_with(left, other) && count++ < MOST_NAMES)
            LIST_PUSH(text->arena, &names, other->column->name);
    if (count == 1)
        text_addf(text, "  %s\n", carried_text(text->arena, left));
    else
        text_addf(text, "  %s: %zu columns: %s%s\n", title_of_relation(text->arena, left->relation), count,
                  string_list_join(text->arena, &names, ", "), count > MOST_NAMES ? ", …" : "");
}

static void print_bare(Text *text, const UncoveredList *list, const Uncovered *left, bool all)
{
    if (left->reason)
        return;
    if (all || !left->column)
        text_addf(text, "  %s\n", carried_text(text->arena, left));
    else if (is_first(list, left, stands_with))
        print_columns(text, list, left);
}

/* ---- with a reason: a line for each reason ---- */

static bool has_same_reason(const Uncovered *left, const Uncovered *other)
{
    return text_equal(left->reason, other->reason);
}

static bool has_same_reason_and_table(const Uncovered *left, const Uncovered *other)
{
    return has_same_reason(left, other) && left->column && other->column && left->relation == other->relation;
}

static const char *title_with_count(Arena *arena, const UncoveredList *list, const Uncovered *left)
{
    size_t count = 0;
    FOR_EACH(const Uncovered, other, *list)
        count += has_same_reason_and_table(left, other);
    return count > 1 ? arena_printf(arena, "%s (%zu columns)", title_of_relation(arena, left->relation), count)
                     : left->title;
}

static void print_reason(Text *text, const UncoveredList *list, const Uncovered *left)
{
    StringList titles = {0};
    size_t count = 0;
    FOR_EACH(const Uncovered, other, *list)
        if (has_same_reason(left, other) && is_first(list, other, has_same_reason_and_table) && count++ < MOST_TITLES)
            LIST_PUSH(text->arena, &titles, title_with_count(text->arena, list, other));
    text_addf(text, "  %s", string_list_join(text->arena, &titles, ", "));
    if (count > MOST_TITLES)
        text_addf(text, " and %zu more", count - MOST_TITLES);
    text_addf(text, ": %s\n", left->reason);
}

static void print_explained(Text *text, const UncoveredList *list, const Uncovered *left, bool all)
{
    if (!left->reason)
        return;
    if (all)
        text_addf(text, "  %s: %s\n", carried_text(text->arena, left), left->reason);
    else if (is_first(list, left, has_same_reason))
        print_reason(text, list, left);
}

/* ---- both ---- */

typedef void Print(Text *text, const UncoveredList *list, const Uncovered *left, bool all);

static void print_part(Text *text, const char *title, const UncoveredList *list, Print *print, bool all)
{
    Text part = text_new(text->arena);
    FOR_EACH(const Uncovered, left, *list)
        print(&part, list, left, all);
    if (part.length > 0)
        text_addf(text, "\n%s\n%s", title, part.chars);
}

static void print_counts(Text *text, const Plan *plan)
{
    const ColumnCount *old = &plan->old_columns, *new = &plan->new_columns;
    if (plan->not_carried.count + plan->not_filled.count == 0)
        return;
    text_addf(text, "\nColumns\n  old: %d mapped, %d used in conditions, %d left for a reason, %d not carried\n",
              old->given, old->used, old->explained, old->left);
    text_addf(text, "  new: %d mapped, %d by default, %d empty for a reason, %d not filled\n", new->given, new->used,
              new->explained, new->left);
}

void print_left(Text *text, const Plan *plan, bool all)
{
    print_part(text, "Not carried", &plan->not_carried, print_bare, all);
    print_part(text, "Not filled", &plan->not_filled, print_bare, all);
    print_part(text, "Left behind for a reason", &plan->not_carried, print_explained, all);
    print_part(text, "Empty for a reason", &plan->not_filled, print_explained, all);
    print_counts(text, plan);
}
