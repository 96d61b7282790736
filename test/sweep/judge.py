"""What has come of a migration, asked of the servers and not of rehome.

    once = look(url, scene)        # of the run that nothing disturbed
    differences(once, look(url, scene))"""

import dataclasses
import time

from support.server import connect

OURS = "n.nspname <> ALL ('{pg_catalog,information_schema,pg_toast,rehome}') AND n.nspname !~ '^pg_(temp|toast)'"
COLUMNS = f"""
SELECT n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname), array_agg(a.attname ORDER BY a.attnum)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'm') AND {OURS} GROUP BY 1, 2 ORDER BY 1
"""
STRUCTURE = f"""
WITH ours AS (SELECT c.oid, c.relname, c.relkind, n.nspname, c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS})
SELECT 'relation', relkind::text || ' ' || nspname || '.' || relname, coalesce(reloptions::text, '') FROM ours WHERE relkind <> 'i'
UNION ALL
SELECT 'column', o.nspname || '.' || o.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull::text || a.attidentity::text
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND o.relkind IN ('r', 'v', 'm')
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) || (i.indisvalid, i.indisready, i.indisprimary, i.indisclustered, i.indisreplident)::text
       || coalesce(obj_description(i.indexrelid, 'pg_class'), '')
  FROM pg_index i JOIN ours o ON o.oid = i.indrelid
UNION ALL
SELECT 'constraint', k.conrelid::regclass::text || '.' || k.conname, pg_get_constraintdef(k.oid) || (k.convalidated, k.condeferrable, k.condeferred)::text
       || coalesce(obj_description(k.oid, 'pg_constraint'), '')
  FROM pg_constraint k JOIN ours o ON o.oid = k.conrelid
UNION ALL
SELECT 'trigger', t.tgrelid::regclass::text || '.' || CASE WHEN t.tgisinternal THEN '' ELSE t.tgname END, count(*)::text || t.tgenabled::text
  FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid GROUP BY t.tgrelid, 2, t.tgenabled
UNION ALL
SELECT 'view', o.nspname || '.' || o.relname, pg_get_viewdef(o.oid) FROM ours o WHERE o.relkind IN ('v', 'm')
UNION ALL
SELECT 'function', p.oid::regprocedure::text, md5(p.prosrc) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}
ORDER BY 1, 2, 3
"""
# Sequences that columns own and that would give a key again.
SEQUENCES = f"""
SELECT c.oid::regclass::text, format('SELECT max(%I) > (SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM %s) FROM %s', a.attname,
       s.oid::regclass, c.oid::regclass)
  FROM pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
 WHERE s.relkind = 'S' AND {OURS}
"""
# Where each sequence stands.
STANDING = "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname <> 'rehome' ORDER BY 1, 2"
BOOKS = """
SELECT entity, sum(read)::bigint, sum(written)::bigint, sum(unchanged)::bigint, sum(merged)::bigint, sum(filtered)::bigint, sum(rejected)::bigint
  FROM rehome.chunk GROUP BY entity ORDER BY entity COLLATE "C"
"""
REJECTS = """
SELECT entity, reason, source_key::text, {row}, sqlstate, constraint_name, column_name, count(*)
  FROM rehome.reject GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4
"""
UNFINISHED = """
SELECT 'step ' || name || ' is ' || state FROM rehome.step WHERE state <> 'done'
UNION ALL SELECT 'a chunk of ' || entity || ' is ' || state FROM rehome.chunk WHERE state <> 'done'
UNION ALL SELECT 'the migration is ' || state || ' in ' || phase FROM rehome.migration WHERE (state, phase) <> ('done', 'done')
"""
UNBALANCED = """
SELECT 'chunk ' || id || ' of ' || entity FROM rehome.chunk WHERE read <> written + unchanged + merged + filtered + rejected
UNION ALL
SELECT 'rejects of ' || c.entity FROM (SELECT entity, sum(rejected) AS booked FROM rehome.chunk GROUP BY 1) c
 WHERE booked <> (SELECT count(*) FROM rehome.reject r WHERE r.entity = c.entity)
"""
# Tables of rows that grow with the migration: {their columns but the migration's number}
KEPT = """
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('migration', 'id', 'chunk')
 WHERE c.relnamespace = 'rehome'::regnamespace AND c.relkind = 'r' AND (c.relname ~ '^crosswalk_' OR c.relname IN ('conflict', 'flag'))
   AND a.attname NOT IN ('changed_at', 'changed_by', 'created_at') GROUP BY 1 ORDER BY 1
"""


@dataclasses.dataclass
class Seen:
    tables: dict  # {table: (rows, distinct rows, hash)}
    structure: list
    books: list
    rejects: list
    kept: dict
    unfinished: list
    unbalanced: list
    behind: list  # tables whose sequence would give a key again


def _sums(connection, queries):
    """{name: (rows, different rows, hash of all)}, in one statement."""
    if not queries:
        return {}
    parts = [
        f"SELECT {i}, count(*), count(DISTINCT h), coalesce(sum(h), 0)::text"
        f" FROM (SELECT hashtextextended((q.*)::text, 0) AS h FROM ({select}) q) q{i}"
        for i, select in enumerate(queries.values())
    ]
    names = list(queries)
    return {names[row[0]]: row[1:] for row in connection.execute(" UNION ALL ".join(parts)).fetchall()}


def _selects(connection, scene):
    selects = {}
    for name, quoted, columns in connection.execute(COLUMNS).fetchall():
        kept = ", ".join('"' + one.replace('"', '""') + '"' for one in columns if f"{name}.{one}" not in scene.left_out)
        selects[name] = scene.instead.get(name, f"SELECT {kept} FROM {quoted}")
    return selects


def _first(connection, statement):
    return [row[0] for row in connection.execute(statement).fetchall()]


def contents(url, scene):
    """Rows, structure and sequences of everything but the ledger."""
    with connect(url, options="-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1") as connection:
        return (_sums(connection, _selects(connection, scene)), connection.execute(STRUCTURE).fetchall(),
                connection.execute(STANDING).fetchall())


def look(url, scene):
    with connect(url, options="-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1") as connection:
        kept = {name: f"SELECT {columns} FROM rehome.{name}" for name, columns in connection.execute(KEPT).fetchall()}
        if scene.instead:
            kept.pop("conflict", None)
        behind = [table for table, question in connection.execute(SEQUENCES).fetchall() if connection.execute(question).fetchone()[0]]
        return Seen(
            _sums(connection, _selects(connection, scene)), connection.execute(STRUCTURE).fetchall(),
            connection.execute(BOOKS).fetchall(), connection.execute(REJECTS.format(row="NULL" if scene.instead else "source_row::text")).fetchall(), _sums(connection, kept),
            _first(connection, UNFINISHED), _first(connection, UNBALANCED), behind,
        )


def _compare_tables(expected, seen, kind_of):
    for name in sorted(expected.keys() | seen.keys()):
        right, found = expected.get(name), seen.get(name)
        if right != found:
            yield kind_of(right, found), f"{name}: {right and right[0]} rows became {found and found[0]}, {right} → {found}"


def _row_trouble(right, found):
    if not right or not found:
        return "structure"
    return "loss" if found[0] < right[0] else "duplicate" if found[0] > right[0] else "other rows"


def differences(expected, seen):
    """[(kind, what)]: loss, duplicate, other rows, unbalanced, structure, unfinished."""
    found = list(_compare_tables(expected.tables, seen.tables, _row_trouble))
    found += _compare_tables(expected.kept, seen.kept, lambda right, now: "other rows")
    found += [("unbalanced", what) for what in seen.unbalanced]
    if expected.books != seen.books:
        found.append(("unbalanced", f"{sorted(set(expected.books) ^ set(seen.books))}"))
    if expected.rejects != seen.rejects:
        found.append(("other rows", f"rejects: {sorted(set(expected.rejects) ^ set(seen.rejects))[:6]}"))
    if expected.structure != seen.structure:
        found.append(("structure", f"{sorted(set(expected.structure) ^ set(seen.structure))[:6]}"))
    found += [("unfinished", what) for what in seen.unfinished]
    found += [("structure", f"the sequence of {table} is behind") for table in seen.behind]
    return found


def left_behind(servers, side, database, role, patience=30.0):
    """Sessions of rehome that are still there, and prepared transactions; those of a killed process may take a moment."""
    deadline = time.monotonic() + patience
    while True:
        left = servers.ask(
            side,
            """SELECT application_name || ' ' || state || ': ' || left(query, 80) FROM pg_stat_activity
                WHERE datname = %(database)s AND usename = %(role)s AND application_name LIKE 'rehome%%'
               UNION ALL SELECT 'prepared ' || gid FROM pg_prepared_xacts WHERE database = %(database)s""",
            {"database": database, "role": role},
        )
        if not left or time.monotonic() > deadline:
            return [row[0] for row in left]
        time.sleep(0.02)
