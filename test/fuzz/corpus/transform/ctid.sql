SELECT c.ctid, c.*, c.tableoid FROM companies c TABLESAMPLE SYSTEM (10)
===
id = ANY ('{1,2}')
===
-
