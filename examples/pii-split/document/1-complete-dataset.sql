-- Verify old + new data = complete dataset. (Whatever the application writes goes to L1 alone, so L1 must have all of both.)
SELECT
  (SELECT count(*) FROM transactions) AS old_transactions,
  (SELECT count(*) FROM rehome.reject WHERE entity = 'l1_transaction_facts') AS set_aside,
  (SELECT count(*) FROM l1_transaction_facts) AS facts,
  (SELECT count(*) FROM l1_transaction_facts)
    - (SELECT count(*) FROM transactions)
    + (SELECT count(*) FROM rehome.reject WHERE entity = 'l1_transaction_facts') AS new_facts;
