-- NOT EXISTS, since NOT IN reads all items again for every batch where they do not fit into work_mem.
SELECT count(*)
FROM stock_batches AS sb
WHERE NOT EXISTS (SELECT FROM items AS i WHERE i.id = sb."itemId")
