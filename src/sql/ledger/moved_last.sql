-- Of the entities $2 of migration $1: what changes whenever rows of theirs are moved, the last chunk's time; and whenever some are refused, the rejects.
SELECT (SELECT concat_ws(' ', count(*), max(done_at)) FROM rehome.chunk WHERE migration = $1::bigint AND entity = ANY ($2::text[]) AND state = 'done'),
       (SELECT concat_ws(' ', count(*), max(id)) FROM rehome.reject WHERE migration = $1::bigint AND entity = ANY ($2::text[]))
