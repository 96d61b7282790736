-- What refused is called $2 and not $1; NULL: it is the bounds of a partition, which have no name.
UPDATE rehome.reject
   SET constraint_name = $2, reason = split_part(reason, ':', 1) || coalesce(':' || $2, ''),
       message = CASE WHEN $2 IS NULL THEN replace(message, 'check constraint "' || $1 || '"', 'partition constraint') ELSE replace(message, $1, $2) END
 WHERE constraint_name = $1
