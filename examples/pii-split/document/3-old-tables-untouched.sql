-- Old tables remain untouched: the same before and after. (Compare with the output from before.)
SELECT 'transactions' AS old_table, count(*), md5(string_agg(md5((t.*)::text), '' ORDER BY id)) FROM transactions AS t
UNION ALL
SELECT 'onboarding_responses', count(*), md5(string_agg(md5((o.*)::text), '' ORDER BY id)) FROM onboarding_responses AS o;
