"""Values of redacted columns are nowhere in the ledger."""

import pytest

from support import shop
from support.server import query

OLD = """
CREATE TABLE people (id int PRIMARY KEY, mail text, phone text, age int);
INSERT INTO people VALUES (1, 'secret-1@x', 'secret-555', 10), (2, 'secret-2@x', 'secret-556', 200), (3, NULL, 'secret-557', 20), (4, 'secret-4@x', 'secret-558', 999);
"""
NEW = "CREATE TABLE person (id int PRIMARY KEY, email text NOT NULL, phone text, age int CHECK (age < 100))"
PERSON = "SELECT id, lower(mail) AS email, phone, age FROM people"


def everything(target):
    return str(query(target, "SELECT r::text FROM rehome.reject r UNION ALL SELECT c::text FROM rehome.conflict c"))


@pytest.mark.parametrize("names", ["[email, phone]", "[mail, phone]"])
def test_of_a_rejected_row_they_read_redacted(server, migration, rehome, names):
    source, target = server.database(OLD), server.database(NEW)
    manifest = f"""rehome: 1\nname: p\nsource: {source}\ntarget: {target}
entities: {{ person: {{ from: people, transform: "{PERSON}", redact: {names}, rejects: {{ ancient: age > 900 }} }} }}\n"""
    rehome("run", cwd=migration({"migration.yaml": manifest})).ends_with(3)
    rows = query(target, "SELECT source_key ->> 'id', split_part(reason, ':', 1), source_row ->> 'email', source_row ->> 'phone', source_row ->> 'age' FROM rehome.reject ORDER BY 1")
    assert [(key, reason) for key, reason, *_ in rows] == [("2", "check"), ("3", "not_null"), ("4", "ancient")]
    assert [row[2:4] for row in rows] == [("(redacted)", "(redacted)")] * 3 and rows[0][4] == "200"
    assert query(target, "SELECT driving_row ->> 'mail', driving_row ->> 'phone', driving_row ->> 'age' FROM rehome.reject WHERE driving_row IS NOT NULL ORDER BY id") == [
        ("(redacted)", "(redacted)", "200"),
        ("(redacted)", "(redacted)", "20"),
    ]
    assert "secret" not in everything(target)


def test_of_a_merge_the_values_of_conflicts_read_redacted(server, migration, rehome):
    source = server.database(
        """CREATE TABLE a (id int PRIMARY KEY, mail text, phone text, name text); CREATE TABLE b (id int PRIMARY KEY, mail text, phone text, name text);
           INSERT INTO a VALUES (1, 'm', 'secret-1', 'x'), (2, NULL, 'secret-3', 'n'); INSERT INTO b VALUES (1, 'm', 'secret-2', 'y')"""
    )
    target = server.database("CREATE TABLE c (mail text PRIMARY KEY, phone text, name text)")
    source_of = "{{ from: {0}, transform: 'SELECT mail, phone, name FROM {0}' }}"
    manifest = f"""rehome: 1\nname: m\nsource: {source}\ntarget: {target}
entities:
  c: {{ redact: [phone], merge: {{ key: mail, sources: [ {source_of.format("a")}, {source_of.format("b")} ] }} }}\n"""
    rehome("run", cwd=migration({"migration.yaml": manifest})).ends_with(3)
    assert query(target, "SELECT column_name, winner, candidates -> 0 ->> 'value' FROM rehome.conflict ORDER BY 1") == [("name", "x", "x"), ("phone", "(redacted)", "(redacted)")]
    assert query(target, "SELECT source_row ->> 'phone', source_row ->> 'name' FROM rehome.reject") == [("(redacted)", "n")]
    assert "secret" not in everything(target)
    assert query(target, "SELECT phone FROM c") == [("secret-1",)]


def test_a_name_that_is_no_column_is_a_mistake(server, migration, rehome):
    folder = migration(shop.files(server.database(shop.OLD), server.database(shop.NEW), book="redact: [titel]"))
    ended = rehome("plan", cwd=folder).ends_with(2)
    assert "migration.yaml:9:58: " in ended.stderr and '"redact" names "titel"' in ended.stderr
