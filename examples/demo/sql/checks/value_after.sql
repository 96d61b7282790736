SELECT count(value), sum(value)
FROM conversions
JOIN organizations AS o ON o.id = organization_id
WHERE o.legacy_id = :'company'
