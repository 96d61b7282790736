"""`rehome verify` finds every difference, names the rows, and holds nothing against rows that are not the migration's."""

import pytest

LEADS = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric, meta jsonb);"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i, i * 1.10, jsonb_build_object('n', i) FROM generate_series(1, 5000) i;"


def manifest(source, target, entities="leads: { from: leads }", rest=""):
    return f"rehome: 1\nname: verified\nsource: {source}\ntarget: {target}\nentities:\n  {entities}\n{rest}"


@pytest.fixture
def verify(rehome):
    """`verify(folder, status)` returns the entities of `verify --json` by name."""

    def run(folder, status=0):
        found = rehome("verify", "--json", cwd=folder).ends_with(status).json
        assert found["state"] == ("passed" if status == 0 else "failed")
        return {entity["name"]: entity for entity in found["entities"]}

    return run


def counts(entity):
    return tuple(entity[name] for name in ("source_rows", "target_rows", "missing", "extra", "different"))


def test_what_was_copied_is_the_same(migrated, verify):
    folder, _, _ = migrated(LEADS + ROWS, LEADS)
    assert counts(verify(folder)["leads"]) == (5000, 5000, 0, 0, 0)


def test_every_kind_of_difference_is_counted_and_named(migrated, verify, psql):
    folder, _, target = migrated(LEADS + ROWS, LEADS)
    psql(target, "UPDATE leads SET name = 'x' WHERE id = 17; DELETE FROM leads WHERE id IN (5, 4999); INSERT INTO leads VALUES (9001, 'new', 1, NULL)")
    leads = verify(folder, 4)["leads"]
    assert counts(leads) == (5000, 4999, 2, 1, 1)
    assert leads["examples"] == [{"id": 5}, {"id": 4999}, {"id": 17}, {"id": 9001}]


def named(entity):
    return {(one["kind"], *one["key"].values()): one["columns"] for one in entity["differences"]}


def test_columns_are_named_with_both_values(migrated, verify, psql, rehome):
    folder, _, target = migrated(LEADS + ROWS, LEADS)
    psql(target, """UPDATE leads SET name = '', amount = 3.30000 WHERE id = 3; UPDATE leads SET meta = NULL WHERE id = 4;
                    DELETE FROM leads WHERE id = 5; INSERT INTO leads VALUES (9001, 'new', 1, NULL);
                    UPDATE leads AS l SET name = o.name FROM leads AS o WHERE (l.id, o.id) IN ((11, 12), (12, 11))""")
    leads = verify(folder, 4)["leads"]
    assert named(leads) == {
        ("missing", 5): {}, ("extra", 9001): {},
        ("different", 3): {"name": {"source": "name 3", "target": ""}, "amount": {"source": "3.30", "target": "3.30000"}},
        ("different", 4): {"meta": {"source": '{"n": 4}', "target": None}},
        ("different", 11): {"name": {"source": "name 11", "target": "name 12"}},
        ("different", 12): {"name": {"source": "name 12", "target": "name 11"}},
    }
    assert {one["driving_key"]["id"] for one in leads["differences"] if one["driving_key"]} == {"3", "4", "5", "11", "12"}
    told = rehome("verify", cwd=folder).ends_with(4).stdout
    assert "name 'name 11' -> 'name 12'" in told and "meta '{\"n\": 4}' -> NULL" in told
    assert rehome("status", "--json", cwd=folder).json["verification"][0]["differences"] == leads["differences"]


@pytest.mark.parametrize("change, different", [
    ("UPDATE leads AS l SET name = o.name FROM leads AS o WHERE (l.id, o.id) IN ((1, 2), (2, 1))", 2),
    ("UPDATE leads SET amount = amount::numeric(20, 5) WHERE id = 3", 1),
    ("UPDATE leads SET name = '' WHERE id = 3; UPDATE leads SET name = NULL WHERE id = 4", 2),
    ("UPDATE leads SET meta = '{\"n\": 3.0}' WHERE id = 3", 1),
    ("UPDATE leads SET name = name, meta = '{ \"n\" :3 }' WHERE id = 3", 0),
])
def test_values_are_compared_exactly(migrated, verify, psql, change, different):
    folder, _, target = migrated(LEADS + ROWS, LEADS)
    psql(target, change)
    assert counts(verify(folder, 4 if different else 0)["leads"]) == (5000, 5000, 0, 0, different)


def test_without_a_key_rows_are_counted(migrated, verify, psql):
    table = "CREATE TABLE notes (a int, b text);"
    rows = "INSERT INTO notes SELECT i % 10, 'b' FROM generate_series(1, 1000) i;"
    folder, _, target = migrated(table + rows, table, "notes: { from: notes }")
    assert counts(verify(folder)["notes"]) == (1000, 1000, 0, 0, 0)
    psql(target, "DELETE FROM notes WHERE ctid = (SELECT min(ctid) FROM notes); INSERT INTO notes VALUES (77, NULL), (77, NULL)")
    notes = verify(folder, 4)["notes"]
    assert counts(notes) == (1000, 1001, 1, 2, 0)
    assert notes["examples"] == []


def test_without_a_key_an_exchange_of_values_is_seen(migrated, verify, psql):
    table = "CREATE TABLE notes (a int, b text);"
    folder, _, target = migrated(table + "INSERT INTO notes VALUES (1, 'one'), (2, 'two');", table, "notes: { from: notes }")
    psql(target, "UPDATE notes SET b = CASE b WHEN 'one' THEN 'two' ELSE 'one' END")
    assert counts(verify(folder, 4)["notes"]) == (2, 2, 2, 2, 0)


def test_rows_that_were_there_before_are_not_extra(migrated, verify, psql):
    folder, _, target = migrated(LEADS + ROWS, LEADS + "INSERT INTO leads VALUES (8000, 'theirs', 0, NULL), (3, 'old', 0, NULL);")
    assert counts(verify(folder)["leads"]) == (5000, 5000, 0, 0, 0)
    psql(target, "DELETE FROM leads WHERE id IN (8000, 7); UPDATE leads SET name = 'changed' WHERE id = 3")
    leads = verify(folder, 4)["leads"]
    assert counts(leads) == (5000, 4999, 1, 0, 1)
    assert leads["examples"] == [{"id": 7}, {"id": 3}]


def test_two_entities_of_one_table_are_verified_together(migrated, verify, psql):
    source = "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE people (id int PRIMARY KEY, name text, age int);"
    rows = "INSERT INTO users SELECT i, 'u' FROM generate_series(1, 100) i; INSERT INTO people SELECT i, 'p', i FROM generate_series(101, 150) i;"
    target = "CREATE TABLE all_people (id int PRIMARY KEY, name text, age int DEFAULT 7);"
    entities = "users: { from: users, into: all_people }\n  people: { from: people, into: all_people }"
    folder, _, url = migrated(source + rows, target, entities)
    found = verify(folder)
    assert counts(found["users"]) == (100, 100, 0, 0, 0) and counts(found["people"]) == (50, 50, 0, 0, 0)
    psql(url, "UPDATE all_people SET age = 0 WHERE id = 101; DELETE FROM all_people WHERE id = 1; INSERT INTO all_people VALUES (999, 'x')")
    found = verify(folder, 4)
    assert counts(found["people"]) == (50, 50, 0, 0, 1)
    assert found["users"]["missing"] == 1 and found["users"]["extra"] == 1


def test_rejected_rows_are_not_missing(migrated, verify):
    folder, _, _ = migrated(LEADS + ROWS, LEADS, "leads: { from: leads, rejects: { small: id < 11 } }")
    assert counts(verify(folder)["leads"]) == (4990, 4990, 0, 0, 0)


def test_a_column_named_in_except_is_left_out_and_said_so(migrated, verify, psql):
    folder, _, target = migrated(LEADS + ROWS, LEADS, "leads: { from: leads, verify: { except: [meta] } }")
    psql(target, "UPDATE leads SET meta = NULL")
    leads = verify(folder)["leads"]
    assert counts(leads) == (5000, 5000, 0, 0, 0) and leads["columns_left_out"] == ["meta"]


def test_a_load_is_run_again_over_the_transforms_rows(migrated, verify, psql):
    source = "CREATE TABLE posts (id int PRIMARY KEY, author text); INSERT INTO posts SELECT i, 'a' || i % 3 FROM generate_series(1, 90) i;"
    target = """CREATE TABLE profiles (id int PRIMARY KEY, legacy text); INSERT INTO profiles VALUES (10, 'a0'), (11, 'a1');
                CREATE TABLE posts (id int PRIMARY KEY, profile int);"""
    files = {"sql/posts.sql": "SELECT id, author FROM posts\n",
             "sql/load.sql": "SELECT s.id, p.id AS profile FROM staged s JOIN profiles p ON p.legacy = s.author\n"}
    folder, _, url = migrated(source, target, "posts: { from: posts, transform: sql/posts.sql, load: sql/load.sql }", files)
    assert counts(verify(folder)["posts"]) == (60, 60, 0, 0, 0)
    psql(url, "UPDATE posts SET profile = 10 WHERE id = 1")
    posts = verify(folder, 4)["posts"]
    assert counts(posts) == (60, 60, 0, 0, 1) and posts["examples"] == [{"id": 1}]


def test_inside_one_database(server, rehome, migration, verify, psql):
    url = server.database("CREATE SCHEMA old; CREATE TABLE old.t (a int, b int, c text, PRIMARY KEY (a, b)); CREATE TABLE public.t (LIKE old.t INCLUDING ALL);"
                          "INSERT INTO old.t SELECT i, i % 7, 'c' FROM generate_series(1, 500) i;")
    folder = migration({"migration.yaml": manifest(url, "same", "t: { from: old.t, into: public.t }")})
    rehome("run", "-q", cwd=folder).succeeds()
    psql(url, "UPDATE public.t SET c = 'd' WHERE a = 8")
    t = verify(folder, 4)["t"]
    assert counts(t) == (500, 500, 0, 0, 1) and t["examples"] == [{"a": 8, "b": 1}]


def test_a_partitioned_table_is_compared_whole(migrated, verify, psql):
    target = """CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric, meta jsonb) PARTITION BY RANGE (id);
                CREATE TABLE leads_1 PARTITION OF leads FOR VALUES FROM (MINVALUE) TO (2000);
                CREATE TABLE leads_2 PARTITION OF leads DEFAULT;"""
    folder, _, url = migrated(LEADS + ROWS, target)
    assert counts(verify(folder)["leads"]) == (5000, 5000, 0, 0, 0)
    psql(url, "DELETE FROM leads_2 WHERE id = 4000")
    assert counts(verify(folder, 4)["leads"]) == (5000, 4999, 1, 0, 0)


def test_tables_of_many_blocks_are_read_in_parts(migrated, verify, psql):
    wide = LEADS + "INSERT INTO leads SELECT i, repeat('x', 1500), i, NULL FROM generate_series(1, 30000) i;"
    folder, _, target = migrated(wide, LEADS)
    assert counts(verify(folder)["leads"]) == (30000, 30000, 0, 0, 0)
    psql(target, "UPDATE leads SET amount = 0 WHERE id = 29999")
    leads = verify(folder, 4)["leads"]
    assert counts(leads) == (30000, 30000, 0, 0, 1) and leads["examples"] == [{"id": 29999}]


def test_checks_tell_their_value(server, rehome, migration):
    source, target = server.database(LEADS + ROWS), server.database(LEADS)
    checks = """checks:
  target:
    - { name: no_rows, sql: SELECT id FROM leads WHERE id < 0, expect: none }
    - { name: a_count, sql: SELECT count(*) FROM leads WHERE id <= 3, expect: none, severity: warn }
    - { name: an_id, sql: SELECT id - 1 AS id FROM leads WHERE id = 1, expect: none, severity: warn }
    - { name: rows, sql: "SELECT id, name FROM leads", expect: none, severity: warn }
  balance:
    - { name: total, source: SELECT sum(amount) FROM leads, target: SELECT sum(amount) FROM leads }
    - { name: each, source: SELECT id FROM leads ORDER BY 1, target: SELECT id + (id / 4000)::int FROM leads ORDER BY 1, severity: warn }
"""
    folder = migration({"migration.yaml": manifest(source, target, rest=checks)})
    rehome("run", "-q", cwd=folder).succeeds()
    found = {check["name"]: (check["state"], check["value"]) for check in rehome("verify", "--json", cwd=folder).succeeds().json["checks"]}
    assert found == {
        "no_rows": ("passed", "0 rows"),
        "a_count": ("warned", "3"),
        "an_id": ("warned", "1 row, with id = 0; the column of a count is called count or …_count"),
        "rows": ("warned", "5000 rows"),
        "total": ("passed", "13752750.00"),
        "each": ("warned", "source 4000, target 4001"),
    }


def test_a_check_that_cannot_run_is_named_with_its_line(server, rehome, migration):
    source, target = server.database(LEADS + ROWS), server.database(LEADS)
    checks = "checks:\n  target: [ { name: broken, sql: sql/broken.sql, expect: none } ]\n"
    folder = migration({"migration.yaml": manifest(source, target, rest=checks), "sql/broken.sql": "-- é\nSELECT id\n  FROM nowhere\n"})
    ended = rehome("run", "-q", cwd=folder).ends_with(2)
    assert 'sql/broken.sql:3:8: ' in ended.stderr


def test_a_check_cannot_write(server, rehome, migration, psql):
    source, target = server.database(LEADS + ROWS), server.database(
        LEADS + "CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'DELETE FROM leads; SELECT 0';")
    checks = "checks:\n  target: [ { name: sneaky, sql: SELECT sneak(), expect: none } ]\n"
    folder = migration({"migration.yaml": manifest(source, target, rest=checks)})
    assert rehome("run", "-q", cwd=folder).status != 0
    assert psql(target, "SELECT count(*) FROM leads") == [(5000,)]


def test_the_verdict_says_what_did_not_pass(migrated, verify, rehome, psql):
    folder, _, target = migrated(LEADS + ROWS, LEADS)
    assert "\nBoth sides agree in " in rehome("verify", cwd=folder).succeeds().stdout
    psql(target, "INSERT INTO rehome.reject (migration, entity, chunk, reason, budgeted) SELECT migration, entity, id, '?', false FROM rehome.chunk LIMIT 1")
    ended = rehome("verify", cwd=folder).ends_with(4)
    assert "but the books do not balance in " in ended.stdout and "agree" not in ended.stdout
    assert counts(verify(folder, 4)["leads"]) == (5000, 5000, 0, 0, 0)
    psql(target, "DELETE FROM leads WHERE id = 1")
    assert "\nThe two sides differ in " in rehome("verify", cwd=folder).ends_with(4).stdout


@pytest.mark.parametrize("way, left_out", [("write: skip", ["name", "amount", "meta"]), ("update: [ amount ]", ["name", "meta"])])
def test_columns_that_a_row_there_before_keeps_are_not_compared_and_that_is_said(migrated, verify, rehome, psql, way, left_out):
    there = LEADS + "INSERT INTO leads VALUES (3, 'theirs', 0, NULL);"
    folder, _, target = migrated(LEADS + ROWS, there, f"leads: {{ from: leads, {way} }}")
    leads = verify(folder)["leads"]
    assert counts(leads) == (5000, 5000, 0, 0, 0) and leads["columns_left_out"] == left_out
    said = f"not compared in leads: {', '.join(left_out)}\n"
    assert said in rehome("verify", cwd=folder).succeeds().stdout
    assert said in rehome("status", cwd=folder).succeeds().stdout
    assert psql(target, "SELECT name FROM leads WHERE id = 3") == [("theirs",)]
