SELECT (SELECT count(*) FROM audit_assignments) + (SELECT count(*) FROM rehome.reject WHERE entity = 'audit_assignments') AS assignments,
       (SELECT count(*) FROM notifications) + (SELECT count(*) FROM rehome.reject WHERE entity = 'notifications') AS notifications
