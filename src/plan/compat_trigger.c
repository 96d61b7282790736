/* The function and the trigger that send what is written to a view through the transform. */
#include "plan/compat.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/title.h"

static const char *name_of(Arena *arena, const char *name)
{
    return quote_name(arena, name);
}

/* What the view is called in errors. */
static const char *view_title(const CompatView *view)
{
    return view->compat->compat->view.text;
}

static const char *view_where(const CompatView *view)
{
    return view->compat->compat->where.text;
}

/* ---- pieces of the function ---- */

static void add_refusal(Text *body, const char *message, const char *hint)
{
    text_addf(body, "RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = %s, HINT = %s;\n",
              quote_literal(body->arena, message), quote_literal(body->arena, hint));
}

static const char *write_there(const CompatView *view, Arena *arena)
{
    return arena_printf(arena, "Write to %s itself.", view->into->sql_name);
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

/* What the transform makes of one row, into a record. */
static void add_transformed(Text *body, const CompatView *view, const char *row, const char *record)
{
    text_add(body, "    SELECT ");
    add_values(body, view);
    add_rules(body, view);
    text_addf(
        body,
        ",\n           pg_catalog.count(*) OVER () AS \"rehome_rows\"\n      INTO %s\n      FROM (%s\n) AS \"q\";\n",
        record, compat_transformed(body->arena, view, row));
    text_addf(body, "    IF NOT FOUND THEN\n        ");
    add_refusal(body,
                arena_printf(body->arena, "%s: the transform of entity \"%s\" leaves this row out", view_title(view),
                             view->compat->entity->entity->name),
                write_there(view, body->arena));
    text_addf(body, "    ELSIF %s.\"rehome_rows\" > 1 THEN\n        ", record);
    add_refusal(body,
                arena_printf(body->arena, "%s: the transform of entity \"%s\" makes several rows of this one",
                             view_title(view), view->compat->entity->entity->name),
                write_there(view, body->arena));
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
              quote_literal(body->arena, arena_printf(body->arena, "%s: this row is a reject: ", view_title(view))));
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

static void add_insert(Text *body, const CompatView *view, const Column *without, const char *indent)
{
    text_addf(body, "%sINSERT INTO %s AS t (", indent, view->into->sql_name);
    add_insert_list(body, view, false, without);
    text_addf(body, ")%s\n%sVALUES (", overrides_identity(view) ? " OVERRIDING SYSTEM VALUE" : "", indent);
    add_insert_list(body, view, true, without);
    text_addf(body, ")\n%sRETURNING t.* INTO \"rehome_row\";\n", indent);
}

static const Column *identity_column(const CompatView *view)
{
    FOR_EACH(const CompatNew, new, view->new)
        if (new->column->identity)
            return new->column;
    return NULL;
}

/* NEW becomes the row as the view shows it. */
static void add_read_back(Text *body, const CompatView *view, bool shown)
{
    text_add(body, "    SELECT ");
    compat_add_reads(body, view, "           ");
    text_add(body, "\n      INTO NEW\n      FROM (SELECT (\"rehome_row\").*) AS t");
    if (shown)
        text_addf(body, "\n     WHERE (%s)", view_where(view));
    text_add(body, ";\n");
    if (!shown)
        return;
    text_add(body, "    IF NOT FOUND THEN\n"
                   "        RAISE EXCEPTION USING ERRCODE = 'with_check_option_violation', MESSAGE = ");
    text_addf(body, "%s, HINT = %s;\n    END IF;\n",
              quote_literal(body->arena,
                            arena_printf(body->arena, "%s does not show the row that was inserted", view_title(view))),
              quote_literal(body->arena, arena_printf(body->arena, "Its rows are those of %s WHERE %s.",
                                                      view->into->sql_name, view_where(view))));
}

static bool has_equality(const CompatOld *old)
{
    return old->type.type && old->type.type->has_equality;
}

static char *differs(Arena *arena, const CompatOld *old, const char *left, const char *right)
{
    const char *name = name_of(arena, old->column->name);
    const char *text = old->type.type && old->type.type->has_equality ? "" : "::pg_catalog.text";
    return arena_printf(arena, "%s.%s%s IS DISTINCT FROM %s.%s%s", left, name, text, right, name, text);
}

/* A column that is read by an expression of its own may not be writable: then nobody's value is dropped in silence. */
static void add_written_check(Text *body, const CompatView *view, const CompatOld *old, bool update)
{
    Arena *arena = body->arena;
    const char *column = old->column->name, *name = name_of(arena, column);
    text_addf(body, "    IF %s AND ", differs(arena, old, "\"rehome_given\"", "NEW"));
    if (update)
        text_add(body, differs(arena, old, "\"rehome_given\"", "OLD"));
    else
        text_addf(body, "\"rehome_given\".%s IS NOT NULL", name); /* else it may not have been given */
    text_addf(body, " THEN\n        IF NEW.%s IS NOT NULL", name);
    if (update)
        text_addf(body, " AND %s", differs(arena, old, "NEW", "OLD"));
    text_addf(
        body,
        " THEN\n            RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',\n                MESSAGE = "
        "%s || pg_catalog.quote_literal(NEW.%s::pg_catalog.text),\n                HINT = %s;\n        END IF;\n"
        "        ",
        quote_literal(arena,
                      arena_printf(arena, "%s: column \"%s\" cannot be written as it is given: it would read back as ",
                                   view_title(view), column)),
        name,
        quote_literal(arena, arena_printf(arena, "Write the value as it reads back, or write to %s itself.",
                                          view->into->sql_name)));
    add_refusal(body, arena_printf(arena, "%s: column \"%s\" cannot be written", view_title(view), column),
                write_there(view, arena));
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

/* The value of the row that is there and the new one, by the rule of the merge. */
static const char *merged_value(Arena *arena, const CompatNew *new)
{
    const char *name = name_of(arena, new->column->name);
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
        const char *name = name_of(arena, new->column->name);
        if (!new->agrees || string_list_contains(&view->merged_by, new->column->name))
            continue;
        text_addf(
            body,
            "        IF \"rehome_row\".%s::pg_catalog.text <> \"rehome_new\".%s::pg_catalog.text THEN\n            ",
            name, name);
        add_refusal(body,
                    arena_printf(arena, "%s: there is a row with this key already, and it has another \"%s\"",
                                 view_title(view), new->column->name),
                    write_there(view, arena));
        text_add(body, "        END IF;\n");
    }
}

/* IF there is a row of another source with the key THEN it becomes one with the new row ELSE */
static void add_merging(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    const char *separator = "           SET ";
    Text key = text_new(arena);
    FOR_EACH(const char *, column, view->merged_by) {
        text_separate(&key, " AND ");
        text_addf(&key, "t.%s = \"rehome_new\".%s", name_of(arena, *column), name_of(arena, *column));
    }
    text_addf(body,
              "    SELECT t.* INTO \"rehome_row\" FROM %s AS t WHERE %s AND (%s) IS NOT TRUE FOR UPDATE;\n    IF FOUND "
              "THEN\n",
              view->into->sql_name, key.chars, view_where(view));
    add_disagreements(body, view);
    text_addf(body, "        UPDATE %s AS t\n", view->into->sql_name);
    FOR_EACH(const CompatNew, new, view->new) {
        if (new->column->identity == 'a' || string_list_contains(&view->merged_by, new->column->name))
            continue;
        text_addf(body, "%s%s = %s", separator, name_of(arena, new->column->name), merged_value(arena, new));
        separator = ",\n               ";
    }
    if (text_equal(separator, "           SET "))
        text_addf(body, "%s%s = t.%s", separator, name_of(arena, view->merged_by.items[0]),
                  name_of(arena, view->merged_by.items[0]));
    text_addf(body, "\n         WHERE %s\n        RETURNING t.* INTO \"rehome_row\";\n    ELSE\n", key.chars);
}

/* ---- its three branches ---- */

static void add_insert_branch(Text *body, const CompatView *view)
{
    if (view->why_not_written) {
        text_add(body, "    ");
        add_refusal(body,
                    arena_printf(body->arena,
                                 "rows cannot be inserted through %s: the transform cannot be run for one row: %s",
                                 view_title(view), view->why_not_written),
                    write_there(view, body->arena));
        return;
    }
    if (view->keyed) {
        text_add(body, "    ");
        add_refusal(body,
                    arena_printf(body->arena,
                                 "rows cannot be inserted through %s: \"%s\" needs the key of rehome.token(), which "
                                 "the database does not have",
                                 view_title(view), view->keyed),
                    write_there(view, body->arena));
        return;
    }
    const Column *identity = identity_column(view);
    text_add(body, "    \"rehome_given\" := NEW;\n");
    add_transformed(body, view, "NEW", "\"rehome_new\"");
    add_rejection(body, view);
    if (view->merged_by.count > 0)
        add_merging(body, view);
    if (identity) {
        text_addf(body, "    IF \"rehome_new\".%s IS NULL THEN\n", name_of(body->arena, identity->name));
        add_insert(body, view, identity, "        ");
        text_add(body, "    ELSE\n");
        add_insert(body, view, NULL, "        ");
        text_add(body, "    END IF;\n");
    } else {
        add_insert(body, view, NULL, "    ");
    }
    text_add(body, view->merged_by.count > 0 ? "    END IF;\n" : "");
    add_read_back(body, view, view_where(view) != NULL);
    add_written_checks(body, view, false);
    text_add(body, "    RETURN NEW;\n");
}

/* t."id" = OLD."id"::bigint */
static void add_key(Text *body, const CompatView *view)
{
    FOR_EACH(const CompatKey, key, view->key) {
        const char *name = name_of(body->arena, key->column->name);
        text_addf(body, "%st.%s = ", key == view->key.items ? "" : " AND ", name);
        if (!key->old) {
            text_addf(body, "\"rehome_old\".%s", name);
            continue;
        }
        TypeUse use = type_use_of(key->old->type.catalog, key->column->type, key->column->typmod);
        text_addf(body, "OLD.%s%s", name_of(body->arena, key->old->column->name),
                  key->old->same ? "" : arena_printf(body->arena, "::%s", type_use_bare_sql(body->arena, use)));
    }
}

static bool key_has_constants(const CompatView *view)
{
    FOR_EACH(const CompatKey, key, view->key)
        if (!key->old)
            return true;
    return false;
}

static bool refuse_without_key(Text *body, const CompatView *view, const char *what)
{
    if (view->key.count > 0)
        return false;
    text_add(body, "    ");
    add_refusal(body,
                arena_printf(body->arena, "rows cannot be %s through %s: no unique key of %s can be read through it",
                             what, view_title(view), view->into->sql_name),
                write_there(view, body->arena));
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
        const char *name = name_of(body->arena, old->column->name),
                   *text = has_equality(old) ? "" : "::pg_catalog.text";
        if (!old->direct)
            continue;
        text_addf(body, "%s%s = CASE WHEN NEW.%s%s IS DISTINCT FROM OLD.%s%s THEN %s ELSE t.%s END", separator,
                  name_of(body->arena, old->carrier->name), name, text, name, text, direct_value(body->arena, old),
                  name_of(body->arena, old->carrier->name));
        separator = ",\n           ";
    }
    text_add(body, "\n");
}

static void add_seals(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    FOR_EACH(const CompatOld *const, old, view->sealed) {
        const char *name = name_of(arena, (*old)->column->name), *text = has_equality(*old) ? "" : "::pg_catalog.text";
        text_addf(body, "    IF NEW.%s%s IS DISTINCT FROM OLD.%s%s THEN\n        ", name, text, name, text);
        add_refusal(body,
                    arena_printf(arena,
                                 "%s: column \"%s\" cannot be written: \"%s\" is made of it and needs the key of "
                                 "rehome.token(), which the database does not have",
                                 view_title(view), (*old)->column->name, view->keyed),
                    write_there(view, arena));
        text_add(body, "    END IF;\n");
    }
}

static void add_update_branch(Text *body, const CompatView *view)
{
    if (view->why_not_written) {
        text_add(body, "    ");
        add_refusal(body,
                    arena_printf(body->arena,
                                 "rows cannot be updated through %s: the transform cannot be run for one row: %s",
                                 view_title(view), view->why_not_written),
                    write_there(view, body->arena));
        return;
    }
    if (refuse_without_key(body, view, "updated"))
        return;
    add_seals(body, view);
    text_add(body, "    \"rehome_given\" := NEW;\n");
    add_transformed(body, view, "OLD", "\"rehome_old\"");
    add_transformed(body, view, "NEW", "\"rehome_new\"");
    add_rejection(body, view);
    text_addf(body, "    UPDATE %s AS t\n", view->into->sql_name);
    add_assignments(body, view);
    text_add(body, "     WHERE ");
    add_key(body, view);
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
        add_refusal(body, arena_printf(body->arena, "rows cannot be deleted through %s", view_title(view)),
                    arena_printf(body->arena, "Delete from %s itself, or let the manifest say `delete: allow`.",
                                 view->into->sql_name));
        return;
    }
    if (refuse_without_key(body, view, "deleted"))
        return;
    if (key_has_constants(view))
        add_transformed(body, view, "OLD", "\"rehome_old\"");
    text_addf(body, "    DELETE FROM %s AS t WHERE ", view->into->sql_name);
    add_key(body, view);
    text_add(body, ";\n    IF NOT FOUND THEN\n        RETURN NULL;\n    END IF;\n    RETURN OLD;\n");
}

static char *function_body(Arena *arena, const CompatView *view)
{
    Text body = text_new(arena);
    bool all = !view->compat->updatable;
    text_add(&body, "#variable_conflict use_column\n");
    if (all)
        text_addf(&body,
                  "DECLARE\n    \"rehome_given\" record;\n    \"rehome_old\" record;\n    \"rehome_new\" record;\n"
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

/* As the copy saw the world: the role's search_path, and the settings that every session of rehome has. */
static void add_settings(Text *sql, const CompatView *view)
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
    add_settings(sql, view);
    text_add(sql, "AS ");
    compat_add_body(sql, function_body(sql->arena, view));
    text_addf(sql, ";\nCOMMENT ON FUNCTION %s() IS %s;\n", view->compat->view,
              quote_literal(sql->arena, arena_printf(sql->arena, "%swrites what is written to the view %s to %s.",
                                                     compat_mark(sql->arena, view->plan), view_title(view),
                                                     title_of_relation(sql->arena, view->into))));
    text_addf(sql, "CREATE TRIGGER %s INSTEAD OF %sDELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n",
              name_of(sql->arena, view->compat->compat->view.name), all ? "INSERT OR UPDATE OR " : "",
              view->compat->view, view->compat->view);
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
