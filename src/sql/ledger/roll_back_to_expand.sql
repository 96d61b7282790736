-- What the ledger says of the work of migration $1 after its expand and seed files goes.
WITH steps AS (DELETE FROM rehome.step WHERE migration = $1::bigint AND kind NOT IN ('expand', 'seed')),
     entities AS (DELETE FROM rehome.entity WHERE migration = $1::bigint),
     rejects AS (DELETE FROM rehome.reject WHERE migration = $1::bigint),
     conflicts AS (DELETE FROM rehome.conflict WHERE migration = $1::bigint),
     proofs AS (DELETE FROM rehome.verification WHERE migration = $1::bigint),
     benches AS (DELETE FROM rehome.bench WHERE migration = $1::bigint),
     checks AS (DELETE FROM rehome.check WHERE migration = $1::bigint)
UPDATE rehome.migration SET phase = 'expand', state = 'stopped', finished_at = NULL, rolling_back = NULL WHERE id = $1::bigint
