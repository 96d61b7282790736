-- Nothing is planned any more for migration $1.
DELETE FROM rehome.repair WHERE migration = $1::bigint
