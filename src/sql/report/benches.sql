-- Benches of migration $1: name, state, old ms, new ms, how many times as fast, statements of the old, of the new, runs, when, why it failed or missed.
SELECT b.name, b.state, b.old_ms, b.new_ms, b.ratio, b.old_queries, b.new_queries, b.runs, b.measured_at, b.why
  FROM rehome.bench b WHERE b.migration = $1::bigint ORDER BY b.position, b.name COLLATE "C"
