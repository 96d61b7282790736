"""What docs/verification.md says of values that are equal and not the same holds, line by line."""

import pytest

from support.migrated import migrate_all, program
from support.server import query

SETUP = "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
ENUM = {"source": "CREATE TYPE mood AS ENUM ('sad', 'glad');", "target": "CREATE TYPE other AS ENUM ('x'); CREATE TYPE mood AS ENUM ('glad', 'sad');"}

# Type, what the source has, what the target has then, and whether verification tells them apart.
PAIRS = [
    ("numeric", "1.0", "1.00", True),
    ("numeric(10,2)", "1.0", "1.00", False),
    ("numeric", "NaN", "nan", False),
    ("real", "-0", "0", True),
    ("double precision", "-0", "0", True),
    ("double precision", "NaN", "NaN", False),
    ("text", "a", "a ", True),
    ("varchar(5)", "a", "a ", True),
    ("text", "é", "e\u0301", True),
    ('text COLLATE "lax"', "abc", "ABC", True),
    ("citext", "abc", "ABC", True),
    ("char(5)", "a", "a  ", False),
    ("bpchar", "a", "a  ", False),
    ("text", None, "", True),
    ("bytea", None, "", True),
    ("jsonb", '{"a": 1, "b": 2}', '{ "b":2,"a":1 }', False),
    ("jsonb", '{"a": 1}', '{"a": 2, "a": 1}', False),
    ("jsonb", "1.0", "1.00", True),
    ("jsonb", "null", None, True),
    ("json", '{"a": 1}', '{"a":1}', True),
    ("json", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', True),
    ("xml", "<a/>", "<a />", True),
    ("timestamptz", "2024-06-01 12:00:00+02", "2024-06-01 10:00:00+00", False),
    ("timestamptz", "2024-06-01 12:00:00+02", "2024-06-01 12:00:00.000001+02", True),
    ("timetz", "12:00+01", "11:00+00", True),
    ("interval", "1 mon", "30 days", True),
    ("interval", "1 day", "24:00", True),
    ("interval", "90 minutes", "01:30", False),
    ("int[]", "{1,2}", "[0:1]={1,2}", True),
    ("int[]", "{1,2}", "{{1,2}}", True),
    ("int[]", "{1,2}", "{2,1}", True),
    ("text[]", "{a,NULL}", '{a,"NULL"}', True),
    ("numrange", "[1,2]", "[1,2)", True),
    ("int4range", "[1,5]", "[1,6)", False),
    ("inet", "10.0.0.1", "10.0.0.1/24", True),
    ("inet", "10.0.0.1", "10.0.0.1/32", False),
    ("varbit", "01", "1", True),
    ("bytea", "\\x00", "\\x0000", True),
    ("mood", "sad", "sad", False),
    ("mood", "sad", "glad", True),
    ("tsvector", "b a", "a b", False),
    ("hstore", "b=>1, a=>2", "a=>2, b=>1", False),
    ("bigint", "1", "4294967296", True),
    ("timestamp", "2000-01-01 00:00:00.000001", "2000-01-01 01:11:34.967296", True),
]


@pytest.fixture(scope="module")
def told_apart(shared_server, tmp_path_factory):
    """The tables that verification finds to differ, by their number."""
    tables = ";".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, v {pair[0]})" for i, pair in enumerate(PAIRS))
    source, target = (shared_server.database(SETUP + ENUM[side] + tables) for side in ("source", "target"))
    for i, (_, value, _, _) in enumerate(PAIRS):
        query(source, f"INSERT INTO t{i} VALUES (1, %s)", value)
    folder = tmp_path_factory.mktemp("equal")
    moved = migrate_all(source, target, {f"t{i}": {"from": f"t{i}"} for i in range(len(PAIRS))}, folder)
    moved.verified.succeeds()
    for i, (_, _, value, _) in enumerate(PAIRS):
        query(target, f"UPDATE t{i} SET v = %s", value)
    again = program(folder)("verify", "--json", cwd=folder).ends_with(4).json
    yield {entity["name"] for entity in again["entities"] if entity["different"] == 1}
    shared_server.drop_databases()


@pytest.mark.parametrize("number", range(len(PAIRS)), ids=[f"{kind}: {one} and {other}" for kind, one, other, _ in PAIRS])
def test_values_that_are_equal_are_told_apart_or_not_as_documented(number, told_apart):
    assert (f"t{number}" in told_apart) == PAIRS[number][3]


@pytest.mark.parametrize("old, new, text", [("LATIN1", "LATIN1", "Zo\u00eb"), ("KOI8R", "KOI8R", "\u041c\u0435\u043d\u0435\u0434\u0436\u0435\u0440"), ("LATIN1", "UTF8", "Zo\u00eb"), ("UTF8", "LATIN1", "Zo\u00eb")])
def test_databases_in_other_encodings(other_server, migration, rehome, old, new, text):
    urls = []
    for name, encoding in (("old", old), ("new", new)):
        query(other_server.url("postgres"), f"CREATE DATABASE {name}_{encoding} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        urls.append(other_server.url(f"{name}_{encoding}".lower()))
    query(urls[0], f"CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, '{text}'), (2, NULL)")
    query(urls[1], "CREATE TABLE t (id int PRIMARY KEY, name text)")
    folder = migration({"migration.yaml": f"rehome: 1\nname: l\nsource: {urls[0]}\ntarget: {urls[1]}\nentities:\n  t: {{ from: t }}\n"})
    rehome("run", cwd=folder).succeeds()
    rehome("verify", cwd=folder).succeeds()
    assert query(urls[1], "SELECT name FROM t ORDER BY id") == [(text,), (None,)]
