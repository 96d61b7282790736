-- What was set aside is left out by its own definition, not by asking rehome.
SELECT status, count(*), round(sum(quantity * price), 2) FROM dispatch_order
 WHERE quantity > 0 AND price = round(price, 2) GROUP BY status ORDER BY status COLLATE "C"
