-- Rejects whose ids are in "picked": id, entity, chunk, reason, budgeted, source, key, row, driving row, parked under, SQLSTATE, constraint, column,
-- message, fingerprint, attempt, waived by, at, because, rejected at; all of it as one JSON object; row and driving row for people. Each is looked up
-- by its id: a page must not read the whole table.
SELECT r.id, r.entity, r.chunk, r.reason, r.budgeted, r.source, r.source_key, r.source_row, r.driving_row, r.parked, r.sqlstate,
       r.constraint_name, r.column_name, r.message, r.fingerprint, r.attempt, r.waived_by, t.waived_at, r.waived_because, t.created_at,
       json_build_object('id', r.id, 'entity', r.entity, 'chunk', r.chunk, 'reason', r.reason, 'budgeted', r.budgeted, 'source', r.source,
                         'source_key', r.source_key, 'source_row', r.source_row, 'driving_row', r.driving_row, 'parked', r.parked,
                         'sqlstate', r.sqlstate, 'constraint', r.constraint_name, 'column', r.column_name, 'message', r.message,
                         'attempt', r.attempt, 'fingerprint', r.fingerprint, 'waived_by', r.waived_by, 'waived_at', t.waived_at,
                         'waived_because', r.waived_because, 'created_at', t.created_at),
       jsonb_pretty(r.source_row), jsonb_pretty(r.driving_row)
  FROM picked p
 CROSS JOIN LATERAL (SELECT * FROM rehome.reject WHERE id = p.id OFFSET 0) AS r
 CROSS JOIN LATERAL (SELECT to_char(r.waived_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(r.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
       AS t (waived_at, created_at)
 ORDER BY r.id
