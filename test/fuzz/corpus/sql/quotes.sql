SELECT 'it''s', E'it\'s', "a""b", $$ :a $$, $t$ $$ $t$, U&'\0041' FROM t;
