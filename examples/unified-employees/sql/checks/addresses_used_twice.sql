-- Addresses with two accounts. They become one employee; rehome.conflict keeps what each said.
SELECT lower(trim(email)), count(*) AS accounts
FROM users
GROUP BY 1
HAVING count(*) > 1
