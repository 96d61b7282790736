-- Nobody ever checked uploaded_by: a user who is gone is not in the crosswalk of profiles and becomes NULL.
SELECT rehome.uuid('files', f.id) AS id,
       f.id AS legacy_id,
       rehome.uuid('cases', f.case_id) AS case_id,
       u.new_id AS uploaded_by,
       f.path,
       f.sha1,
       f.bytes,
       coalesce(nullif(f.mime, ''), 'application/octet-stream') AS mime,
       f.uploaded_at AT TIME ZONE 'Europe/Berlin' AS uploaded_at
  FROM dispatch_file f
  LEFT JOIN rehome.crosswalk_profiles u ON u.old_id = f.uploaded_by
