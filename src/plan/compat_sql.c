/* The SQL of a view that looks like an old table: made to be read by whoever meets it in the database. */
#include "plan/compat_trigger.h"

#include "pg/quote.h"
#include "plan/title.h"

#include <string.h>

enum { SECURITY_INVOKER_SINCE = 150000 };

void compat_add_body(Text *sql, const char *body)
{
    const char *tag = "$rehome$";
    for (int number = 2; strstr(body, tag); number++)
        tag = arena_printf(sql->arena, "$rehome%d$", number);
    text_addf(sql, "%s\n%s%s", tag, body, tag);
}

/* ---- the view ---- */

void compat_add_reads(Text *sql, const CompatView *view, const char *indent)
{
    FOR_EACH(const CompatOld, old, view->old)
        text_addf(sql, "%s%s%s AS %s", old == view->old.items ? "" : ",\n", old == view->old.items ? "" : indent,
                  old->read_sql, quote_name(sql->arena, old->column->name));
}

static void add_view(Text *sql, const CompatView *view)
{
    bool invoker = view->plan->gathered->target->server_version >= SECURITY_INVOKER_SINCE;
    text_addf(sql, "CREATE VIEW %s%s AS\nSELECT ", view->compat->view,
              invoker ? " WITH (security_invoker = true)" : "");
    compat_add_reads(sql, view, "       ");
    text_addf(sql, "\n  FROM %s AS t", view->into->sql_name);
    if (view->compat->compat->where.text)
        text_addf(sql, "\n WHERE (%s)%s", view->compat->compat->where.text,
                  view->compat->updatable ? "\n  WITH CASCADED CHECK OPTION" : "");
    text_addf(sql, ";\nCOMMENT ON VIEW %s IS %s;\n", view->compat->view,
              quote_literal(sql->arena,
                            arena_printf(sql->arena, "%s%s in the shape of %s.", compat_mark(sql->arena, view->plan),
                                         title_of_relation(sql->arena, view->into),
                                         title_of_relation(sql->arena, view->compat->like))));
}

/* Where PostgreSQL writes by itself, the table's own defaults count. */
static void add_defaults(Text *sql, const CompatView *view)
{
    FOR_EACH(const CompatOld, old, view->old) {
        bool own = view->compat->updatable && old->carrier && (old->carrier->has_default || old->carrier->identity);
        if (old->default_sql && !own)
            text_addf(sql, "ALTER VIEW %s ALTER COLUMN %s SET DEFAULT (%s)::%s;\n", view->compat->view,
                      quote_name(sql->arena, old->column->name), old->default_sql, old->type_name);
    }
}

/* ---- what was there before, and who may use it ---- */

/* Somebody's view of that name is never dropped; who was given rights on ours keeps them. */
static void add_drop(Text *sql, const CompatView *view)
{
    Arena *arena = sql->arena;
    const char *name = quote_literal(arena, view->compat->view);
    const char *write = arena_printf(arena, "%s()", view->compat->view);
    const char *see = arena_printf(arena, "%s()", compat_seen_function(arena, view));
    const char *mark = quote_literal(arena, compat_mark(arena, view->plan));
    const char *old = view->plan->gathered->same ? quote_literal(arena, view->compat->like->sql_name) : "NULL";
    Text body = text_new(arena);
    text_addf(
        &body,
        "DECLARE\n"
        "    there pg_catalog.regclass := pg_catalog.to_regclass(%s);\n"
        "BEGIN\n"
        "IF EXISTS (\n"
        "    SELECT FROM (VALUES (there::pg_catalog.oid, 'pg_class'),\n"
        "                        (pg_catalog.to_regprocedure(%s)::pg_catalog.oid, 'pg_proc'),\n"
        "                        (pg_catalog.to_regprocedure(%s)::pg_catalog.oid, 'pg_proc')) AS o (oid, catalog)\n"
        "     WHERE o.oid IS NOT NULL AND pg_catalog.starts_with(pg_catalog.obj_description(o.oid, o.catalog), %s) IS "
        "NOT TRUE) THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = 'duplicate_object', MESSAGE = %s || ' is there already, and rehome has "
        "not made it',\n"
        "        HINT = 'Give the view another name, or drop the view and the function of that name.';\n"
        "END IF;\n"
        "PERFORM pg_catalog.set_config('rehome.grants', (\n"
        "    SELECT coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))::pg_catalog.text FROM "
        "pg_catalog.pg_class c\n"
        "     WHERE c.oid = coalesce(there, %s::pg_catalog.regclass)), true);\n"
        "END\n",
        name, quote_literal(arena, write), quote_literal(arena, see), mark, name, old);
    text_add(sql, "DO ");
    compat_add_body(sql, body.chars);
    text_addf(sql, ";\nDROP VIEW IF EXISTS %s;\nDROP FUNCTION IF EXISTS %s, %s;\n", view->compat->view, write, see);
}

static void add_grants(Text *sql, const CompatView *view)
{
    Text body = text_new(sql->arena);
    text_addf(
        &body,
        "DECLARE\n"
        "    command pg_catalog.text;\n"
        "BEGIN\n"
        "FOR command IN\n"
        "    SELECT pg_catalog.format('GRANT %%s ON %%s TO %%s%%s', a.privilege_type, c.oid::pg_catalog.regclass,\n"
        "                             CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) "
        "END,\n"
        "                             CASE WHEN a.is_grantable AND a.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' "
        "END)\n"
        "      FROM pg_catalog.pg_class c,\n"
        "           pg_catalog.aclexplode(nullif(pg_catalog.current_setting('rehome.grants', true), "
        "'')::pg_catalog.aclitem[]) a\n"
        "           LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee\n"
        "     WHERE c.oid = %s::pg_catalog.regclass AND a.grantee <> c.relowner\n"
        "       AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')\n"
        "LOOP\n"
        "    EXECUTE command;\n"
        "END LOOP;\n"
        "END\n",
        quote_literal(sql->arena, view->compat->view));
    text_add(sql, "DO ");
    compat_add_body(sql, body.chars);
    text_add(sql, ";\n");
}

char *compat_action(Arena *arena, const CompatView *view)
{
    Text sql = text_new(arena);
    add_drop(&sql, view);
    add_view(&sql, view);
    add_defaults(&sql, view);
    compat_add_function(&sql, view);
    add_grants(&sql, view);
    return sql.chars;
}
