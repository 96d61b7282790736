SELECT c.id, x.new_id FROM companies c JOIN rehome.crosswalk_people x ON x.old_id = c.parent_id
