SELECT 'größe', 'Ελλάδα' AS "名" -- ✓
FROM t WHERE a = :'ä'
