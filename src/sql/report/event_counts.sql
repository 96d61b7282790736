-- Events of migration $1 by kind: event, how many, the first, the last.
SELECT v.event, count(*), min(v.at), max(v.at) FROM rehome.event v WHERE v.migration = $1::bigint GROUP BY v.event ORDER BY v.event COLLATE "C"
