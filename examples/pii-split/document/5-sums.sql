-- The same from L2, made when it was refreshed.
SELECT to_char(month, 'YYYY-MM') AS month, category, currency, facts, total FROM l2_monthly ORDER BY 1, 2, 3;
