-- The way back for one organization, on the new database; rows of the others are not touched. Afterwards its company can be
-- migrated again.
--     psql "$TARGET_URL" -v organization=… -v company=697c28f3-a401-4836-af93-891a2b98740d -f document/6-undo.sql
BEGIN;
DELETE FROM organizations WHERE id = :'organization'; -- leads, conversions, segments and custom fields follow: ON DELETE CASCADE
DELETE FROM rehome.migration WHERE name = 'laiki' AND (params ->> 'company')::uuid[] @> ARRAY[:'company']::uuid[];
COMMIT;
