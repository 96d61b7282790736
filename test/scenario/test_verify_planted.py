"""What was changed by hand is found, named by key and column, and nothing else is."""

import random

import pytest

from support.kinds import KINDS, SETUP
from support.migrated import migrate_all
from support.server import query

ROWS = 20000
COLUMNS = "{key} PRIMARY KEY, name text, note text, price numeric(12,2), seen timestamptz, data jsonb, tags text[]"
FILL = """INSERT INTO item SELECT {id}, 'item ' || i, CASE WHEN i % 3 > 0 THEN md5(i::text) END, i / 100.0, timestamptz '2020-01-01' + i * interval '1.000001 s',
          jsonb_build_object('n', i), ARRAY['a' || i % 10, 'b', 'c'] FROM generate_series(1, {rows}) i; ANALYZE item"""

# What is done to the target, where `{1000}` is the key of that row, and what has to be said of it.
CHANGES = [
    ("UPDATE item SET note = overlay(note PLACING '!' FROM 7 FOR 1) WHERE id = {1000}", {1000: ("different", {"note"})}),
    ("DELETE FROM item WHERE id = {2001}", {2001: ("missing", set())}),
    ("INSERT INTO item SELECT {99999}, name, note, price, seen, data, tags FROM item WHERE id = {3001}", {99999: ("extra", set())}),
    ("UPDATE item AS t SET name = o.name FROM item AS o WHERE (t.id, o.id) IN (({4001}, {14001}), ({14001}, {4001}))",
     {4001: ("different", {"name"}), 14001: ("different", {"name"})}),
    ("UPDATE item SET note = '' WHERE id = {6000}", {6000: ("different", {"note"})}),
    ("UPDATE item SET seen = seen + interval '1 microsecond' WHERE id = {7001}", {7001: ("different", {"seen"})}),
    ("UPDATE item SET data = jsonb_set(data, '{{n}}', '-1') WHERE id = {8001}", {8001: ("different", {"data"})}),
    ("UPDATE item SET tags = ARRAY[tags[2], tags[1], tags[3]] WHERE id = {9001}", {9001: ("different", {"tags"})}),
    ("UPDATE item SET price = price + 0.01 WHERE id IN ({1}, {20000})", {1: ("different", {"price"}), 20000: ("different", {"price"})}),
]


# The key's column, its value for row i as SQL and as a literal, and the row of a key.
KEYS = {
    "bigint": ("id bigint", "i", str, int),
    "uuid": ("id uuid", "(lpad(to_hex(i * 7919), 8, '0') || '-0000-0000-0000-000000000000')::uuid",
             lambda i: f"'{i * 7919:08x}-0000-0000-0000-000000000000'", lambda key: int(key[:8], 16) // 7919),
    "text": ("id text", "'k' || i", lambda i: f"'k{i}'", lambda key: int(key[1:])),
    "sparse": ("id bigint", "i * i * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END)::bigint", lambda i: str(i * i * (1 if i % 2 == 0 else -1)),
               lambda key: round(abs(key) ** 0.5)),
}


@pytest.mark.parametrize("key", KEYS)
def test_each_kind_of_difference_is_named_and_nothing_else(key, server, rehome, migration):
    declared, made, literal, number = KEYS[key]
    table = f"CREATE TABLE item ({COLUMNS.format(key=declared)});"
    source, target = server.database(table + FILL.format(id=made, rows=ROWS)), server.database(table)
    folder = migration({"migration.yaml": f"{{rehome: 1, name: planted, source: '{source}', target: '{target}', entities: {{item: {{from: item}}}}}}"})
    rehome("run", "-q", cwd=folder).succeeds()
    expected = {}
    for sql, named in CHANGES:
        for row in {*range(1, ROWS + 1), 99999}:
            sql = sql.replace(f"{{{row}}}", literal(row)) if f"{{{row}}}" in sql else sql
        query(target, sql.replace("{{", "{").replace("}}", "}"))
        expected.update(named)
    item = rehome("verify", "--json", cwd=folder).ends_with(4).json["entities"][0]
    assert {number(one["key"]["id"]): (one["kind"], set(one["columns"])) for one in item["differences"]} == expected
    assert (item["source_rows"], item["target_rows"], item["missing"], item["extra"], item["different"]) == (ROWS, ROWS, 1, 1, len(expected) - 2)


EACH = 40  # rows of a table for each kind of value
SPOILT = 1000  # rows in all


def many(kind, schema):
    """A table with the kind's values again and again."""
    values = [*kind.values, "NULL"]
    rows = ", ".join(f"({number}, ({values[number % len(values)]})::{kind.type})" for number in range(1, EACH + 1) if len(values[number % len(values)]) < 500)
    return f"{kind.table(schema)}; INSERT INTO {kind.sql_name(schema)} VALUES {rows}" if schema == "old" else kind.table(schema)


def spoil(kind, target, chance):
    """Changes rows of the target so that another text comes out; what was done to which."""
    name, done = kind.sql_name("new"), {}
    rows = dict(query(target, f"SELECT id, v::text FROM {name}"))
    for key in chance.sample(sorted(rows), min(len(rows) - 1, -(-SPOILT // len(KINDS)))):
        others = [other for other, text in rows.items() if text != rows[key]]
        way = chance.choice(["delete", "insert", "other", "other", "other"])
        if way == "delete":
            query(target, f"DELETE FROM {name} WHERE id = {key}")
            done[key] = ("missing", set())
        elif way == "insert" or not others:
            query(target, f"INSERT INTO {name} SELECT {1000 + key}, v FROM {name} LIMIT 1")
            done[1000 + key] = ("extra", set())
        else:
            with_value = chance.choice(others)
            query(target, f"UPDATE {name} SET v = (SELECT v FROM kept.{kind.name} WHERE id = {with_value}) WHERE id = {key}")
            done[key] = ("different", {"v"})
    return done


def test_a_thousand_rows_of_all_types_spoilt_at_random_are_found_and_no_other(server, rehome, tmp_path):
    chance = random.Random(20250101)
    source = server.database(SETUP + "CREATE SCHEMA old;" + ";".join(many(kind, "old") for kind in KINDS))
    target = server.database(SETUP + "CREATE SCHEMA new;" + ";".join(many(kind, "new") for kind in KINDS))
    entities = {kind.name: {"from": kind.sql_name("old"), "into": kind.sql_name("new")} for kind in KINDS}
    moved = migrate_all(source, target, entities, tmp_path)
    moved.verified.succeeds()
    query(target, "CREATE SCHEMA kept;" + ";".join(f"CREATE TABLE kept.{kind.name} AS TABLE {kind.sql_name('new')}" for kind in KINDS))
    planted = {kind.name: spoil(kind, target, chance) for kind in KINDS}
    assert sum(map(len, planted.values())) >= SPOILT
    again = rehome("verify", "--json", cwd=tmp_path).ends_with(4).json
    found = {entity["name"]: {one["key"]["id"]: (one["kind"], set(one["columns"])) for one in entity["differences"]} for entity in again["entities"]}
    assert found == planted
