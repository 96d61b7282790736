/* An INSERT through a view over a merge: it may meet a row that another source has made. */
#include "plan/compat_trigger.h"

#include "pg/quote.h"

/* The value of the row that is there and the new one, by the rule of the merge. */
static const char *merged_value(Arena *arena, const CompatNew *new)
{
    const char *name = quote_name(arena, new->column->name);
    if (new->longest)
        return arena_printf(arena,
                            "CASE WHEN pg_catalog.length(\"rehome_new\".%s::pg_catalog.text) <= "
                            "pg_catalog.length(t.%s::pg_catalog.text) THEN t.%s "
                            "ELSE coalesce(\"rehome_new\".%s, t.%s) END",
                            name, name, name, name, name);
    return new->wins ? arena_printf(arena, "coalesce(\"rehome_new\".%s, t.%s)", name, name)
                     : arena_printf(arena, "coalesce(t.%s, \"rehome_new\".%s)", name, name);
}

static void add_disagreements(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    FOR_EACH(const CompatNew, new, view->new) {
        const char *name = quote_name(arena, new->column->name);
        if (!new->agrees || string_list_contains(&view->merged_by, new->column->name))
            continue;
        text_addf(
            body,
            "        IF \"rehome_row\".%s::pg_catalog.text <> \"rehome_new\".%s::pg_catalog.text THEN\n            ",
            name, name);
        compat_add_refusal(body,
                           arena_printf(arena, "%s: there is a row with this key already, and it has another \"%s\"",
                                        compat_title(view), new->column->name),
                           compat_write_there(view, arena));
        text_add(body, "        END IF;\n");
    }
}

/* t."email" = "rehome_new"."email" */
static const char *merge_key(Arena *arena, const CompatView *view)
{
    Text key = text_new(arena);
    FOR_EACH(const char *, column, view->merged_by) {
        text_separate(&key, " AND ");
        text_addf(&key, "t.%s = \"rehome_new\".%s", quote_name(arena, *column), quote_name(arena, *column));
    }
    return key.chars;
}

static void add_update(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    const char *first = quote_name(arena, view->merged_by.items[0]);
    Text values = text_new(arena);
    FOR_EACH(const CompatNew, new, view->new) {
        if (new->column->identity == 'a' || string_list_contains(&view->merged_by, new->column->name))
            continue;
        text_separate(&values, ",\n               ");
        text_addf(&values, "%s = %s", quote_name(arena, new->column->name), merged_value(arena, new));
    }
    if (values.length == 0)
        text_addf(&values, "%s = t.%s", first, first);
    text_addf(
        body,
        "        UPDATE %s AS t\n           SET %s\n         WHERE %s\n        RETURNING t.* INTO \"rehome_row\";\n",
        view->into->sql_name, values.chars, merge_key(arena, view));
}

/* Another session's row of this key is waited for, and met; NULL: no index could say that there is one. */
static const char *unless_there(Arena *arena, const CompatView *view)
{
    Text columns = text_new(arena);
    if (!relation_unique_index(view->into, &view->merged_by))
        return NULL;
    FOR_EACH(const char *, column, view->merged_by) {
        text_separate(&columns, ", ");
        text_add(&columns, quote_name(arena, *column));
    }
    return arena_printf(arena, "\n        ON CONFLICT (%s) DO NOTHING", columns.chars);
}

/* Looks for the row, inserts unless it has come meanwhile, and looks again; a row that the view shows is a duplicate.
 */
void compat_add_merging(Text *body, const CompatView *view)
{
    const char *unless = unless_there(body->arena, view);
    text_addf(body, "    FOR attempt IN 1 .. %d LOOP\n", unless ? 2 : 1);
    text_addf(body,
              "    SELECT t.* INTO \"rehome_row\" FROM %s AS t WHERE %s AND (%s) IS NOT TRUE FOR NO KEY UPDATE;\n"
              "    IF FOUND THEN\n",
              view->into->sql_name, merge_key(body->arena, view), compat_where(view));
    add_disagreements(body, view);
    add_update(body, view);
    text_add(body, "        EXIT;\n");
    if (unless) {
        text_add(body, "    ELSIF attempt = 1 THEN\n");
        compat_add_insert(body, view, unless);
        text_add(body, "        EXIT WHEN FOUND;\n");
    }
    text_add(body, "    ELSE\n");
    compat_add_insert(body, view, "");
    text_add(body, "    END IF;\n    END LOOP;\n");
}
