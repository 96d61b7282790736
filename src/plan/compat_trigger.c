/* The function and the trigger that send what is written to a view through the transform. */
#include "plan/compat_trigger.h"

#include "pg/quote.h"
#include "plan/title.h"

static const char *name_of(Arena *arena, const char *name)
{
    return quote_name(arena, name);
}

const char *compat_title(const CompatView *view)
{
    return view->compat->compat->view.text;
}

const char *compat_where(const CompatView *view)
{
    return view->compat->compat->where.text;
}

/* ---- pieces of the function ---- */

void compat_add_refusal(Text *body, const char *message, const char *hint)
{
    text_addf(body, "RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = %s, HINT = %s;\n",
              quote_literal(body->arena, message), quote_literal(body->arena, hint));
}

const char *compat_write_there(const CompatView *view, Arena *arena)
{
    return arena_printf(arena, "Write to %s itself.", view->into->sql_name);
}

char *compat_differs(Arena *arena, const CompatOld *old, const char *left, const char *right)
{
    const char *name = name_of(arena, old->column->name);
    const char *text = old->type.type && old->type.type->has_equality ? "" : "::pg_catalog.text";
    return arena_printf(arena, "%s.%s%s IS DISTINCT FROM %s.%s%s", left, name, text, right, name, text);
}

/* A rule over what fills the table: `load`'s output where there is one. */
static bool is_last_rule(const CompatView *view, const RejectRule *rule)
{
    return rule->of_load || !(view->compat->entity->load || view->compat->entity->gathered->merge);
}

static bool has_rules(const CompatView *view)
{
    FOR_EACH(const RejectRule, rule, view->compat->entity->entity->rejects)
        if (is_last_rule(view, rule))
            return true;
    return false;
}

/* CASE WHEN rule THEN 'name' END AS "rehome_rejected" */
static void add_rules(Text *body, const CompatView *view)
{
    if (!has_rules(view))
        return;
    text_add(body, ",\n           CASE");
    FOR_EACH(const RejectRule, rule, view->compat->entity->entity->rejects)
        if (is_last_rule(view, rule))
            text_addf(body, " WHEN (%s) THEN %s", rule->sql.text, quote_literal(body->arena, rule->name));
    text_add(body, " END AS \"rehome_rejected\"");
}

static void add_values(Text *body, const CompatView *view)
{
    FOR_EACH(const CompatNew, new, view->new)
        text_addf(body, "%s%s AS %s", new == view->new.items ? "" : ",\n           ", new->sql,
                  name_of(body->arena, new->column->name));
}

void compat_add_transformed(Text *body, const CompatView *view, const char *row, const char *record)
{
    text_add(body, "    SELECT ");
    add_values(body, view);
    add_rules(body, view);
    text_addf(
        body,
        ",\n           pg_catalog.count(*) OVER () AS \"rehome_rows\"\n      INTO %s\n      FROM (%s\n) AS \"q\";\n",
        record, compat_transformed(body->arena, view, row));
    text_addf(body, "    IF NOT FOUND THEN\n        ");
    compat_add_refusal(body,
                       arena_printf(body->arena, "%s: the transform of entity \"%s\" leaves this row out",
                                    compat_title(view), view->compat->entity->entity->name),
                       compat_write_there(view, body->arena));
    text_addf(body, "    ELSIF %s.\"rehome_rows\" > 1 THEN\n        ", record);
    compat_add_refusal(body,
                       arena_printf(body->arena, "%s: the transform of entity \"%s\" makes several rows of this one",
                                    compat_title(view), view->compat->entity->entity->name),
                       compat_write_there(view, body->arena));
    text_add(body, "    END IF;\n");
}

static void add_rejection(Text *body, const CompatView *view)
{
    if (!has_rules(view))
        return;
    text_addf(body,
              "    IF \"rehome_new\".\"rehome_rejected\" IS NOT NULL THEN\n"
              "        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = %s || "
              "\"rehome_new\".\"rehome_rejected\",\n"
              "            HINT = 'The migration sets such rows aside, so they are not taken here either.';\n"
              "    END IF;\n",
              quote_literal(body->arena, arena_printf(body->arena, "%s: this row is a reject: ", compat_title(view))));
}

static const char *direct_value(Arena *arena, const CompatOld *old)
{
    return arena_printf(
        arena, "NEW.%s::%s", name_of(arena, old->column->name),
        type_use_bare_sql(arena, type_use_of(old->type.catalog, old->carrier->type, old->carrier->typmod)));
}

/* Names (or their values) that INSERT gives; `without` is left to its default. */
static void add_insert_list(Text *body, const CompatView *view, bool values, const Column *without)
{
    const char *separator = "";
    FOR_EACH(const CompatNew, new, view->new) {
        if (new->column == without)
            continue;
        const char *name = name_of(body->arena, new->column->name);
        text_addf(body, "%s%s%s", separator, values ? "\"rehome_new\"." : "", name);
        separator = ", ";
    }
    FOR_EACH(const CompatOld, old, view->old)
        if (old->direct) {
            text_addf(body, "%s%s", separator,
                      values ? direct_value(body->arena, old) : name_of(body->arena, old->carrier->name));
            separator = ", ";
        }
}

static bool overrides_identity(const CompatView *view)
{
    FOR_EACH(const CompatNew, new, view->new)
        if (new->column->identity == 'a')
            return true;
    return false;
}

static const Column *identity_column(const CompatView *view)
{
    FOR_EACH(const CompatNew, new, view->new)
        if (new->column->identity)
            return new->column;
    return NULL;
}

static void add_insert_without(Text *body, const CompatView *view, const Column *without, const char *conflict)
{
    text_addf(body, "        INSERT INTO %s AS t (", view->into->sql_name);
    add_insert_list(body, view, false, without);
    text_addf(body, ")%s\n        VALUES (", overrides_identity(view) ? " OVERRIDING SYSTEM VALUE" : "");
    add_insert_list(body, view, true, without);
    text_addf(body, ")%s\n        RETURNING t.* INTO \"rehome_row\";\n", conflict);
}

void compat_add_insert(Text *body, const CompatView *view, const char *conflict)
{
    const Column *identity = identity_column(view);
    if (!identity) {
        add_insert_without(body, view, NULL, conflict);
        return;
    }
    text_addf(body, "    IF \"rehome_new\".%s IS NULL THEN\n", name_of(body->arena, identity->name));
    add_insert_without(body, view, identity, conflict);
    text_add(body, "    ELSE\n");
    add_insert_without(body, view, NULL, conflict);
    text_add(body, "    END IF;\n");
}

/* NEW becomes the row as the view shows it. */
static void add_read_back(Text *body, const CompatView *view, bool shown)
{
    text_add(body, "    SELECT ");
    compat_add_reads(body, view, "           ");
    text_add(body, "\n      INTO NEW\n      FROM (SELECT (\"rehome_row\").*) AS t");
    if (shown)
        text_addf(body, "\n     WHERE (%s)", compat_where(view));
    text_add(body, ";\n");
    if (!shown)
        return;
    text_add(body, "    IF NOT FOUND THEN\n"
                   "        RAISE EXCEPTION USING ERRCODE = 'with_check_option_violation', MESSAGE = ");
    text_addf(body, "%s, HINT = %s;\n    END IF;\n",
              quote_literal(body->arena, arena_printf(body->arena, "%s does not show the row that was inserted",
                                                      compat_title(view))),
              quote_literal(body->arena, arena_printf(body->arena, "Its rows are those of %s WHERE %s.",
                                                      view->into->sql_name, compat_where(view))));
}

/* A column that is read by an expression of its own may not be writable: then nobody's value is dropped in silence. */
static void add_written_check(Text *body, const CompatView *view, const CompatOld *old, bool update)
{
    Arena *arena = body->arena;
    const char *column = old->column->name, *name = name_of(arena, column);
    text_addf(body, "    IF %s AND ", compat_differs(arena, old, "\"rehome_given\"", "NEW"));
    if (update)
        text_add(body, compat_differs(arena, old, "\"rehome_given\"", "OLD"));
    else
        text_addf(body, "\"rehome_given\".%s IS NOT NULL", name); /* else it may not have been given */
    text_addf(body, " THEN\n        IF NEW.%s IS NOT NULL", name);
    if (update)
        text_addf(body, " AND %s", compat_differs(arena, old, "NEW", "OLD"));
    text_addf(
        body,
        " THEN\n            RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',\n                MESSAGE = "
        "%s || pg_catalog.quote_literal(NEW.%s::pg_catalog.text),\n                HINT = %s;\n        END IF;\n"
        "        ",
        quote_literal(arena,
                      arena_printf(arena, "%s: column \"%s\" cannot be written as it is given: it would read back as ",
                                   compat_title(view), column)),
        name,
        quote_literal(arena, arena_printf(arena, "Write the value as it reads back, or write to %s itself.",
                                          view->into->sql_name)));
    compat_add_refusal(body, arena_printf(arena, "%s: column \"%s\" cannot be written", compat_title(view), column),
                       compat_write_there(view, arena));
    text_add(body, "    END IF;\n");
}

static void add_written_checks(Text *body, const CompatView *view, bool update)
{
    FOR_EACH(const CompatOld, old, view->old) {
        bool fixed = update && old->carrier && old->carrier->identity == 'a';
        if (old->given || fixed)
            add_written_check(body, view, old, update);
    }
}

/* ---- its three branches ---- */

static void add_insert_branch(Text *body, const CompatView *view)
{
    if (view->why_not_written) {
        text_add(body, "    ");
        compat_add_refusal(
            body,
            arena_printf(body->arena, "rows cannot be inserted through %s: the transform cannot be run for one row: %s",
                         compat_title(view), view->why_not_written),
            compat_write_there(view, body->arena));
        return;
    }
    if (view->keyed) {
        text_add(body, "    ");
        compat_add_refusal(
            body,
            arena_printf(body->arena,
                         "rows cannot be inserted through %s: \"%s\" needs the key of rehome.token(), which "
                         "the database does not have",
                         compat_title(view), view->keyed),
            compat_write_there(view, body->arena));
        return;
    }
    text_add(body, "    \"rehome_given\" := NEW;\n");
    compat_add_transformed(body, view, "NEW", "\"rehome_new\"");
    add_rejection(body, view);
    if (view->merged_by.count > 0)
        compat_add_merging(body, view);
    else
        compat_add_insert(body, view, "");
    add_read_back(body, view, compat_where(view) != NULL);
    add_written_checks(body, view, false);
    text_add(body, "    RETURN NEW;\n");
}

static bool refuse_without_key(Text *body, const CompatView *view, const char *what)
{
    if (view->key.count > 0)
        return false;
    text_add(body, "    ");
    compat_add_refusal(body,
                       arena_printf(body->arena,
                                    "rows cannot be %s through %s: no unique key of %s can be read through it", what,
                                    compat_title(view), view->into->sql_name),
                       compat_write_there(view, body->arena));
    return true;
}

static void add_assignments(Text *body, const CompatView *view)
{
    const char *separator = "       SET ";
    FOR_EACH(const CompatNew, new, view->new) {
        const char *name = name_of(body->arena, new->column->name), *text = new->comparable ? "" : "::pg_catalog.text";
        if (new->column->identity == 'a')
            continue;
        text_addf(body,
                  "%s%s = CASE WHEN \"rehome_new\".%s%s IS DISTINCT FROM \"rehome_old\".%s%s THEN \"rehome_new\".%s "
                  "ELSE t.%s END",
                  separator, name, name, text, name, text, name, name);
        separator = ",\n           ";
    }
    FOR_EACH(const CompatOld, old, view->old) {
        if (!old->direct)
            continue;
        const char *carrier = name_of(body->arena, old->carrier->name);
        text_addf(body, "%s%s = CASE WHEN %s THEN %s ELSE t.%s END", separator, carrier,
                  compat_differs(body->arena, old, "NEW", "OLD"), direct_value(body->arena, old), carrier);
        separator = ",\n           ";
    }
    text_add(body, "\n");
}

static void add_seals(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    FOR_EACH(const CompatOld *const, old, view->sealed) {
        text_addf(body, "    IF %s THEN\n        ", compat_differs(arena, *old, "NEW", "OLD"));
        compat_add_refusal(
            body,
            arena_printf(arena,
                         "%s: column \"%s\" cannot be written: \"%s\" is made of it and needs the key of "
                         "rehome.token(), which the database does not have",
                         compat_title(view), (*old)->column->name, view->keyed),
            compat_write_there(view, arena));
        text_add(body, "    END IF;\n");
    }
}

static void add_update_branch(Text *body, const CompatView *view)
{
    if (view->why_not_written) {
        text_add(body, "    ");
        compat_add_refusal(
            body,
            arena_printf(body->arena, "rows cannot be updated through %s: the transform cannot be run for one row: %s",
                         compat_title(view), view->why_not_written),
            compat_write_there(view, body->arena));
        return;
    }
    if (refuse_without_key(body, view, "updated"))
        return;
    add_seals(body, view);
    compat_add_lock(body, view);
    text_add(body, "    \"rehome_given\" := NEW;\n");
    compat_add_transformed(body, view, "OLD", "\"rehome_old\"");
    compat_add_transformed(body, view, "NEW", "\"rehome_new\"");
    add_rejection(body, view);
    text_addf(body, "    UPDATE %s AS t\n", view->into->sql_name);
    add_assignments(body, view);
    text_add(body, "     WHERE ");
    compat_add_key(body, view);
    text_add(body,
             "\n    RETURNING t.* INTO \"rehome_row\";\n    IF NOT FOUND THEN\n        RETURN NULL;\n    END IF;\n");
    add_read_back(body, view, false);
    add_written_checks(body, view, true);
    text_add(body, "    RETURN NEW;\n");
}

static void add_delete_branch(Text *body, const CompatView *view)
{
    if (view->refuse_delete) {
        text_add(body, "    ");
        compat_add_refusal(body, arena_printf(body->arena, "rows cannot be deleted through %s", compat_title(view)),
                           arena_printf(body->arena, "Delete from %s itself, or let the manifest say `delete: allow`.",
                                        view->into->sql_name));
        return;
    }
    if (refuse_without_key(body, view, "deleted"))
        return;
    compat_add_delete(body, view);
}

static char *function_body(Arena *arena, const CompatView *view)
{
    Text body = text_new(arena);
    bool all = !view->compat->updatable;
    text_add(&body, "#variable_conflict use_column\n");
    if (all)
        text_addf(&body,
                  "DECLARE\n    \"rehome_given\" record;\n    \"rehome_old\" record;\n    \"rehome_new\" record;\n"
                  "    \"rehome_now\" record;\n    \"rehome_changed\" pg_catalog.text;\n"
                  "    \"rehome_row\" %s%%ROWTYPE;\n",
                  view->into->sql_name);
    text_add(&body, "BEGIN\n");
    if (all) {
        text_add(&body, "IF TG_OP = 'INSERT' THEN\n");
        add_insert_branch(&body, view);
        text_add(&body, "ELSIF TG_OP = 'UPDATE' THEN\n");
        add_update_branch(&body, view);
        text_add(&body, "ELSE\n");
    }
    add_delete_branch(&body, view);
    text_addf(&body, "%sEND\n", all ? "END IF;\n" : "");
    return body.chars;
}

/* The role's search_path, and the settings that every session of rehome has. */
void compat_add_settings(Text *sql, const CompatView *view)
{
    text_add(sql, "    SET search_path = ");
    FOR_EACH(const char *, schema, view->plan->gathered->target->search_path)
        text_addf(sql, "%s, ", name_of(sql->arena, *schema));
    text_add(sql, "pg_temp\n    SET TimeZone = 'UTC'\n    SET DateStyle = 'ISO'\n    SET IntervalStyle = 'postgres'\n");
}

void compat_add_function(Text *sql, const CompatView *view)
{
    bool all = !view->compat->updatable;
    if (!all && !view->refuse_delete)
        return;
    text_addf(sql, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql\n", view->compat->view);
    compat_add_settings(sql, view);
    text_add(sql, "AS ");
    compat_add_body(sql, function_body(sql->arena, view));
    text_addf(sql, ";\nCOMMENT ON FUNCTION %s() IS %s;\n", view->compat->view,
              quote_literal(sql->arena, arena_printf(sql->arena, "%swrites what is written to the view %s to %s.",
                                                     compat_mark(sql->arena, view->plan), compat_title(view),
                                                     title_of_relation(sql->arena, view->into))));
    text_addf(sql, "CREATE TRIGGER rehome_write INSTEAD OF %sDELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n",
              all ? "INSERT OR UPDATE OR " : "", view->compat->view, view->compat->view);
    compat_add_seen(sql, view); /* fires first: triggers do so by their names */
}

char *compat_probe(Arena *arena, const CompatView *view)
{
    if (view->compat->updatable || view->why_not_written)
        return NULL;
    Text sql = text_new(arena);
    const char *separator = "";
    text_addf(&sql, "INSERT INTO %s (", view->into->sql_name);
    FOR_EACH(const CompatNew, new, view->new) {
        text_addf(&sql, "%s%s", separator, name_of(arena, new->column->name));
        separator = ", ";
    }
    text_addf(&sql, ")%s SELECT ", overrides_identity(view) ? " OVERRIDING SYSTEM VALUE" : "");
    add_values(&sql, view);
    text_addf(&sql, " FROM (%s\n) AS \"q\" WHERE ", compat_transformed(arena, view, NULL));
    FOR_EACH(const RejectRule, rule, view->compat->entity->entity->rejects)
        if (is_last_rule(view, rule))
            text_addf(&sql, "(%s) AND ", rule->sql.text);
    text_add(&sql, "true");
    return sql.chars;
}
