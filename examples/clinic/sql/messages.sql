SELECT rehome.uuid('messages', m.id) AS id,
       m.id AS legacy_id,
       rehome.uuid('profiles', m.sender_id) AS sender_id,
       rehome.uuid('profiles', m.recipient_id) AS recipient_id,
       m.body,
       m.sent_at AT TIME ZONE 'Europe/Berlin' AS sent_at
  FROM dispatch_message m
