-- No duplicate data ever: the same user, account, moment, amount and currency more often in L1 than in the old table. Should be 0 rows.
SELECT user_token, occurred_at, amount, currency, count(*)
FROM l1_transaction_facts
GROUP BY user_token, account_token, occurred_at, amount, currency
HAVING count(*) > 1;
