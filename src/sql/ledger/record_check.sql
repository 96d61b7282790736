-- Records the outcome of check $2 on side $3 of migration $1: severity $4, state $5, value $6.
INSERT INTO rehome.check (migration, name, side, severity, state, value) VALUES ($1::bigint, $2, $3, $4, $5, $6)
    ON CONFLICT (migration, side, name)
    DO UPDATE SET severity = excluded.severity, state = excluded.state, value = excluded.value, checked_at = now()
