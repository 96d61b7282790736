-- Old transactions without a fact, but for those that are set aside.
SELECT t.id
FROM transactions AS t
LEFT JOIN l1_transaction_facts AS f ON f.id = rehome.uuid('transaction', t.id)
WHERE f.id IS NULL
  AND t.user_id IS NOT NULL AND t.amount IS NOT NULL AND upper(trim(t.currency)) ~ '^[A-Z]{3}$'
