-- Old data and new data: the old transactions, and what the application had written to L1 before the migration. UNION and not
-- UNION ALL: what is in both counts once.
SELECT count(*), sum(amount)
FROM (
    SELECT rehome.uuid('transaction', id) AS id, amount
    FROM transactions
    WHERE user_id IS NOT NULL AND amount IS NOT NULL AND upper(trim(currency)) ~ '^[A-Z]{3}$'
    UNION
    SELECT id, amount
    FROM l1_transaction_facts
    WHERE recorded_at < (SELECT min(created_at) FROM rehome.migration WHERE name = 'pii-split')
) AS everything
