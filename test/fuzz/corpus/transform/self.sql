SELECT a.id FROM companies a JOIN companies b ON b.id = a.parent_id
