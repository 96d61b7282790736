-- Whether the books of every chunk of migration $1 balance.
SELECT NOT EXISTS (SELECT FROM rehome.chunk
                    WHERE migration = $1::bigint AND read <> written + unchanged + merged + filtered + rejected)
   AND NOT EXISTS (SELECT FROM rehome.entity e
                    WHERE e.migration = $1::bigint
                      AND (SELECT coalesce(sum(c.rejected), 0) FROM rehome.chunk c
                            WHERE c.migration = e.migration AND c.entity = e.name)
                       <> (SELECT count(*) FROM rehome.reject r
                            WHERE r.migration = e.migration AND r.entity = e.name))
