#include "rollback/order.h"

#include "rollback/saved.h"


#include <string.h>

void rollback_order(Arena *arena, ObjectId *tables, size_t count, const RollbackPairList *pairs)
{
    bool *placed = NEW_ARRAY(arena, bool, count);
    ObjectId *ordered = NEW_ARRAY(arena, ObjectId, count);
    memset(placed, 0, count * sizeof *placed);
    for (size_t done = 0; done < count; done++) {
        size_t best = count, first = count;
        for (size_t i = 0; i < count && best == count; i++) {
            bool has_child = false;
            if (placed[i])
                continue;
            first = first == count ? i : first;
            FOR_EACH(const RollbackPair, pair, *pairs)
                for (size_t j = 0; j < count; j++)
                    has_child = has_child || (!placed[j] && j != i && pair->to == tables[i] && pair->from == tables[j]);
            best = has_child ? best : i;
        }
        best = best == count ? first : best;
        placed[best] = true;
        ordered[done] = tables[best];
    }
    memcpy(tables, ordered, count * sizeof *tables);
}

bool rollback_has_table(const ObjectIdList *tables, ObjectId oid)
{
    FOR_EACH(const ObjectId, table, *tables)
        if (*table == oid)
            return true;
    return false;
}

/* Whether keys lead from the one to the other, in one step or by way of the others. */
static bool reaches(const ObjectIdList *tables, const RollbackPairList *pairs, ObjectId from, ObjectId to)
{
    AUTO(Arena) *arena = arena_new();
    ObjectIdList reached = {0};
    LIST_PUSH(arena, &reached, from);
    for (size_t i = 0; i < reached.count; i++)
        FOR_EACH(const RollbackPair, pair, *pairs) {
            if (pair->from != reached.items[i])
                continue;
            if (pair->to == to)
                return true;
            if (rollback_has_table(tables, pair->to) && !rollback_has_table(&reached, pair->to))
                LIST_PUSH(arena, &reached, pair->to);
        }
    return false;
}

size_t *rollback_circles(Arena *arena, const ObjectIdList *tables, const RollbackPairList *pairs)
{
    size_t *circles = NEW_ARRAY(arena, size_t, tables->count), count = 0;
    for (size_t i = 0; i < tables->count; i++) {
        circles[i] = 0;
        for (size_t j = 0; j < i && circles[i] == 0; j++)
            if (circles[j] > 0 && reaches(tables, pairs, tables->items[i], tables->items[j]) &&
                reaches(tables, pairs, tables->items[j], tables->items[i]))
                circles[i] = circles[j];
        if (circles[i] == 0 && tables->items[i] != 0 && reaches(tables, pairs, tables->items[i], tables->items[i]))
            circles[i] = ++count;
    }
    return circles;
}

bool rollback_pairs(Arena *arena, Conn *target, RollbackPairList *pairs, Error *error)
{
    AUTO(Result) *keys = conn_query(
        target, "SELECT conrelid, confrelid FROM pg_catalog.pg_constraint WHERE contype = 'f'", NO_PARAMS, error);
    for (int row = 0; keys && row < result_rows(keys); row++)
        *LIST_ADD(arena, pairs) =
            (RollbackPair){(ObjectId)result_number(keys, row, 0), (ObjectId)result_number(keys, row, 1)};
    return keys != NULL;
}

static void order_tables(Arena *arena, const RollbackEntryList *entries, const RollbackPairList *pairs,
                         ObjectIdList *tables)
{
    FOR_EACH(const RollbackEntry, entry, *entries)
        if ((rollback_is_of(entry, "rows") || rollback_is_of(entry, "empty") || rollback_is_of(entry, "replaced")) &&
            !rollback_has_table(tables, entry->oid))
            LIST_PUSH(arena, tables, entry->oid);
    if (tables->count > 0)
        rollback_order(arena, tables->items, tables->count, pairs);
}

static void take(Arena *arena, const RollbackEntryList *from, const char *kind, ObjectId oid, RollbackEntryList *to)
{
    FOR_EACH(const RollbackEntry, entry, *from)
        if (rollback_is_of(entry, kind) && entry->oid == oid)
            LIST_PUSH(arena, to, *entry);
}

/* Tables of one circle one after the other. */
static void gather_circles(Arena *arena, const RollbackPairList *pairs, ObjectIdList *tables, ObjectIdList *gathered,
                           size_t **circles)
{
    const size_t *found = rollback_circles(arena, tables, pairs);
    *circles = NEW_ARRAY(arena, size_t, tables->count + 1);
    for (size_t i = 0; i < tables->count; i++)
        for (size_t j = i; j < tables->count; j++)
            if (!rollback_has_table(gathered, tables->items[j]) && (j == i || (found[i] > 0 && found[j] == found[i]))) {
                (*circles)[gathered->count] = found[j];
                LIST_PUSH(arena, gathered, tables->items[j]);
            }
}

static void take_rows(Arena *arena, const RollbackEntryList *from, ObjectId table, size_t circle, RollbackEntryList *to)
{
    const size_t before = to->count;
    take(arena, from, "rows", table, to);
    take(arena, from, "empty", table, to);
    for (size_t i = before; i < to->count; i++)
        to->items[i].circle = circle;
}

/* In the order of undoing; a table that is gone has 0 and is among them once. */
bool rollback_order_entries(Session *session, const RollbackEntryList *wanted, RollbackPlan *plan, Error *error)
{
    static const char *const last[] = {"sequence", "view"};
    RollbackEntryList *ordered = &plan->entries;
    RollbackPairList pairs = {0};
    ObjectIdList found = {0}, tables = {0};
    size_t *circles = NULL;
    Arena *arena = session->arena;
    if (!rollback_pairs(arena, session->target, &pairs, error))
        return false;
    order_tables(arena, wanted, &pairs, &found);
    gather_circles(arena, &pairs, &found, &tables, &circles);
    rollback_take_objects(arena, wanted, false, ordered);
    if (plan->tables.count > 0)
        LIST_PUSH(arena, ordered, rollback_saved_before(&plan->tables));
    FOR_EACH(const ObjectId, table, tables)
        if (rollback_saved_is_below(&plan->tables, *table, &pairs))
            take_rows(arena, wanted, *table, circles[table - tables.items], ordered);
    if (plan->tables.count > 0)
        LIST_PUSH(arena, ordered, rollback_saved_entry(arena, &plan->tables));
    FOR_EACH(const ObjectId, table, tables)
        if (!rollback_saved_is_below(&plan->tables, *table, &pairs))
            take_rows(arena, wanted, *table, circles[table - tables.items], ordered);
    for (size_t i = tables.count; i > 0; i--)
        FOR_EACH(const RollbackEntry, entry, *wanted)
            if (rollback_is_of(entry, "replaced") && entry->oid == tables.items[i - 1])
                LIST_PUSH(arena, ordered, *entry);
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        take(arena, wanted, last[i], 0, ordered);
    rollback_take_objects(arena, wanted, true, ordered);
    return true;
}
