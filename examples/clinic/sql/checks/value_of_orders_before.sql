-- What is set aside is left out by conditions of this query's own, and not by asking rehome what it has set aside.
SELECT status, count(*), round(sum(quantity * price), 2) FROM dispatch_order
 WHERE quantity > 0 AND price = round(price, 2) GROUP BY status ORDER BY status COLLATE "C"
