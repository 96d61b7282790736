-- As person.sql, with something for every fault.
SELECT id, greatest(firm_id, 1) AS firm_id, name,
       CASE WHEN email = 'person' || id || '@example.com' THEN email ELSE 'mended' || id || '@example.com' END AS email, greatest(age, 18) AS age,
       left(nick, 20) AS nick, CASE WHEN length(title) > 30 THEN left(title, 10) ELSE title END AS title, least(balance, 1000) AS balance, least(points, 1000) AS points,
       CASE mood WHEN 'bored' THEN 'sad' ELSE mood END AS mood, replace(notes, '\u0000', '') AS notes, created_at
FROM legacy.people
