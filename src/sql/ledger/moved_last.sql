-- What changes whenever rows of the entities $2 of migration $1 are moved or refused: the last chunk's time, and the rejects.
SELECT concat_ws(' ', (SELECT concat_ws(' ', count(*), max(done_at)) FROM rehome.chunk WHERE migration = $1::bigint AND entity = ANY ($2::text[]) AND state = 'done'),
                 (SELECT concat_ws(' ', count(*), max(id)) FROM rehome.reject WHERE migration = $1::bigint AND entity = ANY ($2::text[])))
