SET standard_conforming_strings = off;
INSERT INTO t VALUES ('it\'s', "a\");
/* /* ; */ */ CREATE TABLE c ()
INHERITS (a);
