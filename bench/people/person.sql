SELECT id, firm_id, name, email, age, nick, title, balance, points, mood, notes, created_at FROM legacy.people
