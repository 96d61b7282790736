-- The figures to write down before a migration. (numeric, so that the sum does not depend on the order of the rows)
SELECT format('%s items, %s pieces, %s USD', count(*), coalesce(sum("quantityInStock"), 0),
              coalesce(round(sum("quantityInStock" * "costPerUnitUSD"::numeric), 2), 0)) AS totals
FROM items
