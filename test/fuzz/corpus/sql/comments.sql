-- :'a'
SELECT /* nested /* :a */ ; */ 1; -- rehome.token('a', b)
SELECT 2;
