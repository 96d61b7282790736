-- Of the tables $1 (oids), on the server that $2 tells from all others: oid, and what decides beside the versions of its rows what reading it gives. No row: nobody can tell.
-- Nor can they where users have written operators or casts, which may do anything and whose calls no SQL shows, and of what a crash empties. That is the server and its timeline, four thousand million transactions, the database, enums' labels, and all tables that belong to it, with their columns.
WITH RECURSIVE tree AS (
    SELECT t.oid AS root, t.oid FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS t (oid)
     UNION
    SELECT tree.root, i.inhrelid FROM tree JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.oid
), described AS (
    SELECT tree.root, c.oid,
           (c.relkind IN ('r', 'm') AND am.amname = 'heap' OR c.relkind = 'p') AND c.relpersistence = 'p' AS told,
           pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT c.relrowsecurity AS seen,
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attmissingval), ',' ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
      FROM tree JOIN pg_catalog.pg_class AS c ON c.oid = tree.oid LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
), written AS (
    SELECT FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
     WHERE o.oid >= 16384 AND l.lanname NOT IN ('c', 'internal')
     UNION ALL
    SELECT FROM pg_catalog.pg_cast AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.castfunc JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
     WHERE t.oid >= 16384 AND l.lanname NOT IN ('c', 'internal')
), around AS (
    SELECT pg_catalog.concat_ws(' ', $2::text,
               CASE WHEN pg_catalog.pg_is_in_recovery() THEN (SELECT timeline_id::text FROM pg_catalog.pg_control_checkpoint())
                    ELSE pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) END,
               pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()) >> 32,
               (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
               (SELECT pg_catalog.md5(pg_catalog.string_agg(e.enumtypid || ' ' || e.oid || ' ' || e.enumlabel, ',' ORDER BY e.oid)) FROM pg_catalog.pg_enum AS e)) AS text
)
SELECT d.root, pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', d.oid, d.columns), E'\n' ORDER BY d.oid) || (SELECT text FROM around))
  FROM described AS d GROUP BY d.root HAVING pg_catalog.bool_and(d.told AND d.seen) AND NOT EXISTS (SELECT FROM written)
