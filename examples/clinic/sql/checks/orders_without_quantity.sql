SELECT count(*) FROM dispatch_order WHERE quantity <= 0
