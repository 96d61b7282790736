-- "Partitioning-ready structure": audits becomes the first partition of a table that is partitioned by year. Rows are not moved: the
-- table is attached as it is, with its indexes and keys. The reports and the views
-- of the scorecards are made again, as they belong to the table and not to its name.
\set ON_ERROR_STOP on
BEGIN;
DROP MATERIALIZED VIEW audit_statistics, auditor_performance;
ALTER TABLE audits RENAME TO audits_until_2026;
CREATE TABLE audits (LIKE audits_until_2026 INCLUDING ALL) PARTITION BY RANGE (audited_at);
ALTER TABLE audits
    ADD FOREIGN KEY (scorecard_id) REFERENCES scorecards,
    ADD FOREIGN KEY (employee_id) REFERENCES employees,
    ADD FOREIGN KEY (auditor_id) REFERENCES employees,
    ADD FOREIGN KEY (channel_id) REFERENCES channels;
ALTER SEQUENCE audits_id_seq OWNED BY audits.id;
ALTER TABLE audits ATTACH PARTITION audits_until_2026 FOR VALUES FROM (MINVALUE) TO ('2027-01-01Z');
CREATE TABLE audits_2027 PARTITION OF audits FOR VALUES FROM ('2027-01-01Z') TO ('2028-01-01Z');
\ir ../sql/20-reports.sql
\ir ../sql/compat/audit_tables.sql
COMMIT;
