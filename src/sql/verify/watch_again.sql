-- After a look that began at $1: rows that are alike now go, and so do those of which the target holds what the source was seen to hold before: it follows.
-- One that was $2 times alike in all, for $3 seconds, is no suspect any more.
WITH seen AS (
    SELECT *, row_number() OVER (PARTITION BY kh ORDER BY source_hash, target_hash) AS turn FROM pg_temp.rehome_odd
), odd AS (
    SELECT kh, turn, coalesce(CASE WHEN s.source_hash IS NOT NULL THEN s.entity END, w.entity) AS entity, s.source_hash, s.target_hash,
           coalesce(s.key, w.key) AS key, coalesce(s.driving, w.driving) AS driving, s.what,
           s.source_hash IS NOT DISTINCT FROM w.source_hash AND s.target_hash IS NOT DISTINCT FROM w.target_hash AS same
      FROM pg_temp.rehome_watched AS w JOIN seen AS s USING (kh, turn)
     WHERE w.suspect AND array_position(w.given, s.target_hash) IS NULL
), gone AS (
    DELETE FROM pg_temp.rehome_watched AS w
     WHERE w.suspect AND NOT EXISTS (SELECT FROM odd WHERE odd.kh = w.kh AND odd.turn = w.turn)
)
UPDATE pg_temp.rehome_watched AS w
   SET entity = odd.entity, source_hash = odd.source_hash, target_hash = odd.target_hash, key = odd.key, driving = odd.driving, what = odd.what,
       looks = CASE WHEN same THEN w.looks + 1 ELSE 1 END,
       since = CASE WHEN same THEN w.since ELSE clock_timestamp() END,
       given = w.given || odd.source_hash,
       suspect = NOT (same AND w.looks + 1 >= $2::int AND $1::timestamptz - w.since >= $3::float8 * interval '1 second')
  FROM odd
 WHERE odd.kh = w.kh AND odd.turn = w.turn
