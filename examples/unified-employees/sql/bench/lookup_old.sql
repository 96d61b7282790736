-- Who is zoe.angstrom@example.com? Two queries, as both tables know a part, and no index helps with addresses as people typed them.
SELECT id, name, role, phone FROM users WHERE lower(trim(email)) = 'zoe.angstrom@example.com';
SELECT id, full_name, department, team FROM people WHERE lower(trim(email)) = 'zoe.angstrom@example.com';
