-- The plan's post-migration validation, on the new database: record counts.
SELECT 'organizations' AS table_name, count(*) AS record_count FROM organizations
UNION ALL
SELECT 'leads', count(*) FROM leads
UNION ALL
SELECT 'conversions', count(*) FROM conversions;
