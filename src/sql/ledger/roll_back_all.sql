-- Everything that the ledger says of the work of migration $1 goes, but what a rollback left alone.
WITH steps AS (DELETE FROM rehome.step WHERE migration = $1::bigint),
     entities AS (DELETE FROM rehome.entity WHERE migration = $1::bigint),
     rejects AS (DELETE FROM rehome.reject WHERE migration = $1::bigint),
     conflicts AS (DELETE FROM rehome.conflict WHERE migration = $1::bigint),
     proofs AS (DELETE FROM rehome.verification WHERE migration = $1::bigint),
     benches AS (DELETE FROM rehome.bench WHERE migration = $1::bigint),
     findings AS (DELETE FROM rehome.finding WHERE migration = $1::bigint),
     declared AS (DELETE FROM rehome.declared WHERE migration = $1::bigint),
     checks AS (DELETE FROM rehome.check WHERE migration = $1::bigint),
     notes AS (DELETE FROM rehome.undo WHERE migration = $1::bigint AND state <> 'left' AND kind <> 'mark'),
     marks AS (UPDATE rehome.undo SET state = 'left', wrote = coalesce(wrote, xmin) WHERE migration = $1::bigint AND state <> 'left' AND kind = 'mark'),
     backups AS (UPDATE rehome.backup SET state = 'kept' WHERE migration = $1::bigint AND state = 'taken'),
     flags AS (DELETE FROM rehome.flag f USING rehome.migration m WHERE m.id = $1::bigint AND f.migration = m.name
                  AND NOT EXISTS (SELECT FROM rehome.migration o WHERE o.name = m.name AND o.id <> m.id AND o.phase <> 'rolled back'))
UPDATE rehome.migration SET phase = 'rolled back', state = 'done', finished_at = NULL, rolling_back = NULL WHERE id = $1::bigint
