#include "transform/edits.h"

#include "base/text.h"
#include "pg/quote.h"

#include <stdlib.h>
#include <string.h>

void edits_add_where(Text *sql, const TransformEdits *edits, const KeySet *keys)
{
    bool narrows = !keyset_is_everything(keys);
    if (edits->where || narrows)
        text_add(sql, " WHERE ");
    if (edits->where)
        text_addf(sql, "(%s)%s", edits->where, narrows ? " AND " : "");
    if (narrows)
        keyset_predicate(sql, keys, NULL);
}

/* (SELECT *, tableoid FROM ONLY "public"."companies" WHERE …). Of rows that are left out nothing may be evaluated, because
 * the text may fail for them; without OFFSET 0 its WHERE would be tried before the exception. */
static const char *subselect(Arena *arena, const TransformEdits *edits, const Reference *reference, const KeySet *keys, bool with_ctid)
{
    Text sql = text_new(arena);
    text_add(&sql, "(SELECT *");
    FOR_EACH(const char *, column, edits->system_columns)
        text_addf(&sql, ", %s", *column);
    if (with_ctid && !string_list_contains(&edits->system_columns, "ctid"))
        text_add(&sql, ", ctid");
    text_addf(&sql, " FROM %s%s", reference->only ? "ONLY " : "", edits->table);
    edits_add_where(&sql, edits, keys);
    text_addf(&sql, "%s)%s", keys->except_key ? " OFFSET 0" : "", reference->alias);
    return sql.chars;
}

static void add_reference_edits(Arena *arena, const TransformEdits *edits, const KeySet *keys, bool with_ctid, EditList *list)
{
    FOR_EACH(Reference, reference, edits->references)
        *LIST_ADD(arena, list) = (Edit){reference->start, reference->end, subselect(arena, edits, reference, keys, with_ctid)};
}

static void add_key_edits(Arena *arena, const TransformEdits *edits, EditList *list)
{
    *LIST_ADD(arena, list) = (Edit){edits->first_output, edits->first_output, edits->key_columns};
    FOR_EACH(Ordinal, ordinal, edits->ordinals)
        *LIST_ADD(arena, list) =
            (Edit){ordinal->start, ordinal->end, arena_printf(arena, "%d", ordinal->number + (int)edits->key_count)};
}

static const char *seat_of(const TransformEdits *edits, const char *guest)
{
    FOR_EACH(const Seat, seat, edits->seats)
        if (text_equal(seat->guest, guest))
            return seat->select;
    return NULL;
}

static void add_guest_edits(Arena *arena, const TransformEdits *edits, EditList *list)
{
    FOR_EACH(const Guest, guest, edits->guests) {
        const char *select = seat_of(edits, guest->name);
        if (select)
            *LIST_ADD(arena, list) = (Edit){guest->reference.start, guest->reference.end,
                                            arena_printf(arena, "(%s)%s", select, guest->reference.alias)};
    }
}

static int compare_edits(const void *left, const void *right)
{
    const Edit *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static void sort_edits(EditList *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, compare_edits);
}

static char *apply(Arena *arena, const char *original, EditList *list)
{
    Text text = text_new(arena);
    size_t done = 0;
    sort_edits(list);
    FOR_EACH(Edit, edit, *list) {
        text_add_n(&text, original + done, edit->start - done);
        text_add(&text, edit->text);
        done = edit->end;
    }
    text_add(&text, original + done);
    return text.chars;
}

char *edits_seat(Arena *arena, const TransformEdits *edits)
{
    EditList list = {0};
    add_guest_edits(arena, edits, &list);
    return apply(arena, edits->text, &list);
}

size_t edits_origin(Arena *arena, const TransformEdits *edits, size_t offset)
{
    EditList list = {0};
    size_t longer = 0, shorter = 0; /* by what stands before the offset */
    add_guest_edits(arena, edits, &list);
    sort_edits(&list);
    FOR_EACH(Edit, edit, list) {
        size_t start = edit->start + longer - shorter;
        if (offset < start)
            break;
        if (offset < start + strlen(edit->text))
            return edit->start;
        longer += strlen(edit->text);
        shorter += edit->end - edit->start;
    }
    return offset - longer + shorter;
}

char *edits_apply(Arena *arena, const TransformEdits *edits, const KeySet *keys, bool with_key)
{
    EditList list = {0};
    if (edits->where || !keyset_is_everything(keys))
        add_reference_edits(arena, edits, keys, with_key && edits->shows_ctid, &list);
    if (with_key)
        add_key_edits(arena, edits, &list);
    add_guest_edits(arena, edits, &list);
    return apply(arena, edits->text, &list);
}

char *edits_apply_rows(Arena *arena, const TransformEdits *edits, const char *rows)
{
    EditList list = {0};
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    FOR_EACH(Reference, reference, edits->references) {
        Text sql = text_new(arena);
        text_addf(&sql, "(SELECT * FROM (%s) AS %s", rows, edits->name);
        edits_add_where(&sql, edits, &everything);
        text_addf(&sql, ")%s", reference->alias);
        *LIST_ADD(arena, &list) = (Edit){reference->start, reference->end, sql.chars};
    }
    return apply(arena, edits->text, &list);
}

/* What two trees are compared with. */
typedef struct Comparison {
    size_t replaced; /* references that became sub-selects */
    size_t added;    /* output columns that came before the first one */
    json_t *targets; /* the select list that may have got them */
} Comparison;

static bool same(Comparison *comparison, json_t *before, json_t *after);

static bool is_position(const char *field)
{
    return text_equal(field, "location") || text_equal(field, "stmt_len") || text_equal(field, "stmt_location");
}

static size_t count_fields(json_t *object)
{
    size_t count = 0;
    const char *field;
    json_t *value;
    json_object_foreach(object, field, value) count += !is_position(field);
    return count;
}

static bool same_alias(json_t *table, json_t *subselect)
{
    json_t *before = tree_field(table, "alias"), *after = tree_field(subselect, "alias");
    return before ? json_equal(before, after) : tree_is(after, "aliasname", tree_text(table, "relname"));
}

static bool same_object(Comparison *comparison, json_t *before, json_t *after)
{
    json_t *table = tree_body(before, "RangeVar"), *subselect = tree_body(after, "RangeSubselect");
    if (table && subselect) {
        comparison->replaced++;
        return same_alias(table, subselect);
    }
    if (count_fields(before) != count_fields(after))
        return false;
    const char *field;
    json_t *value;
    json_object_foreach(before, field, value)
    {
        if (!is_position(field) && !same(comparison, value, tree_field(after, field)))
            return false;
    }
    return true;
}

static bool same_array(Comparison *comparison, json_t *before, json_t *after)
{
    size_t skip = before == comparison->targets ? comparison->added : 0, index;
    if (json_array_size(before) + skip != json_array_size(after))
        return false;
    json_t *value;
    json_array_foreach(before, index, value)
    {
        if (!same(comparison, value, json_array_get(after, index + skip)))
            return false;
    }
    return true;
}

static bool same(Comparison *comparison, json_t *before, json_t *after)
{
    if (json_typeof(before) != (after ? json_typeof(after) : JSON_NULL))
        return false;
    if (json_is_object(before))
        return same_object(comparison, before, after);
    return json_is_array(before) ? same_array(comparison, before, after) : json_equal(before, after);
}

/* The condition itself is left to the server: "true" stands for it, and an empty SELECT for each guest. Ordinals move
 * by design, so they stay out of it, too. */
bool edits_verify(Arena *arena, json_t *tree, const TransformEdits *edits, bool with_key)
{
    TransformEdits tried = *edits;
    tried.where = "true";
    tried.ordinals.count = 0;
    tried.seats = (SeatList){0};
    FOR_EACH(const Guest, guest, edits->guests)
        *LIST_ADD(arena, &tried.seats) = (Seat){guest->name, "SELECT"};
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    Comparison comparison = {
        .added = with_key ? edits->key_count : 0,
        .targets = tree_field(tree_body(tree_statement(tree), "SelectStmt"), "targetList"),
    };
    AUTO(json_t) *edited = tree_parse(edits_apply(arena, &tried, &everything, with_key), &(Error){0});
    return edited && same(&comparison, tree, edited) &&
           comparison.replaced == edits->references.count + edits->guests.count;
}
