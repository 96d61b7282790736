-- Rows read through time by entities of migration $1, in $3 pieces of the time from $4 to $5 (seconds since 1970): entity, rows in all, rows in each piece. The $2 entities with
-- most rows by name (entity NULL and its number: all others together). The rows of a chunk are spread over the time that it took.
WITH parameters AS (
    SELECT $3::int AS pieces, $4::float8 AS began, greatest($5::float8 - $4::float8, 0.001) / $3::int AS width
), moved AS (
    SELECT c.entity, c.read::float8 AS read, extract(epoch FROM c.done_at)::float8 AS ended, greatest(coalesce(c.seconds, 0), 0.0001) AS seconds
      FROM rehome.chunk c WHERE c.migration = $1::bigint AND c.state = 'done' AND c.method <> 'keys'
), ranked AS (
    SELECT m.entity, e.position, row_number() OVER (ORDER BY sum(m.read) DESC, e.position, m.entity COLLATE "C") AS rank
      FROM moved m LEFT JOIN rehome.entity e ON e.migration = $1::bigint AND e.name = m.entity GROUP BY m.entity, e.position
), named AS (
    SELECT entity, CASE WHEN rank <= $2::bigint THEN entity END AS shown, CASE WHEN rank <= $2::bigint THEN position END AS position FROM ranked
), spread AS (
    SELECT n.shown, b.piece,
           sum(m.read * greatest(0, least(m.ended, p.began + (b.piece + 1) * p.width) - greatest(m.ended - m.seconds, p.began + b.piece * p.width)) / m.seconds) AS rows
      FROM moved m JOIN named n ON n.entity = m.entity CROSS JOIN parameters p
     CROSS JOIN LATERAL generate_series(greatest(0, floor((m.ended - m.seconds - p.began) / p.width)::int),
                                        least(p.pieces - 1, floor((m.ended - p.began) / p.width)::int)) AS b (piece)
     GROUP BY n.shown, b.piece
)
SELECT a.shown, a.rows, ARRAY(SELECT round(coalesce(s.rows, 0)::numeric, 1)
                                FROM generate_series(0, (SELECT pieces - 1 FROM parameters)) AS g (piece)
                                LEFT JOIN spread s ON s.piece = g.piece AND s.shown IS NOT DISTINCT FROM a.shown ORDER BY g.piece), a.entities
  FROM (SELECT n.shown, min(n.position) AS position, sum(m.read)::bigint AS rows, count(DISTINCT n.entity) AS entities
          FROM moved m JOIN named n ON n.entity = m.entity GROUP BY n.shown) a
 ORDER BY a.shown IS NULL, a.position
