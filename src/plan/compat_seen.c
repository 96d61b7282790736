/* No update is lost: a row that has changed since a statement saw it is not overwritten.
 *
 * A trigger gets OLD and NEW as of the statement's snapshot, and on a view PostgreSQL locks and compares nothing. What
 * the view showed then and shows now may differ without a change of the row (a look-up, a time zone), so versions are
 * compared first: a STABLE function sees with the statement's snapshot, and notes the version that OLD was read from.
 */
#include "plan/compat_trigger.h"

#include "pg/quote.h"

#define VERSION "ROW(t.tableoid, t.ctid)::pg_catalog.text"
#define SEEN    "pg_catalog.current_setting('rehome.seen')"
/* What the statement itself has done to the row is no conflict. (txid_current() is as old as PostgreSQL 12.) */
#define OWN "t.xmin::pg_catalog.text = (pg_catalog.txid_current() & 4294967295)::pg_catalog.text"

/* ---- finding the row ---- */

static bool has_constants(const CompatView *view)
{
    FOR_EACH(const CompatKey, key, view->key)
        if (!key->old)
            return true;
    return false;
}

void compat_add_key_constants(Text *body, const CompatView *view)
{
    if (has_constants(view))
        compat_add_transformed(body, view, "OLD", "\"rehome_old\"");
}

void compat_add_key(Text *body, const CompatView *view)
{
    FOR_EACH(const CompatKey, key, view->key) {
        const char *name = quote_name(body->arena, key->column->name);
        text_addf(body, "%st.%s = ", key == view->key.items ? "" : " AND ", name);
        if (!key->old) {
            text_addf(body, "\"rehome_old\".%s", name);
            continue;
        }
        TypeUse use = type_use_of(key->old->type.catalog, key->column->type, key->column->typmod);
        text_addf(body, "OLD.%s%s", quote_name(body->arena, key->old->column->name),
                  key->old->same ? "" : arena_printf(body->arena, "::%s", type_use_bare_sql(body->arena, use)));
    }
}

/* A row that the view has shown may have left it. */
static void add_condition(Text *body, const CompatView *view)
{
    compat_add_key(body, view);
    if (compat_where(view))
        text_addf(body, "\n       AND (" VERSION " = " SEEN " OR (%s))", compat_where(view));
}

/* ---- the version that the statement has seen ---- */

char *compat_seen_function(Arena *arena, const CompatView *view)
{
    const Name *name = &view->compat->compat->view;
    return quote_qualified(arena, name->schema ? name->schema : view->into->schema,
                           arena_printf(arena, "see_%s", name->name));
}

void compat_add_seen(Text *sql, const CompatView *view)
{
    const char *function = compat_seen_function(sql->arena, view);
    if (view->key.count == 0)
        return;
    Text body = text_new(sql->arena);
    text_add(&body, "#variable_conflict use_column\nDECLARE\n    \"rehome_old\" record;\nBEGIN\n");
    compat_add_key_constants(&body, view);
    text_addf(&body,
              "    PERFORM pg_catalog.set_config('rehome.seen', coalesce((SELECT " VERSION " FROM %s AS t WHERE ",
              view->into->sql_name);
    compat_add_key(&body, view);
    text_add(&body,
             "), ''), true);\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\nEND\n");
    text_addf(sql, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql STABLE\n", function);
    compat_add_settings(sql, view);
    text_add(sql, "AS ");
    compat_add_body(sql, body.chars);
    text_addf(
        sql, ";\nCOMMENT ON FUNCTION %s() IS %s;\n", function,
        quote_literal(sql->arena, arena_printf(sql->arena, "%snotes which rows a statement over the view %s has seen.",
                                               compat_mark(sql->arena, view->plan), compat_title(view))));
    text_addf(sql, "CREATE TRIGGER rehome_see INSTEAD OF UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n",
              view->compat->view, function);
}

/* ---- the row that is there ---- */

/* The row as the view shows it now, and whether it is the one that the statement has seen. */
static void add_now(Text *body, const CompatView *view)
{
    compat_add_reads(body, view, "           ");
    text_add(body, ",\n           " VERSION " = " SEEN " AS \"rehome_seen\",\n           " OWN " AS \"rehome_own\"");
}

/* 'v: column "' || … || '" of the row with id = ' || … */
static void add_conflict_message(Text *body, const CompatView *view)
{
    Arena *arena = body->arena;
    const char *before = "\" of the row with ";
    text_addf(body, "pg_catalog.concat(%s, \"rehome_changed\"",
              quote_literal(arena, arena_printf(arena, "%s: column \"", compat_title(view))));
    FOR_EACH(const CompatKey, key, view->key) {
        if (!key->old)
            continue;
        const char *name = key->old->column->name;
        text_addf(body, ", %s, OLD.%s", quote_literal(arena, arena_printf(arena, "%s%s = ", before, name)),
                  quote_name(arena, name));
        before = ", ";
    }
    text_addf(body, ", '%s has changed since the statement began')", text_equal(before, ", ") ? "" : "\" of the row");
}

/* Refuses what would overwrite, or delete, a value that the statement has not seen. */
static void add_conflict(Text *body, const CompatView *view, bool update)
{
    Arena *arena = body->arena;
    text_add(body, "        \"rehome_changed\" := CASE WHEN \"rehome_now\".\"rehome_own\" THEN NULL");
    FOR_EACH(const CompatOld, old, view->old) {
        text_addf(body, "\n            WHEN %s", compat_differs(arena, old, "\"rehome_now\"", "OLD"));
        if (update)
            text_addf(body, " AND %s", compat_differs(arena, old, "NEW", "OLD"));
        text_addf(body, " THEN %s", quote_literal(arena, old->column->name));
    }
    text_add(body, " END;\n        IF \"rehome_changed\" IS NOT NULL THEN\n"
                   "            RAISE EXCEPTION USING ERRCODE = 'serialization_failure',\n                MESSAGE = ");
    add_conflict_message(body, view);
    text_add(body, ",\n                HINT = 'Run the statement again.';\n        END IF;\n");
}

/* What the statement does not change is as it is now: the transform may make one column of several. */
static void add_catching_up(Text *body, const CompatView *view)
{
    FOR_EACH(const CompatOld, old, view->old) {
        const char *name = quote_name(body->arena, old->column->name);
        text_addf(body,
                  "        NEW.%s := CASE WHEN %s THEN NEW.%s ELSE \"rehome_now\".%s END;\n"
                  "        OLD.%s := \"rehome_now\".%s;\n",
                  name, compat_differs(body->arena, old, "NEW", "OLD"), name, name, name, name);
    }
}

void compat_add_lock(Text *body, const CompatView *view)
{
    compat_add_key_constants(body, view);
    text_add(body, "    SELECT ");
    add_now(body, view);
    text_addf(body, "\n      INTO \"rehome_now\"\n      FROM %s AS t\n     WHERE ", view->into->sql_name);
    add_condition(body, view);
    text_add(body, "\n       FOR NO KEY UPDATE;\n    IF NOT FOUND THEN\n        RETURN NULL;\n"
                   "    ELSIF NOT \"rehome_now\".\"rehome_seen\" THEN\n");
    add_conflict(body, view, true);
    add_catching_up(body, view);
    text_add(body, "    END IF;\n");
}

/* A lock of its own would need the right to UPDATE; what is deleted in vain comes back with the error. */
void compat_add_delete(Text *body, const CompatView *view)
{
    compat_add_key_constants(body, view);
    text_addf(body, "    DELETE FROM %s AS t WHERE ", view->into->sql_name);
    add_condition(body, view);
    text_add(body, "\n    RETURNING ");
    add_now(body, view);
    text_add(body, "\n      INTO \"rehome_now\";\n    IF NOT FOUND THEN\n        RETURN NULL;\n"
                   "    ELSIF NOT \"rehome_now\".\"rehome_seen\" THEN\n");
    add_conflict(body, view, false);
    text_add(body, "    END IF;\n    RETURN OLD;\n");
}
