-- "Old tables archived", the last phase, when nobody reads them any more: they go to a schema of their own, where a dump can take them
-- away. What old code still uses are the views. `rehome verify` needs the tables: this comes after the last one.
BEGIN;
CREATE SCHEMA archive;
SELECT format('ALTER TABLE %I SET SCHEMA archive', name)
FROM (SELECT unnest('{users,people,auditAssignments,Notifications}'::text[]) AS name UNION ALL SELECT table_name FROM scorecards) AS old \gexec
COMMIT;
