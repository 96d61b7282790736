-- The way back for one company, on the new database; rows of the others are not touched. Afterwards it can be migrated again.
--     psql "$TARGET_URL" -v company=697c28f3-a401-4836-af93-891a2b98740d -f document/6-undo.sql
BEGIN;
DELETE FROM organizations -- leads, conversions, segments and custom fields follow: ON DELETE CASCADE
WHERE id IN (SELECT new_id FROM rehome.crosswalk_organizations WHERE old_id = :'company');
-- and what rehome has noted about runs with this company, or the next one would find nothing left to do
DELETE FROM rehome.migration WHERE name = 'laiki' AND (params ->> 'company')::uuid[] @> ARRAY[:'company']::uuid[];
COMMIT;
