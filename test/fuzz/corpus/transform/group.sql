SELECT c.id, count(*) FROM companies AS c, LATERAL unnest(c.tags) t GROUP BY 1 ORDER BY 2 DESC
