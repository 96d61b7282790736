INSERT INTO l1_merchants (name)
VALUES ('Aldi'), ('Café Central ☕'), ('Landlord Ltd'), ('Uber'), ('Łódź Books')
ON CONFLICT DO NOTHING;
