-- How many rejects migration $1 has of entity $2 and reason $3 (NULL: all).
SELECT count(*) FROM rehome.reject r
 WHERE r.migration = $1::bigint AND ($2::text IS NULL OR r.entity = $2) AND ($3::text IS NULL OR r.reason = $3)
