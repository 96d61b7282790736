-- Anything personal of anybody that occurs anywhere in L1, whatever columns L1 has by now. The value itself is not shown.
WITH words AS (
    -- all that is neither a token, nor an id, nor a moment, nor an amount: a few hundred values
    SELECT DISTINCT c.key AS column_name, lower(c.value) AS value
    FROM l1_transaction_facts AS f
    CROSS JOIN jsonb_each_text(to_jsonb(f)) AS c
    WHERE c.value !~ '^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.+-]+|-?\d+\.\d\d)$'
), personal AS (
    SELECT u.user_id, lower(p.value) AS value
    FROM l0_pii_users AS u
    CROSS JOIN LATERAL (VALUES (u.full_name), (u.email), (u.phone), (u.address)) AS p (value)
    WHERE trim(p.value) <> ''
    UNION
    SELECT t.user_id, lower(a.value)
    FROM transactions AS t
    CROSS JOIN LATERAL (VALUES (t.account_number), (replace(t.account_number, ' ', ''))) AS a (value)
    WHERE trim(a.value) <> ''
)
SELECT p.user_id, w.column_name
FROM words AS w
JOIN personal AS p ON w.value = p.value
                   OR octet_length(p.value) >= 6 AND strpos(w.value, p.value) > 0    -- "Bo" is not personal within "book"
