SELECT count(*)
FROM (SELECT lower(trim(email)) FROM users WHERE trim(email) <> ''
      UNION
      SELECT lower(trim(email)) FROM people WHERE trim(email) <> '') AS address
