-- Items that were marked as migrated: their batches are the truth by now, and must not be overwritten from the items.
-- (By way of JSON, since the column is not there before the first run.)
SELECT id
FROM items AS i
WHERE (to_jsonb(i) ->> 'useBatchSystem')::boolean AND (:'item' IS NULL OR id = :'item')
