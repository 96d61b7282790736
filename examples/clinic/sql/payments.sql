-- The crosswalk holds the orders that were moved, and no others: a payment of one that was set aside has order_id NULL here, and the
-- rule order_set_aside in migration.yaml sets it aside too.
SELECT rehome.uuid('payments', p.id) AS id,
       p.id AS legacy_id,
       o.new_id AS order_id,
       p.amount,
       upper(p.currency) AS currency,
       nullif(trim(p.method), '') AS method,
       p.paid_at AT TIME ZONE 'Europe/Berlin' AS paid_at
  FROM dispatch_payment p
  LEFT JOIN rehome.crosswalk_orders o ON o.old_id = p.order_id
