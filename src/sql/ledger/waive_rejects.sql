-- Rejects of migration $1 whose ids are in "picked" stay behind because of $10; told in the events: how many were not waived before.
, waived AS (
    UPDATE rehome.reject r SET waived_by = session_user, waived_at = now(), waived_because = $10
      FROM picked p WHERE r.id = p.id AND r.waived_at IS NULL
    RETURNING r.entity, r.reason
), told AS (
    INSERT INTO rehome.event (migration, event, entity, message)
    SELECT $1::bigint, 'rejects.waived', entity,
           format('%s waived by %s (%s): %s', count(*), session_user, string_agg(DISTINCT reason, ', ' ORDER BY reason), $10)
      FROM waived GROUP BY entity)
SELECT count(*) FROM waived
