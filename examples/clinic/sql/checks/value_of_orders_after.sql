SELECT status, count(*), round(sum(quantity * price), 2) FROM orders GROUP BY status ORDER BY status COLLATE "C"
