"""`rehome verify` beside live writes: what is only on its way is no difference, what differs for good is one, and a row that never rests is suspect."""

import collections
import os
import random
import threading
import time

import pytest

from support.server import connect, query

TABLE = "CREATE TABLE item (id bigint PRIMARY KEY, name text, n int, data jsonb);"
ROWS = "INSERT INTO item SELECT i, 'item ' || i, i, jsonb_build_object('n', i) FROM generate_series(1, 20000) i;"
# REHOME_LIVE_RUNS=10 for a longer look at chance.
RUNS = int(os.environ.get("REHOME_LIVE_RUNS", "2"))


class Follower(threading.Thread):
    """Brings each change of the source to the target, so many seconds later."""

    def __init__(self, target, behind):
        super().__init__(daemon=True)
        self.connection, self.behind, self.changes, self.over = connect(target), behind, collections.deque(), False

    def run(self):
        while not self.over or self.changes:
            if not self.changes or self.changes[0][0] > time.monotonic():
                time.sleep(0.005)
                continue
            with self.connection.transaction():
                while self.changes and self.changes[0][0] <= time.monotonic():
                    self.connection.execute(*self.changes.popleft()[1])


class Writer(threading.Thread):
    """Inserts, updates and deletes rows of the source, about 500 a second, and leaves those in `alone` alone."""

    def __init__(self, source, follower, alone=(), seed=1):
        super().__init__(daemon=True)
        self.connection, self.follower, self.over, self.written = connect(source), follower, False, 0
        self.random, self.next, self.alone = random.Random(seed), 30000, set(alone)

    def change(self):
        if self.random.random() < 0.2:
            self.next += 1
            return "INSERT INTO item VALUES (%s, 'new', 0, NULL)", [self.next]
        key = self.random.randint(1, 20000)
        while key in self.alone:
            key = self.random.randint(1, 20000)
        if self.random.random() < 0.2:
            return "DELETE FROM item WHERE id = %s", [key]
        return "UPDATE item SET name = %s, n = n + 1 WHERE id = %s", [str(self.written), key]

    def run(self):
        began = time.monotonic()
        while not self.over:
            change = self.change()
            self.connection.execute(*change)
            self.follower.changes.append((time.monotonic() + self.follower.behind, change))
            self.written += 1
            time.sleep(max(0, began + self.written / 500 - time.monotonic()))


@pytest.fixture(scope="module")
def two_servers(servers):
    return servers(), servers()


@pytest.fixture
def live(two_servers, rehome, migration):
    """`live(behind, alone)` copies the table and then writes to it; ends with the test."""
    threads = []
    source, target = (server.database(TABLE + rows) for server, rows in zip(two_servers, (ROWS, "")))
    folder = migration({"migration.yaml": f"{{rehome: 1, name: live, source: '{source}', target: '{target}', entities: {{item: {{from: item}}}}}}"})
    rehome("run", "-q", cwd=folder).succeeds()

    def start(behind=0.2, alone=()):
        threads.append(Follower(target, behind))
        threads.append(Writer(source, threads[0], alone))
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        return folder, source, target

    yield start
    for thread in reversed(threads):
        thread.over = True
        thread.join()
    for server in two_servers:
        server.drop_databases()


def verified(rehome, folder, status, *more):
    found = rehome("verify", "--json", *more, cwd=folder).ends_with(status).json
    return found, found["entities"][0]


def test_what_is_on_its_way_is_no_difference(live, rehome):
    folder, *_ = live()
    for _ in range(RUNS):
        found, item = verified(rehome, folder, 0)
        assert found["state"] == "passed" and item["differences"] == []


def test_a_planted_difference_is_found_among_them(live, rehome, psql):
    folder, _, target = live(alone=(7, 8, 9))
    psql(target, "UPDATE item SET name = '' WHERE id = 7; DELETE FROM item WHERE id = 8; INSERT INTO item VALUES (-9, 'nobody', 0, NULL)")
    for _ in range(RUNS):
        found, item = verified(rehome, folder, 4)
        assert found["state"] == "failed"
        assert sorted((one["kind"], one["key"]["id"], one["suspect"]) for one in item["differences"]) == [
            ("different", 7, False), ("extra", -9, False), ("missing", 8, False)]
        assert [one["columns"] for one in item["differences"] if one["kind"] == "different"] == [{"name": {"source": "item 7", "target": ""}}]
        assert (item["missing"], item["extra"], item["different"], item["suspect"]) == (1, 1, 1, 0)


def test_the_follower_may_be_behind_for_as_long_as_one_has_patience(live, rehome):
    folder, *_ = live(behind=4)
    found, _ = verified(rehome, folder, 0, "--patience", "30")
    assert found["state"] == "passed"


def test_a_row_that_never_rests_is_suspect(live, rehome, psql):
    folder, source, target = live(alone=(5,))
    over = threading.Event()

    def spoil():
        with connect(target) as connection:
            while not over.wait(0.02):
                connection.execute("UPDATE item SET n = n + 1 WHERE id = 5")

    thread = threading.Thread(target=spoil)
    thread.start()
    try:
        found, item = verified(rehome, folder, 4, "--patience", "3")
        ended = rehome("verify", "--patience", "3", cwd=folder).ends_with(4)
    finally:
        over.set()
        thread.join()
    assert found["state"] == item["state"] == "suspect"
    assert (item["missing"], item["extra"], item["different"], item["suspect"]) == (0, 0, 0, 1)
    assert [(one["kind"], one["key"], one["suspect"]) for one in item["differences"]] == [("different", {"id": 5}, True)]
    assert psql(target, "SELECT kind, key, suspect FROM rehome.difference") == [("different", {"id": 5}, True)]
    assert psql(target, "SELECT state, suspect FROM rehome.verification") == [("suspect", 1)]
    assert "rows were being written" in ended.stderr and "are looking" not in ended.stdout


def test_on_quiet_servers_one_look_is_enough(server, rehome, migration, psql):
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    folder = migration({"migration.yaml": f"{{rehome: 1, name: quiet, source: '{source}', target: '{target}', entities: {{item: {{from: item}}}}}}"})
    rehome("run", "-q", cwd=folder).succeeds()
    psql(target, "UPDATE item SET n = -n WHERE id % 200 = 0")
    ended = rehome("verify", cwd=folder).ends_with(4)
    assert "looking at them again" not in ended.stderr and "100 rows" in ended.stdout


def test_a_transaction_that_is_not_over_makes_it_look_again(server, rehome, migration, psql):
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    folder = migration({"migration.yaml": f"{{rehome: 1, name: open, source: '{source}', target: '{target}', entities: {{item: {{from: item}}}}}}"})
    rehome("run", "-q", cwd=folder).succeeds()
    psql(source, "UPDATE item SET n = -1 WHERE id = 5")
    with connect(target, autocommit=False) as connection:
        connection.execute("UPDATE item SET n = -1 WHERE id = 5")
        started = rehome.start("verify", "--patience", "20", cwd=folder)
        started.wait_for("looking at them again")
        connection.commit()
    assert "Both sides agree" in started.wait().succeeds().stdout


@pytest.mark.parametrize("shape", ["keyless", "load", "derived key", "composite"])
def test_rows_that_cannot_be_asked_for_by_a_driving_key_are_looked_at_again_too(shape, server, rehome, migration, psql):
    tables = {
        "keyless": ("CREATE TABLE t (a int, b text);", "{from: t}", ""),
        "load": ("CREATE TABLE t (a int PRIMARY KEY, b text);", "{from: t, load: sql/load.sql, transform: sql/t.sql}", ""),
        "derived key": ("CREATE TABLE t (a int PRIMARY KEY, b text);", "{from: o, transform: sql/o.sql}", "CREATE TABLE o (id int PRIMARY KEY, b text);"),
        "composite": ("CREATE TABLE t (a int, b text, c numeric, PRIMARY KEY (a, b));", "{from: t}", ""),
    }
    table, entity, old = tables[shape]
    fill = {"derived key": "INSERT INTO o SELECT i, 'b' || i FROM generate_series(1, 500) i;",
            "composite": "INSERT INTO t SELECT i, 'b' || i, 1.10 FROM generate_series(1, 500) i;"}
    source = server.database((old or table) + fill.get(shape, "INSERT INTO t SELECT i, 'b' || i FROM generate_series(1, 500) i;"))
    target = server.database(table)
    files = {"sql/load.sql": "SELECT a, b FROM staged\n", "sql/t.sql": "SELECT a, b FROM t\n", "sql/o.sql": "SELECT id * 2 AS a, b FROM o\n"}
    folder = migration({"migration.yaml": f"{{rehome: 1, name: shape, source: '{source}', target: '{target}', entities: {{t: {entity}}}}}", **files})
    rehome("run", "-q", cwd=folder).succeeds()
    changed = {"derived key": "o SET b = 'new' WHERE id = 4"}.get(shape, "t SET b = 'new' WHERE a = 8")
    psql(source, f"UPDATE {changed}; DELETE FROM {'o' if old else 't'} WHERE b = 'b9'")
    psql(target, "UPDATE t SET b = 'bad' WHERE a = 20; DELETE FROM t WHERE a = 30")
    with connect(target, autocommit=False) as connection:
        connection.execute("UPDATE t SET b = 'new' WHERE a = 8; DELETE FROM t WHERE b = 'b9'")
        started = rehome.start("verify", "--json", "--patience", "20", cwd=folder)
        started.wait_for("looking at them again")
        connection.commit()
    item = started.wait().ends_with(4).json["entities"][0]
    kinds = {"keyless": (2, 1, 0), "composite": (2, 1, 0)}.get(shape, (1, 0, 1))
    assert (item["missing"], item["extra"], item["different"], item["suspect"]) == (*kinds, 0)
