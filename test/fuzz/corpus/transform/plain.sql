SELECT id, upper(name) AS name, tags FROM companies c
===
c.id > 7
===
id
