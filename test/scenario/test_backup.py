"""`backup: true` keeps a dump of the target's tables before the first write, proved to be restorable; `rehome rollback --from-backup` puts them back."""

import pathlib
import signal
import stat
import subprocess

import pytest

from test_rollback import OWN, ROWS, SHOP, state  # noqa: F401

BOTH = "{ customers: { from: customers }, orders: { from: orders } }"


@pytest.fixture
def shop(server, rehome, migration, tmp_path):
    """As in test_rollback, with a backup in a folder of its own: `.files()`."""

    class Shop:
        def __init__(self, target_sql="", entities=BOTH, more="", files=None, backup="true", source_sql=SHOP + ROWS):
            self.source, self.target = server.database(source_sql), server.database(SHOP + target_sql)
            text = f"rehome: 1\nname: shop\nsource: {self.source}\ntarget: {self.target}\nbackup: {backup}\nentities: {entities}\n{more}"
            self.folder = migration({"migration.yaml": text, **(files or {})})
            self.home = tmp_path / "state"

        def edit(self, old, new):
            file = self.folder / "migration.yaml"
            file.write_text(file.read_text().replace(old, new))

        def files(self):
            return sorted((self.home / "rehome" / "backup").glob("*"))

        def env(self, fault=None, **more):
            return {"XDG_STATE_HOME": str(self.home), **({"REHOME_FAULT": fault} if fault else {}), **more}

        def run(self, *arguments, fault=None, **more):
            return rehome("run", *arguments, cwd=self.folder, env=self.env(fault, **more))

        def plan(self, **more):
            return rehome("plan", cwd=self.folder, env=self.env(**more))

        def start(self, *arguments):
            return rehome.start(*arguments, cwd=self.folder, env=self.env())

        def back(self, *arguments, fault=None, **more):
            return rehome("rollback", "--yes", *arguments, cwd=self.folder, env=self.env(fault, **more))

        def restore(self, *arguments, **more):
            return self.back("--from-backup", *arguments, **more)

    return Shop


# ---- taking it ----


@pytest.mark.parametrize("backup", ["true", "{ verify: read }", "{ to: kept }"])
def test_a_backup_is_taken_before_the_first_write(shop, psql, backup):
    it = shop(OWN, backup=backup)
    it.run("-q").succeeds()
    [(state, path, size, digest, verified)] = psql(it.target, "SELECT state, path, bytes, sha256, verified FROM rehome.backup")
    assert (state, verified) == ("taken", "read" if "read" in backup else "restore")
    file = pathlib.Path(path)
    assert file.parent == (it.folder / "kept" if "kept" in backup else it.home / "rehome" / "backup")
    assert size == file.stat().st_size and stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert subprocess.check_output(["sha256sum", path], text=True).split()[0] == digest
    assert psql(it.target, "SELECT relation, rows FROM rehome.backup_table ORDER BY 1") == [('"public"."customers"', 251), ('"public"."orders"', 1001)]
    assert "own 100\t" in subprocess.check_output(["pg_restore", "--data-only", "-f", "-", path], text=True)
    it.run("-q").succeeds()
    assert psql(it.target, "SELECT count(*) FROM rehome.backup") == [(1,)] and len(list(file.parent.iterdir())) == 1


def test_a_run_with_nothing_to_put_back_takes_none(shop, psql):
    it = shop(entities="{ fresh: { from: customers } }", more="expand: [ \"CREATE TABLE fresh (LIKE customers INCLUDING ALL)\" ]\n")
    it.run("-q").succeeds()
    assert psql(it.target, "SELECT count(*) FROM rehome.backup") == [(0,)] and it.files() == []
    assert "there is no backup of this migration" in it.restore().ends_with(1).stderr


# ---- putting tables back ----


@pytest.mark.parametrize("entities", [
    BOTH,
    "{ customers: { from: customers, undo: false }, orders: { from: orders, undo: false } }",
    "{ customers: { from: customers, write: skip }, orders: { from: orders, where: id > 1500, write: insert, undo: false } }",
    "{ customers: { from: customers, write: replace, scope: id > 0, undo: false }, orders: { from: orders, write: replace, undo: false } }",
    "{ customers: { from: customers }, orders: { from: orders, write: replace, undo: false } }",
    "{ customers: { from: customers, undo: false, key: [email], update: [name], transform: \"SELECT id + 5000 AS id, name, 'own' || id || '@example.org' AS email FROM customers\" } }",
])  # fmt: skip
@pytest.mark.parametrize("own", [OWN, ""], ids=["rows", "empty"])
def test_tables_become_what_they_were(shop, state, psql, entities, own):
    it = shop(own, entities)
    before = state(it.target)
    it.run("-q").succeeds()
    it.restore().succeeds()
    assert state(it.target) == before
    assert psql(it.target, "SELECT (SELECT count(*) FROM rehome.undo WHERE state <> 'left'), (SELECT phase FROM rehome.migration)") == [(0, "rolled back")]


EXPAND = """
CREATE TABLE people (id bigint PRIMARY KEY, customer bigint REFERENCES customers, name text);
ALTER TABLE customers ADD COLUMN person bigint REFERENCES people, ADD COLUMN extra text DEFAULT 'x';
CREATE FUNCTION title(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)';
"""
OTHER_TABLES = """
CREATE TABLE numbered (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n text, up text GENERATED ALWAYS AS (upper(n)) STORED); INSERT INTO numbered (n) VALUES ('a'), ('b');
CREATE TABLE parted (id bigint, name text, at timestamptz DEFAULT now()) PARTITION BY RANGE (id);
CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (200); CREATE TABLE "Hi""gh" PARTITION OF parted FOR VALUES FROM (200) TO (9999);
INSERT INTO parted SELECT i, 'own', NULL FROM generate_series(150, 250) i;
CREATE TABLE log (who text, what json); INSERT INTO log VALUES ('Kundin 1 \u00e4', '{}'), ('x', '1'), ('x', '1');
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree, name text UNIQUE, data bytea); INSERT INTO tree VALUES (1, NULL, 'a', '\\x00ff'), (2, 1, E'b\\t\\n\\\\.', NULL), (3, 2, 'c', '');
"""
MANY = """
  customers: { from: customers, transform: "SELECT id, name, email, updated, CASE WHEN id < 300 THEN id END AS person FROM customers" }
  people: { from: customers, transform: "SELECT id, CASE WHEN id > 300 THEN id END AS customer, name FROM customers" }
  numbered: { from: customers, undo: false, transform: "SELECT id + 1 AS id, name AS n FROM customers" }
  parted: { from: customers, undo: false, transform: "SELECT id, name FROM customers" }
  log: { from: customers, undo: false, transform: "SELECT CASE WHEN id < 5 THEN 'x' ELSE name END AS who, '1'::json AS what FROM customers" }
  tree: { from: customers, where: id < 10, undo: false, transform: "SELECT id::int AS id, nullif(id, 9)::int + 1 AS parent, CASE id WHEN 1 THEN 'b' WHEN 2 THEN 'd' ELSE 'n' || id END AS name FROM customers WHERE id < 10" }"""


def test_new_columns_partitions_circles_and_tables_without_a_key(shop, state, psql):
    it = shop(OWN + OTHER_TABLES, MANY, "expand: [ e.sql ]\nseed: [ s.sql ]\n", files={"e.sql": EXPAND, "s.sql": "INSERT INTO customers (id, name) VALUES (9001, 'seeded'); UPDATE orders SET note = 'seed' WHERE id = 501;"})
    before = state(it.target)
    plan = it.plan().succeeds().stdout
    assert "Backup before the first write\n  7 tables, about " in plan and "orders" in plan and "only rehome rollback --from-backup undoes numbered" in plan
    assert state(it.target) == before and it.files() == []
    it.run("-q").ends_with(4)  # `log` has rows that are extra
    assert psql(it.target, "SELECT count(*) FROM rehome.backup_table") == [(7,)]
    assert "changes or removes rows of public.orders" not in it.restore().succeeds().stdout
    assert state(it.target) == before


@pytest.mark.parametrize("fault", ["backup.dumped", "backup.proved", "backup.published"])
def test_a_backup_that_was_killed_counts_for_nothing(shop, state, psql, fault):
    it = shop(OWN)
    before = state(it.target)
    it.run("-q", fault=f"{fault}:kill").ends_with(-signal.SIGKILL)
    assert state(it.target) == before
    assert psql(it.target, "SELECT state, bytes, (SELECT count(*) FROM rehome.backup_table) FROM rehome.backup") == [("taking", None, 0)]
    assert len(it.files()) == 1
    it.restore().ends_with(1)
    it.run("-q").succeeds()
    [(path,)] = psql(it.target, "SELECT path FROM rehome.backup WHERE state = 'taken'")
    assert it.files() == [pathlib.Path(path)]
    it.restore().succeeds()
    assert state(it.target) == before


def test_a_backup_that_cannot_be_proved_stops_the_run_and_leaves_no_file(shop, state, psql, tmp_path):
    it = shop(OWN)
    before = state(it.target)
    liar = tmp_path / "liar"
    liar.mkdir()
    (liar / "pg_dump").write_text('#!/bin/sh\nexec pg_dump "$@"\n')
    (liar / "pg_restore").write_text('#!/bin/sh\npg_restore "$@" | sed "s/own 111/own 112/"\n')
    for program in liar.iterdir():
        program.chmod(0o755)
    assert 'what is restored from the backup is not what is in "public"."customers"' in it.run("-q", REHOME_PG_BIN=str(liar)).ends_with(1).stderr
    assert it.files() == [] and state(it.target) == before
    it.run("-q").succeeds()


def test_two_processes_that_start_at_once_take_one(shop, state, psql):
    it = shop(OWN)
    before = state(it.target)
    both = [it.start("run", "-q") for _ in range(2)]
    for one in both:
        one.wait().succeeds()
    assert psql(it.target, "SELECT count(*) FROM rehome.backup") == [(1,)] and len(it.files()) == 1
    it.restore().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("entities", [BOTH, "{ customers: { from: customers, undo: false }, orders: { from: orders, undo: false } }"], ids=["undo", "no undo"])
def test_what_somebody_else_has_changed_is_listed_and_left_alone(shop, state, psql, entities):
    it = shop(OWN + "CREATE TABLE notes (customer bigint REFERENCES customers, n int);", entities)
    before = state(it.target)
    it.run("-q").succeeds()
    psql(it.target, "UPDATE customers SET name = 'theirs' WHERE id = 120; DELETE FROM customers WHERE id = 1005 AND NOT EXISTS (SELECT FROM orders WHERE customer = 1005);"
                    "INSERT INTO customers (id, name) VALUES (5000, 'new'); INSERT INTO notes VALUES (3, 1); DELETE FROM orders WHERE id = 1400; DELETE FROM orders WHERE id = 7")
    ended = it.restore().ends_with(4)
    for line in ["{\"id\": \"120\"}: somebody else has changed it", "{\"id\": \"5000\"}: somebody else has added it", "{\"id\": \"3\"}: rows that stay refer to it",
                 "orders\" {\"id\": \"1400\"}: somebody else has deleted it"]:
        assert line in ended.stdout, ended
    assert "left alone: 4" in ended.stdout
    assert psql(it.target, "SELECT id, name FROM customers WHERE name NOT LIKE 'own%' AND name NOT LIKE 'only%' ORDER BY 1") == [(3, "Kundin 3 \u00e4"), (120, "theirs"), (5000, "new")]
    assert psql(it.target, "SELECT count(*) FROM orders") == [(1000,)]
    it.restore().ends_with(4)
    psql(it.target, "DELETE FROM notes")
    it.restore("--force").succeeds()
    assert state(it.target) == before


def test_rows_that_only_the_backup_knows_come_back_after_a_rollback(shop, state, psql):
    it = shop(OWN, "{ customers: { from: customers, undo: false }, orders: { from: orders } }")
    before = state(it.target)
    it.run("-q").succeeds()
    assert "customers: 400 rows" in it.back().succeeds().stdout
    assert state(it.target) != before
    psql(it.target, "INSERT INTO customers (id, name) VALUES (7000, 'theirs')")
    it.restore().ends_with(4)
    assert psql(it.target, "SELECT count(*) FROM customers") == [(252,)]
    psql(it.target, "DELETE FROM customers WHERE id = 7000")
    assert state(it.target) == before
    it.run("-q").succeeds()  # begins anew, with a backup of its own
    assert psql(it.target, "SELECT state FROM rehome.backup ORDER BY id") == [("past",), ("taken",)] and len(it.files()) == 2
    it.restore("--forget").succeeds()
    assert state(it.target) == before
    assert psql(it.target, "SELECT to_regnamespace('rehome')::text") == [(None,)]


def test_a_file_that_is_damaged_or_gone_is_refused(shop, state, psql):
    it = shop(OWN)
    it.run("-q").succeeds()
    after = state(it.target)
    [file] = it.files()
    whole = file.read_bytes()
    file.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    assert "is damaged" in it.restore().ends_with(2).stderr
    file.write_bytes(whole[:-10])
    assert "is damaged" in it.restore().ends_with(2).stderr
    file.unlink()
    assert "is not there" in it.restore("--force").ends_with(2).stderr
    assert state(it.target) == after and psql(it.target, "SELECT phase FROM rehome.migration") == [("done",)]


@pytest.mark.parametrize("fault", ["rollback.undone", "rollback.committed", "rollback.before_end"])
def test_a_rollback_that_was_killed_goes_on_from_the_backup(shop, state, psql, fault):
    it = shop(OWN, "{ customers: { from: customers, undo: false }, orders: { from: orders, undo: false } }")
    before = state(it.target)
    it.run("-q").succeeds()
    it.restore(fault=f"{fault}:kill").ends_with(-signal.SIGKILL)
    it.run("-q").ends_with(1)
    it.back().succeeds()
    assert state(it.target) == before


def test_a_run_that_was_killed_half_way_is_put_back(shop, state):
    it = shop("", "{ customers: { from: customers, undo: false }, orders: { from: orders, undo: false } }")
    before = state(it.target)
    it.run("-q", "--jobs", "1", fault="engine.chunk.committed:kill").ends_with(-signal.SIGKILL)
    it.restore().succeeds()
    assert state(it.target) == before


# ---- what may be missing ----


def test_a_pg_dump_that_is_missing_or_too_old_is_told_before_anything_is_written(shop, psql, tmp_path):
    it = shop(OWN)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (old / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        (old / name).chmod(0o755)
    for folder, words in ((old, "needs pg_dump of PostgreSQL 15 or later, and the newest here is 9"), (tmp_path, "they are not on this machine")):
        assert words in it.run("-q", REHOME_PG_BIN=str(folder)).ends_with(1).stderr
        assert words in it.plan(REHOME_PG_BIN=str(folder)).succeeds().stdout
    assert psql(it.target, "SELECT to_regnamespace('rehome')::text") == [(None,)] and it.files() == []


def test_no_password_stands_on_a_command_line(shop, server, psql, tmp_path):
    it = shop(OWN)
    spy = tmp_path / "spy"
    spy.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (spy / name).write_text(f"#!/bin/sh\nprintf '%s\\n' \"$*\" >> {tmp_path}/seen\nexec {name} \"$@\"\n")
        (spy / name).chmod(0o755)
    it.edit(f"target: {it.target}", f"target: {it.target}{'&' if '?' in it.target else '?'}password=geheim")
    it.run("-q", REHOME_PG_BIN=str(spy)).succeeds()
    seen = (tmp_path / "seen").read_text()
    assert "--snapshot=" in seen and "geheim" not in seen
    assert psql(it.target, "SELECT count(*) FROM rehome.backup b WHERE b::text LIKE '%geheim%'") == [(0,)]


def test_what_is_written_already_is_told_and_not_backed_up(shop, psql):
    it = shop(OWN, backup="false")
    it.run("-q", "--only", "customers").succeeds()
    it.edit("backup: false", "backup: true")
    assert '"public"."customers" is in no backup, and none is taken of it now' in it.plan().succeeds().stdout
    it.run("-q").succeeds()
    assert psql(it.target, "SELECT table_name FROM rehome.backup_table") == [("orders",)]
