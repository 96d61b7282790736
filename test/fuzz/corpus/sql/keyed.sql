SELECT rehome.token('people', email), rehome.uuid('p', id::text || ')'), rehome . nanoid ( 'n', f(a, b) ) FROM t
