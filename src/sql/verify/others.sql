-- Whether anybody else fills table $3 of schema $2: entities of other migrations than $1, or of this one that are not in the array $4.
SELECT EXISTS (
    SELECT FROM rehome.entity
     WHERE into_schema = $2 AND into_name = $3
       AND NOT (migration = $1::bigint AND name = ANY ($4::text[])))
