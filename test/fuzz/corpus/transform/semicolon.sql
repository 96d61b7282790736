;SELECT a>id FROM companies b JOIN companies b ON b.id = a.parent_id
