-- Whether a step of migration $1 among the names $2 is ready, whoever holds it.
SELECT EXISTS (
    SELECT FROM rehome.step s
     WHERE s.migration = $1::bigint AND s.state = 'pending' AND s.kind NOT IN ('expand', 'seed', 'verify', 'check after') AND ($2::text[] IS NULL OR s.name = ANY ($2::text[]))
       AND NOT EXISTS (SELECT FROM rehome.step d
                        WHERE d.migration = s.migration AND d.name = ANY (s.needs) AND d.state <> 'done'))
