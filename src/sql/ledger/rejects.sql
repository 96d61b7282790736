-- Rejects of migration $1, of entity $2 and reason $3 (NULL: all): id, entity, chunk, reason, budgeted, source, key, row, driving row, parked under,
-- SQLSTATE, constraint, column, message, fingerprint, attempt, waived by, at, because, rejected at.
SELECT r.id, r.entity, r.chunk, r.reason, r.budgeted, r.source, r.source_key, r.source_row, r.driving_row, r.parked, r.sqlstate,
       r.constraint_name, r.column_name, r.message, r.fingerprint, r.attempt,
       r.waived_by, to_char(r.waived_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.waived_because,
       to_char(r.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM rehome.reject r LEFT JOIN rehome.entity e ON e.migration = r.migration AND e.name = r.entity
 WHERE r.migration = $1::bigint AND ($2::text IS NULL OR r.entity = $2) AND ($3::text IS NULL OR r.reason = $3)
 ORDER BY e.position, r.entity COLLATE "C", r.id
