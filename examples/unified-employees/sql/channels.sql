SELECT DISTINCT lower(trim(channel)) AS name
FROM (SELECT channel FROM people UNION ALL SELECT channel FROM scorecards) AS typed
WHERE trim(channel) <> ''
