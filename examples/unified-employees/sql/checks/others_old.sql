SELECT (SELECT count(*) FROM "auditAssignments") AS assignments, (SELECT count(*) FROM "Notifications") AS notifications
