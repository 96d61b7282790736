-- What L1 has of it. What the application has written since the migration began is left out, so that the answer stands still.
SELECT count(*), sum(amount)
FROM l1_transaction_facts
WHERE recorded_at < (SELECT min(created_at) FROM rehome.migration WHERE name = 'pii-split')
   OR origin = 'history'
