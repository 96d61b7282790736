SELECT rehome.token('one'), rehome.other(1), "rehome".uuid('a', 'b', 'c'), rehome.uuid(
