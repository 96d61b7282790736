"""`rehome verify --repair` on tables that are unlike the plain one: types of keys, names, partitions, triggers, constraints."""

import pytest

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'good', 'great', 'so so', 'it''s');
CREATE DOMAIN short AS text CHECK (length(value) < 30);
CREATE TYPE pair AS (a int, b text);
"""

# the source's type, the target's, seven values: one is taken away, one changed, the last one is the stranger's
KEYS = {
    "char": ("char(5)", "char(5)", ["a", "ab", "a b", "é", "''", "\\", "zz"]),
    "char_to_text": ("char(5)", "text", ["a", "ab", "a b", "é", "''", "\\", "zz"]),
    "varchar": ("varchar(20)", "varchar(20)", ["a ", "{}", '"q"', "a,b", "null", "x\ny", "zz"]),
    "text": ("text", "text", ["", " ", "NULL", '{"a"}', "\\N", "it''s", "zz"]),
    "numeric": ("numeric", "numeric", ["1.0", "2.50", "-0.10", "NaN", "100", "1e10", "7.7"]),
    "numeric_to_scale": ("numeric", "numeric(12,3)", ["1.0", "2.50", "-0.10", "3", "100", "1e6", "7.7"]),
    "int_to_numeric": ("int", "numeric(10,2)", ["1", "2", "-3", "4", "5", "6", "7"]),
    "timestamptz": ("timestamptz", "timestamptz", ["2024-03-31 01:30:00.123456+01", "2024-10-27 02:30+01", "infinity", "0044-03-15 BC", "2000-01-01 UTC", "1900-01-01 UTC", "2030-01-01 UTC"]),
    "date_to_timestamptz": ("date", "timestamptz", ["2024-03-31", "2024-10-27", "infinity", "2001-01-01", "2000-01-01", "1900-01-01", "2030-01-01"]),
    "bytea": ("bytea", "bytea", ["\\x", "\\x00", "\\x5c5c", "\\xdeadbeef", "\\x27", "\\x22", "\\xff"]),
    "uuid": ("uuid", "uuid", [f"00000000-0000-4000-8000-00000000000{i}" for i in range(7)]),
    "float8": ("float8", "float8", ["0.1", "1e300", "-0", "NaN", "Infinity", "0.30000000000000004", "7"]),
    "bool_like": ("int2", "int8", ["1", "2", "3", "4", "5", "6", "7"]),
    "enum": ("mood", "mood", ["sad", "ok", "good", "great", "so so", "it''s", None]),
    "domain": ("short", "short", ["a", "b", "{c}", "d\\", '"', "f", "zz"]),
    "interval": ("interval", "interval", ["1 day", "24:00:01", "1 mon", "31 days", "-1 year", "0", "7 s"]),
    "inet": ("inet", "inet", ["10.0.0.1", "10.0.0.1/8", "::1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.9"]),
    "range": ("int4range", "int4range", ["[1,2)", "empty", "(,3)", "[4,)", "[5,6]", "[7,8)", "[9,10)"]),
    "array": ("text[]", "text[]", ["{}", "{a}", '{"a,b"}', "{NULL}", '{"NULL"}', "{a,b}", "{zz}"]),
    "composite": ("pair", "pair", ["(1,a)", "(1,)", '(1,"")', '(,"x y")', '(2,"a,b")', '(3,"q""")', "(9,z)"]),
    "jsonb": ("jsonb", "jsonb", ["1", "1.0e1", '{"a": 1}', '"x"', "[]", "null", "9"]),
}


CONTENT = "SELECT t::text FROM t ORDER BY 1"


def repaired(rehome, folder, status=0):
    return rehome("verify", "--repair", "--yes", "--json", cwd=folder).ends_with(status).json


def alike(psql, source, target, old=CONTENT, new=None):
    assert psql(target, new or old) == psql(source, old)


@pytest.mark.parametrize("kind", KEYS)
def test_keys_of_every_type(migrated, rehome, psql, kind):
    old, new, values = KEYS[kind]
    literals = ["E'" + one.replace("\\", "\\\\") + "'" for one in values if one is not None]
    table = "CREATE TABLE t (k {} PRIMARY KEY, v text);"
    rows = "INSERT INTO t VALUES " + ", ".join(f"({one}::{old}, 'v{i}')" for i, one in enumerate(literals[:6])) + ";"
    folder, source, target = migrated(TYPES + table.format(old) + rows, TYPES + table.format(new), "t: { from: t }")
    damage = "DELETE FROM t WHERE v = 'v1'; UPDATE t SET v = 'other' WHERE v = 'v2';"
    if len(literals) > 6:
        damage += f"INSERT INTO t VALUES ({literals[6]}::{new}, 'stranger')"
    psql(target, damage)
    told = repaired(rehome, folder)
    (one,) = told["repair"]
    assert (one["insert"], one["update"], one["delete"], one["left"]) == (1, 1, len(literals) - 6, 0)
    alike(psql, source, target, "SELECT v FROM t ORDER BY v")


@pytest.mark.parametrize("second", ["numeric", "text", "timestamptz"])
def test_composite_keys(migrated, rehome, psql, second):
    table = f"CREATE TABLE t (a int, b {second}, c text, PRIMARY KEY (a, b));"
    value = {"numeric": "i * 1.50", "text": "'x ' || i", "timestamptz": "'2024-03-30'::timestamptz + i * interval '1 hour 0.001 s'"}[second]
    rows = f"INSERT INTO t SELECT i % 10, {value}, 'row ' || i FROM generate_series(1, 500) i;"
    folder, source, target = migrated(table + rows, table, "t: { from: t }")
    psql(target, "DELETE FROM t WHERE c LIKE '%7'; UPDATE t SET c = NULL WHERE c LIKE '%3'; UPDATE t SET a = a + 100 WHERE c LIKE '%1'")
    repaired(rehome, folder)
    alike(psql, source, target)


ODD = """
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, ms mood[], d short, p pair, ps pair[], r tstzrange, doubled int GENERATED ALWAYS AS (n * 2) STORED,
  n int, b bytea, bits bit(3), c char(4), j json, jb jsonb, x xml, t2 int[][], i interval, f float4, money numeric(10,2), ts timestamp, nothing text DEFAULT 'x');
"""
ODD_ROWS = """
INSERT INTO t (m, ms, d, p, ps, r, n, b, bits, c, j, jb, x, t2, i, f, money, ts, nothing)
SELECT (ARRAY['sad', 'ok', 'good'])[1 + g % 3]::mood, ARRAY['ok', NULL]::mood[], 'd' || g, ROW(g, ('b "' || g)::text)::pair, ARRAY[ROW(1, NULL::text)::pair], tstzrange('2024-01-01', NULL), g,
  decode(lpad(to_hex(g), 4, '0'), 'hex'), B'101', 'c', '{"a" : 1}', '{"a": 1.0}', '<a>b</a>', '{{1,2},{3,4}}', '1 mon', 0.1, 1.5, '2024-02-29 12:00', NULL
FROM generate_series(1, 50) g;
"""


def test_columns_of_every_kind(migrated, rehome, psql):
    folder, source, target = migrated(TYPES + ODD + ODD_ROWS, TYPES + ODD, "t: { from: t }")
    psql(target, """DELETE FROM t WHERE id < 5; UPDATE t SET m = NULL, ms = '{}', p = NULL, ps = NULL, r = 'empty', n = -1, b = '\\x', bits = B'000', c = '', j = '{}', jb = '2',
        t2 = NULL, i = '30 days', f = 0.2, money = 0, ts = 'infinity', nothing = '' WHERE id BETWEEN 10 AND 14; UPDATE t SET i = '30 days' WHERE id = 20;
        INSERT INTO t (d) VALUES ('extra')""")
    told = repaired(rehome, folder)
    assert told["repair"][0]["left"] == 0
    alike(psql, source, target)


def test_names_that_need_quotes(migrated, rehome, psql):
    table = """CREATE SCHEMA "My ""S"; CREATE TABLE "My ""S"."T %s '1'" ("Key %d" int, "k""2" text, "select" text, "Ünïcode $1" text, PRIMARY KEY ("Key %d", "k""2"));"""
    name = '''"My ""S"."T %s '1'"'''
    rows = f"INSERT INTO {name} SELECT i, 'k' || i, 's' || i, 'u' || i FROM generate_series(1, 100) i;"
    yaml = "'" + name.replace("'", "''") + "'"
    folder, source, target = migrated(table + rows, table, f"odd: {{ from: {yaml}, into: {yaml} }}")
    psql(target, f"""DELETE FROM {name} WHERE "Key %d" < 4; UPDATE {name} SET "select" = 'x' WHERE "Key %d" = 9; INSERT INTO {name} VALUES (1000, 'q"''')""")
    repaired(rehome, folder)
    alike(psql, source, target, f"SELECT * FROM {name} ORDER BY 1")


def test_a_partitioned_table_whose_rows_move(migrated, rehome, psql):
    old = "CREATE TABLE t (id int, day date, v text, PRIMARY KEY (id)); INSERT INTO t SELECT i, '2024-01-01'::date + i % 60, 'v' || i FROM generate_series(1, 300) i;"
    new = """CREATE TABLE t (id int, day date, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE t_jan PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE t_rest PARTITION OF t DEFAULT;"""
    folder, source, target = migrated(old, new, "t: { from: t }")
    psql(target, "DELETE FROM t WHERE id < 5; UPDATE t SET day = '2024-02-20' WHERE id = 31; UPDATE t SET v = NULL WHERE id = 40; INSERT INTO t VALUES (999, '2025-01-01', 'x')")
    repaired(rehome, folder)
    alike(psql, source, target, "SELECT id, day, v FROM t ORDER BY 1")


def test_a_table_that_others_inherit_from(migrated, rehome, psql):
    table = "CREATE TABLE t (id int PRIMARY KEY, v text);"
    folder, source, target = migrated(table + "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 50) i;",
                                      table + "CREATE TABLE own (more text) INHERITS (t); INSERT INTO own VALUES (7, 'own', 'x'), (60, 'own', 'y');", "t: { from: t }")
    psql(target, "UPDATE ONLY t SET v = 'x' WHERE id = 7; DELETE FROM ONLY t WHERE id = 8; INSERT INTO t VALUES (70, 'extra')")
    repaired(rehome, folder)
    alike(psql, source, target, "SELECT id, v FROM ONLY t ORDER BY 1")
    assert psql(target, "SELECT id, v, more FROM own ORDER BY 1") == [(7, "own", "x"), (60, "own", "y")]


TRIGGERED = "CREATE TABLE t (id int PRIMARY KEY, v text, n int);"


@pytest.mark.parametrize("body, left", [
    ("NEW.v := upper(NEW.v); RETURN NEW;", True),
    ("IF NEW.id = 3 THEN RETURN NULL; END IF; RETURN NEW;", True),
    ("IF NEW.id = 3 THEN RAISE EXCEPTION 'not three'; END IF; RETURN NEW;", True),
    ("RETURN NEW;", False),
])
def test_triggers_of_the_target_that_have_a_mind_of_their_own(migrated, rehome, psql, body, left):
    folder, source, target = migrated(TRIGGERED + "INSERT INTO t SELECT i, 'v' || i, i FROM generate_series(1, 20) i;", TRIGGERED, "t: { from: t }")
    psql(target, f"""DELETE FROM t WHERE id = 3; UPDATE t SET n = 0 WHERE id = 5;
        CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
        CREATE TRIGGER meddle BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION meddle()""")
    told = repaired(rehome, folder, 4 if left else 0)
    assert psql(target, "SELECT n FROM t WHERE id = 5") == [(5,)]
    if not left:
        alike(psql, source, target)
    else:
        assert told["state"] == "failed"


def test_triggers_that_are_held_do_not_fire(migrated, rehome, psql):
    meddling = """CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := 'meddled'; RETURN NEW; END $$;
        CREATE TRIGGER meddle BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION meddle();"""
    folder, source, target = migrated(TRIGGERED + "INSERT INTO t SELECT i, 'v' || i, i FROM generate_series(1, 20) i;", TRIGGERED + meddling, "t: { from: t, triggers: hold }")
    psql(target, "DELETE FROM t WHERE id = 3; UPDATE t SET n = 0 WHERE id = 5")
    repaired(rehome, folder, 4)  # they fire for a repair, as for anybody: that is told, and no value is taken for right
    psql(target, "ALTER TABLE t DISABLE TRIGGER meddle")
    assert len(repaired(rehome, folder, 0)["findings"]) == 1  # it was declared as one that fires
    psql(target, "ALTER TABLE t ENABLE TRIGGER meddle")
    rehome("verify", cwd=folder).succeeds()
    alike(psql, source, target)


def test_deferred_constraints(migrated, rehome, psql):
    table = """CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED, u int,
        UNIQUE (u) DEFERRABLE INITIALLY DEFERRED); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;"""
    rows = """BEGIN; INSERT INTO a SELECT i, i FROM generate_series(1, 40) i; INSERT INTO b SELECT i, i, i FROM generate_series(1, 40) i; COMMIT;"""
    folder, source, target = migrated(table + rows, table, "a: { from: a }\n  b: { from: b }")
    psql(target, "BEGIN; DELETE FROM a WHERE id IN (3, 4); DELETE FROM b WHERE id IN (3, 4); UPDATE b SET u = 61 - u WHERE id IN (30, 31); COMMIT")
    repaired(rehome, folder)
    alike(psql, source, target, "SELECT * FROM b ORDER BY 1")
    alike(psql, source, target, "SELECT * FROM a ORDER BY 1")


def test_three_hundred_columns(migrated, rehome, psql):
    table = "CREATE TABLE t (id int PRIMARY KEY, " + ", ".join(f"column_with_a_long_name_{i} text" for i in range(300)) + ");"
    rows = "INSERT INTO t SELECT g, " + ", ".join(f"'v' || g + {i}" for i in range(300)) + " FROM generate_series(1, 200) g;"
    folder, source, target = migrated(table + rows, table, "t: { from: t }")
    psql(target, "DELETE FROM t WHERE id < 10; UPDATE t SET column_with_a_long_name_299 = NULL WHERE id BETWEEN 50 AND 60; INSERT INTO t (id) VALUES (0)")
    repaired(rehome, folder)
    alike(psql, source, target)


def test_nulls_in_a_unique_key(migrated, rehome, psql):
    table = "CREATE TABLE t (a int, b int, v text, UNIQUE (a, b));"
    rows = "INSERT INTO t SELECT i, nullif(i % 5, 0), 'v' || i FROM generate_series(1, 50) i;"
    folder, source, target = migrated("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b int, v text);" + rows.replace("INTO t", "INTO t (a, b, v)"), table,
                                      't: { from: t, transform: "SELECT a, b, v FROM t", key: [a, b], write: insert }')
    psql(target, "DELETE FROM t WHERE a IN (5, 6); UPDATE t SET v = 'x' WHERE a = 7")
    repaired(rehome, folder)
    alike(psql, source, target, "SELECT a, b, v FROM t ORDER BY 1, 2, 3")
    # a row with a null in its key is found by none: what cannot be put right is told, and nothing is doubled
    psql(target, "UPDATE t SET v = 'x' WHERE a = 10")
    told = repaired(rehome, folder, 4)
    assert psql(target, "SELECT count(*) FROM t WHERE a = 10")[0][0] <= 2 and told["state"] == "failed"


def test_rows_without_any_key(migrated, rehome, psql):
    old = "CREATE TABLE t (id int PRIMARY KEY, v text, w text); INSERT INTO t SELECT i, 'v' || i % 10, NULL FROM generate_series(1, 50) i;"
    folder, source, target = migrated(old, "CREATE TABLE t (v text, w text);", 't: { from: t, transform: "SELECT v, w FROM t" }')
    psql(target, "DELETE FROM t WHERE v = 'v3'; INSERT INTO t VALUES ('v4', NULL), ('new', 'x')")
    told = repaired(rehome, folder, 4)
    assert told["state"] == "failed"
    count = psql(target, "SELECT count(*) FROM t")[0][0]
    repaired(rehome, folder, 4)
    assert psql(target, "SELECT count(*) FROM t") == [(count,)], "a second repair wrote rows again"


@pytest.mark.parametrize("write", ["skip", "insert", "upsert"])
def test_ways_of_writing(migrated, rehome, psql, write):
    table = "CREATE TABLE t (id int PRIMARY KEY, v text);"
    folder, source, target = migrated(table + "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 50) i;", table, f"t: {{ from: t, write: {write} }}")
    psql(target, "DELETE FROM t WHERE id = 3; UPDATE t SET v = 'x' WHERE id = 4; INSERT INTO t VALUES (99, 'x')")
    told = rehome("verify", "--repair", "--yes", "--json", cwd=folder)
    assert told.status in (0, 4)
    assert psql(target, "SELECT v FROM t WHERE id = 3") == [("v3",)]


def test_undo_takes_a_repair_back(migrated, rehome, psql):
    table = "CREATE TABLE t (id numeric PRIMARY KEY, v text, g int GENERATED ALWAYS AS (length(v)) STORED);"
    folder, source, target = migrated("CREATE TABLE t (id numeric PRIMARY KEY, v text); INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 50) i;",
                                      table + "INSERT INTO t (id, v) VALUES (7, 'old'), (500, 'theirs');", "t: { from: t, scope: id < 100 }")
    psql(target, "DELETE FROM t WHERE id = 3; UPDATE t SET v = 'x' WHERE id = 4; INSERT INTO t VALUES (99, 'stranger')")
    repaired(rehome, folder)
    assert psql(target, "SELECT count(*) FROM t WHERE id < 100") == [(50,)]
    rehome("rollback", "--yes", cwd=folder).ends_with(4)  # x is somebody's own change again
    assert psql(target, "SELECT id::int, v, g FROM t ORDER BY 1") == [(4, "x", 1), (7, "old", 3), (99, "stranger", 8), (500, "theirs", 6)]


@pytest.mark.parametrize("killed", [False, True])
def test_a_row_that_cannot_be_put_right_does_not_hold_up_a_circle(migrated, rehome, psql, killed):
    """a and b refer to each other, so neither comes first; what the target refuses for a reason of its own stays out of it."""
    table = """CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a DEFERRABLE);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE;"""
    rows = "BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO a SELECT i, i FROM generate_series(1, 40) i; INSERT INTO b SELECT i, i FROM generate_series(1, 40) i; COMMIT;"
    folder, source, target = migrated(table + "ALTER TABLE a ALTER CONSTRAINT a_b_fkey DEFERRABLE INITIALLY DEFERRED;" + rows, table, "a: { from: a }\n  b: { from: b }")
    psql(target, """BEGIN; SET CONSTRAINTS ALL DEFERRED; DELETE FROM a WHERE id IN (3, 4, 5); DELETE FROM b WHERE id IN (3, 4, 5);
        INSERT INTO a VALUES (100, 100), (101, 101); INSERT INTO b VALUES (100, 100), (101, 101); COMMIT;
        UPDATE a SET b = 8 WHERE id = 9; ALTER TABLE a ADD CONSTRAINT nine CHECK (id <> 9 OR b <> 9)""")
    if killed:
        ended = rehome("verify", "--repair", "--yes", cwd=folder, env={"REHOME_FAULT": "repair.together.before_commit:kill"})
        assert ended.status == -9
    told = repaired(rehome, folder, 4)  # the new constraint refuses 9, and is told itself
    assert [(one["entity"], one["left"], one["why_left"]) for one in told["repair"] if one["left"]] == [("a", 1, "check:nine")]
    alike(psql, source, target, "SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.b WHERE a.id <> 9 ORDER BY 1")


def test_a_replaced_part_of_a_table_leaves_those_that_inherit_alone(migrated, rehome, psql):
    table = "CREATE TABLE t (id int PRIMARY KEY, v text);"
    folder, source, target = migrated(table + "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 10) i;",
                                      table + "INSERT INTO t VALUES (5, 'before'); CREATE TABLE own () INHERITS (t); INSERT INTO own VALUES (7, 'own');",
                                      "t: { from: t, write: replace, scope: id > 0 }")
    assert psql(target, "SELECT * FROM own") == [(7, "own")]
    psql(target, "INSERT INTO t VALUES (11, 'extra'); INSERT INTO own VALUES (11, 'own')")
    printed = rehome("verify", "--repair", "--dry-run", cwd=folder).ends_with(4).stdout
    assert "DELETE FROM ONLY" in printed
    repaired(rehome, folder)
    assert psql(target, "SELECT * FROM own ORDER BY 1") == [(7, "own"), (11, "own")]
