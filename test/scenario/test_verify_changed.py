"""`verify --changed` reads only the parts of both sides that somebody has written to since, and misses nothing for it."""

import psycopg
import pytest

from support.server import query

TABLE = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric(12,2));"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i, i * 1.10 FROM generate_series(1, 5000) i;"
PARTS = "SELECT method, state, parts, parts_kept FROM rehome.verification_pass WHERE state <> 'running' ORDER BY id DESC LIMIT 1"


@pytest.fixture
def migrated(migrated, rehome):
    """With a verification behind the run, which itself does not read the source again."""

    def run(*arguments, **options):
        moved = migrated(*arguments, **options)
        rehome("verify", "-q", cwd=moved[0]).succeeds()
        return moved

    return run


@pytest.fixture
def leads(migrated):
    return migrated(TABLE + ROWS, TABLE)


def changed(rehome, folder, status=0, *options, **more):
    return rehome("verify", "--changed", "--json", *options, cwd=folder, **more).ends_with(status)


def kept(target):
    method, _, parts, unread = query(target, PARTS)[0]
    assert method == "changed"
    return unread, parts


def named(rehome, folder, target):
    """What a verification of what was changed names: exactly what one of all rows does."""
    select = "SELECT entity, kind, key, columns FROM rehome.difference ORDER BY entity, key::text"
    changed(rehome, folder, 4)
    found = query(target, select)
    rehome("verify", "--json", cwd=folder).ends_with(4)
    assert query(target, select) == found
    return sorted((kind, key["id"]) for _, kind, key, _ in found)


def test_what_nobody_wrote_to_is_not_read_again(leads, rehome):
    folder, _, target = leads
    ended = changed(rehome, folder)
    assert ended.json["state"] == "passed" and kept(target) == (2, 2)
    assert ended.json["entities"][0]["source_rows"] == ended.json["entities"][0]["target_rows"] == 5000
    assert "2 of 2 parts of both sides hold the rows that the last verification has read" in ended.stderr
    assert query(target, "SELECT method, state FROM rehome.verification") == [("changed", "passed")]
    changed(rehome, folder)  # and the one after it goes on with the same
    assert kept(target) == (2, 2)


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("statement, names", [
    ("UPDATE leads SET name = 'x' WHERE id = 7", {"source": [("different", 7)], "target": [("different", 7)]}),
    ("DELETE FROM leads WHERE id = 7", {"source": [("extra", 7)], "target": [("missing", 7)]}),
    ("INSERT INTO leads VALUES (9000, 'new', 1)", {"source": [("missing", 9000)], "target": [("extra", 9000)]}),
    ("DELETE FROM leads WHERE id = 7; INSERT INTO leads VALUES (9000, 'new', 1)",
     {"source": [("extra", 7), ("missing", 9000)], "target": [("missing", 7), ("extra", 9000)]}),
    ("UPDATE leads SET name = 'name ' || (19 - id) WHERE id IN (9, 10)", {"source": [("different", 9), ("different", 10)], "target": [("different", 9), ("different", 10)]}),
])
def test_whatever_was_written_is_found(leads, rehome, side, statement, names):
    folder, source, target = leads
    query(source if side == "source" else target, statement)
    found = named(rehome, folder, target)
    assert found == sorted(names[side])


def test_a_difference_that_is_known_stays_one(leads, rehome):
    folder, _, target = leads
    query(target, "UPDATE leads SET amount = 0 WHERE id = 7")
    changed(rehome, folder, 4)
    assert kept(target) == (1, 2)
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert kept(target) == (2, 2) and one["different"] == 1


def test_a_repair_of_what_was_changed(leads, rehome):
    folder, source, target = leads
    query(source, "UPDATE leads SET name = 'x' WHERE id < 10")
    (one,) = changed(rehome, folder, 0, "--repair", "--yes").json["repair"]
    assert one["written"] == 9
    assert query(source, "SELECT md5(string_agg(l::text, ',' ORDER BY id)) FROM leads l") == query(target, "SELECT md5(string_agg(l::text, ',' ORDER BY id)) FROM leads l")


def test_of_many_parts_only_those_are_read_that_were_written_to(migrated, rehome):
    wide = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, filler text); ALTER TABLE leads ALTER filler SET STORAGE plain;"
    folder, source, target = migrated(wide + "INSERT INTO leads SELECT i, 'name ' || i, repeat('x', 5000) FROM generate_series(1, 9000) i;", wide)
    changed(rehome, folder)
    unread, parts = kept(target)
    assert unread == parts >= 6
    query(source, "UPDATE leads SET name = 'new' WHERE id = 10")  # its new version is at the end of the heap
    query(target, "UPDATE leads SET name = 'new' WHERE id = 10")
    changed(rehome, folder)
    assert kept(target) == (parts - 4, parts)
    query(target, "DELETE FROM leads WHERE id = 5000")
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert kept(target) == (parts - 1, parts) and one["missing"] == 1


def test_a_transaction_that_was_open_before_and_has_a_lower_number(leads, rehome):
    folder, source, target = leads
    with psycopg.connect(source) as early:
        early.execute("UPDATE leads SET name = 'late' WHERE id = 7")
        query(source, "UPDATE leads SET name = name WHERE id = 8")
        changed(rehome, folder)
    assert named(rehome, folder, target) == [("different", 7)]


def test_other_tables_that_the_transform_reads(migrated, rehome):
    old = "CREATE TABLE leads (id bigint PRIMARY KEY, firm int); CREATE TABLE firms (id int PRIMARY KEY, name text); INSERT INTO firms VALUES (1, 'A'), (2, 'B'); INSERT INTO leads SELECT i, 1 + i % 2 FROM generate_series(1, 3000) i;"
    new = "CREATE TABLE leads (id bigint PRIMARY KEY, firm text);"
    entity = "leads: { from: leads, transform: 'SELECT l.id, f.name AS firm FROM leads l JOIN firms f ON f.id = l.firm', rejects: { odd: 'EXISTS (SELECT FROM odd WHERE odd.id = q.id)' } }"
    folder, source, target = migrated(old + "CREATE TABLE odd (id bigint);", new, entity)
    changed(rehome, folder)
    assert kept(target) == (2, 2)
    query(source, "UPDATE firms SET name = 'C' WHERE id = 2")
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert one["different"] == 1500
    query(target, "UPDATE leads SET firm = 'C' WHERE firm = 'B'")
    changed(rehome, folder)
    query(source, "INSERT INTO odd VALUES (7)")  # a row that the rule would set aside by now
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert one["extra"] == 1


@pytest.mark.parametrize("transform, write", [
    ("SELECT id, label(id) AS name, amount FROM leads", "UPDATE labels SET name = 'x'"),
    ("SELECT id, name, amount FROM seen", "UPDATE labels SET name = 'x'"),
    ("SELECT id, name, amount FROM leads WHERE id < extract(year FROM now())", None),
])
def test_what_may_give_something_else_for_the_same_rows_is_read_again(migrated, rehome, transform, write):
    old = TABLE + ROWS + """CREATE TABLE labels (name text); INSERT INTO labels VALUES ('a');
        CREATE FUNCTION label(bigint) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM public.labels';
        CREATE VIEW seen AS SELECT id, labels.name, amount FROM leads, labels;"""
    driving = "seen" if "FROM seen" in transform else "leads"
    folder, source, target = migrated(old, TABLE, f"leads: {{ from: {driving}, transform: '{transform}' }}")
    changed(rehome, folder)
    assert kept(target) == (1, 2)
    if write:
        query(source, write)
        (one,) = changed(rehome, folder, 4).json["entities"]
        assert one["different"] == 5000


@pytest.mark.parametrize("ddl", [
    "ALTER TABLE leads DROP COLUMN name; ALTER TABLE leads ADD COLUMN name text DEFAULT 'new'",  # no row is rewritten
    "DROP TABLE leads; " + TABLE,
    "TRUNCATE leads",
])
def test_what_ddl_does_to_the_target(leads, rehome, ddl):
    folder, _, target = leads
    query(target, ddl)
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert kept(target)[0] < 2 and one["different"] + one["missing"] == 5000


def test_a_label_of_an_enum_that_is_renamed(migrated, rehome):
    table = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE leads (id bigint PRIMARY KEY, mood mood);"
    folder, source, _ = migrated(table + "INSERT INTO leads SELECT i, 'sad' FROM generate_series(1, 100) i;", table)
    changed(rehome, folder)
    query(source, "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
    (one,) = changed(rehome, folder, 4).json["entities"]
    assert one["different"] == 100


def test_vacuum_changes_nothing_and_a_new_heap_is_read_again(leads, rehome):
    folder, source, target = leads
    for url in (source, target):
        query(url, "VACUUM FREEZE leads")
    changed(rehome, folder)
    assert kept(target) == (2, 2)
    query(target, "DELETE FROM leads WHERE id = 1; INSERT INTO leads SELECT 1, 'name 1', 1.10")
    query(target, "VACUUM FULL leads")
    changed(rehome, folder)
    assert kept(target) == (1, 2)


def test_another_database_in_its_place(leads, rehome, server):
    """A copy has the same places and transactions; what was written to the old one since then may not count for it."""
    folder, source, target = leads
    name = source.split("/")[3].split("?")[0]
    server.empty([name])
    query(server.url("postgres"), f"CREATE DATABASE copied TEMPLATE {name}")
    query(server.url("postgres"), f"ALTER DATABASE {name} RENAME TO gone")
    query(server.url("postgres"), f"ALTER DATABASE copied RENAME TO {name}")
    try:
        changed(rehome, folder)
        assert kept(target) == (1, 2)
    finally:
        query(server.url("postgres"), "DROP DATABASE gone")


def test_a_server_that_does_not_say_enough_of_itself(leads, rehome, server, psql):
    folder, source, target = leads
    query(target, "CREATE ROLE shy LOGIN; GRANT ALL ON SCHEMA public, rehome TO shy; GRANT ALL ON ALL TABLES IN SCHEMA public, rehome TO shy; "
                  "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC")
    try:
        rehome("verify", "--changed", "--json", "--target", target.replace("postgres@", "shy@"), cwd=folder).ends_with(0)
        assert kept(target)[0] < 2
    finally:
        query(target, "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC; DROP OWNED BY shy; DROP ROLE shy")


@pytest.mark.parametrize("fault", ["verify.unit.summed", "verify.unit.kept"])
def test_killed_in_between_it_goes_on(leads, rehome, fault):
    folder, source, target = leads
    query(source, "UPDATE leads SET name = 'x' WHERE id = 7")
    killed = rehome("verify", "--changed", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": f"{fault}:kill:1"})
    assert killed.status == -9
    assert named(rehome, folder, target) == [("different", 7)]


def test_rejects_that_came_in_since(migrated, rehome):
    old = TABLE + ROWS + "UPDATE leads SET name = NULL WHERE id % 100 = 0;"
    folder, source, target = migrated(old, TABLE.replace("name text", "name text NOT NULL"), status=3)
    changed(rehome, folder)
    assert kept(target) == (2, 2)
    query(source, "UPDATE leads SET name = 'mended' WHERE id = 100")
    rehome("rejects", "retry", "--json", cwd=folder).ends_with(3)
    changed(rehome, folder)
    query(target, "DELETE FROM leads WHERE id = 100")
    assert named(rehome, folder, target) == [("missing", 100)]


def test_a_whole_verification_keeps_for_the_next_one(leads, rehome):
    folder, _, target = leads
    query(target, "UPDATE leads SET name = name WHERE id = 1")
    rehome("verify", "-q", cwd=folder).ends_with(0)
    changed(rehome, folder)
    assert kept(target) == (2, 2)
    assert query(target, "SELECT count(DISTINCT pass) FROM rehome.verification_part") == [(1,)]


def test_inside_one_database(server, migration, rehome):
    url = server.database(TABLE.replace("leads", "old") + ROWS.replace("leads", "old") + TABLE)
    folder = migration({"migration.yaml": f"rehome: 1\nname: in\nsource: {url}\ntarget: same\nentities:\n  leads: {{ from: old }}\n"})
    rehome("run", "-q", cwd=folder).succeeds()
    changed(rehome, folder)
    assert kept(url) == (2, 2)
    query(url, "UPDATE old SET amount = 1 WHERE id = 3; DELETE FROM leads WHERE id = 4")
    assert named(rehome, folder, url) == [("different", 3), ("missing", 4)]


def test_it_does_not_go_with_what_proves_less(leads, rehome):
    for option in (["--fast"], ["--sample", "1%"]):
        assert "--changed go one at a time" in rehome("verify", "--changed", *option, cwd=leads[0]).ends_with(2).stderr
