"""The end is proved: the chunks of an entity are all of its driving table, each row of it once, whatever somebody does to the ledger."""

import json
import pathlib
import re

import pytest
from support.server import query

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "src" / "sql" / "ledger"
ROWS = 21000
TABLE = "CREATE TABLE leads (id int PRIMARY KEY, name text, phone text);"
FILLED = TABLE + f"INSERT INTO leads SELECT i, 'name ' || i, CASE WHEN i % 10 > 0 THEN i::text END FROM generate_series(1, {ROWS}) i; ANALYZE;"
CALLED = "SELECT id, name, phone FROM leads WHERE phone IS NOT NULL"

# The key's column, and what fills a table with it.
KEYS = {
    "int": ("id int", "i"),
    "text": ("id text COLLATE \"en-x-icu\"", "md5(i::text)"),
    "bytes": ("id text COLLATE \"C\"", "chr(192 + i % 60) || i"),
    "uuid": ("id uuid", "md5(i::text)::uuid"),
    "numeric": ("id numeric", "i / 7.0"),
    "time": ("id timestamptz", "'2024-01-01'::timestamptz - i * interval '1 hour'"),
    "char": ("id character(12)", "i::text"),
}


@pytest.fixture(scope="module")
def quiet(servers):
    """A source that nobody writes to: another server than the target."""
    return servers()


@pytest.fixture
def migrate(server, quiet, migration, rehome):
    """`migrate(entity, legacy, new)` has run a migration between two servers; returns its folder, source and target."""

    def make(entity=None, legacy=FILLED, new=TABLE, inside=False, status=0, run=True):
        source = server.database(legacy + new) if inside else quiet.database(legacy)
        target = source if inside else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if inside else target, "entities": {"leads": entity or {"from": "leads"}}}
        folder = migration({"migration.yaml": json.dumps(manifest)})
        if run:
            rehome("run", "--jobs", 3, cwd=folder).ends_with(status)
        return folder, source, target

    yield make
    quiet.drop_databases()


def chunks(target):
    found = query(target, "SELECT id, low, high, driving FROM rehome.chunk WHERE method <> 'keys' ORDER BY id")
    numbers = all(chunk[1] is None or chunk[1][0].isdigit() for chunk in found)
    return sorted(found, key=lambda chunk: int(chunk[1][0]) if chunk[1] else 0) if numbers else found


def is_refused(rehome, folder, *sentences, command="verify"):
    """Ends with 4, names what is wrong and what to do, and says the same to programs and in `status`."""
    ended = rehome(command, cwd=folder).ends_with(4)
    for sentence in sentences:
        assert sentence in ended.stderr and sentence in ended.stdout, f"{sentence}\n{ended}"
    assert "rehome rollback --entity leads" in ended.stderr, ended
    leads, = rehome("verify", "--json", cwd=folder).ends_with(4).json["entities"]
    assert leads["state"] == "failed" and all(any(sentence in complaint for complaint in leads["complaints"]) for sentence in sentences), leads
    status = rehome("status", "--json", cwd=folder).json
    assert status["verification"][0]["complaints"] == leads["complaints"]
    return ended


@pytest.mark.parametrize("key", KEYS)
def test_chunks_of_any_key_are_all_of_it(key, migrate, rehome):
    column, value = KEYS[key]
    table = f"CREATE TABLE leads ({column} PRIMARY KEY, name text);"
    filled = table + f"INSERT INTO leads SELECT {value}, 'name ' || i FROM generate_series(1, {ROWS}) i; ANALYZE;"
    folder, _, target = migrate(legacy=filled, new=table)
    found = chunks(target)
    assert len(found) > 2 and sum(chunk[3] for chunk in found) == ROWS
    assert len(query(target, "SELECT DISTINCT snapshot FROM rehome.chunk WHERE snapshot IS NOT NULL")) == 1
    leads, = rehome("verify", "--json", cwd=folder).succeeds().json["entities"]
    assert leads["complaints"] == []
    query(target, "UPDATE rehome.chunk SET low = high, high = low WHERE id = (SELECT min(id) FROM rehome.chunk WHERE low IS NOT NULL AND high IS NOT NULL)")
    assert "ends before it begins" in rehome("verify", cwd=folder).ends_with(4).stderr


def test_so_are_those_of_a_composite_key_and_of_a_heap(migrate, rehome):
    table = "CREATE TABLE leads (region text, id int, name text{});"
    rows = f"INSERT INTO leads SELECT 'r' || i % 7, i, 'name ' || i FROM generate_series(1, {ROWS}) i; ANALYZE;"
    for keyed, method in (", PRIMARY KEY (region, id)", "key"), ("", "ctid"):
        folder, _, target = migrate({"from": "leads", "write": "insert"}, table.format(keyed) + rows, table.format(keyed))
        assert len(chunks(target)) > 2
        assert query(target, "SELECT DISTINCT method FROM rehome.chunk") == [(method,)]
        rehome("verify", cwd=folder).succeeds()


@pytest.mark.parametrize("inside", [False, True])
def test_a_chunk_that_is_gone_leaves_a_gap(inside, migrate, rehome):
    entity = {"from": "leads", "into": "clients"}
    folder, _, target = migrate(entity, new=TABLE.replace("leads", "clients"), inside=inside)
    first, gone, last = chunks(target)[:3]
    query(target, f"DELETE FROM rehome.chunk WHERE id = {gone[0]}")
    is_refused(rehome, folder, f"no chunk begins where chunk {first[0]} (id < {first[2][0]}) ends",
               f"no chunk ends where chunk {last[0]} (id >= {last[1][0]}")


def test_ends_that_are_gone_are_seen(migrate, rehome):
    folder, _, target = migrate()
    found = chunks(target)
    query(target, f"DELETE FROM rehome.chunk WHERE id IN ({found[0][0]}, {found[-1][0]})")
    is_refused(rehome, folder, "no chunk is open below: keys are missing there", "no chunk is open above: keys are missing there")


def test_a_bound_that_was_moved_is_a_gap_or_an_overlap(migrate, rehome):
    folder, _, target = migrate()
    chunk = chunks(target)[1]
    query(target, f"UPDATE rehome.chunk SET high = '{{{int(chunk[2][0]) - 1}}}' WHERE id = {chunk[0]}")
    is_refused(rehome, folder, f"no chunk begins where chunk {chunk[0]} (id >= {chunk[1][0]} and < {int(chunk[2][0]) - 1}) ends")
    query(target, f"UPDATE rehome.chunk SET high = '{{{int(chunk[2][0]) + 1}}}' WHERE id = {chunk[0]}")
    is_refused(rehome, folder, f"no chunk begins where chunk {chunk[0]} (id >= {chunk[1][0]} and < {int(chunk[2][0]) + 1}) ends")
    query(target, f"UPDATE rehome.chunk SET high = '{{{chunk[2][0]}}}' WHERE id = {chunk[0]}")
    rehome("verify", cwd=folder).succeeds()


def test_a_chunk_that_is_there_twice_is_seen(migrate, rehome):
    folder, _, target = migrate()
    chunk = chunks(target)[1]
    query(target, f"""INSERT INTO rehome.chunk (migration, entity, method, low, high, state, driving, read, written)
                      SELECT migration, entity, method, low, high, state, driving, read, written FROM rehome.chunk WHERE id = {chunk[0]}""")
    place = f"chunk {chunk[0]} (id >= {chunk[1][0]} and < {chunk[2][0]})"
    is_refused(rehome, folder, f"another chunk begins where {place} does", f"another chunk ends where {place} does")


def test_a_chunk_that_is_not_done_is_seen(migrate, rehome):
    folder, _, target = migrate()
    chunk = chunks(target)[0]
    query(target, f"UPDATE rehome.chunk SET state = 'pending' WHERE id = {chunk[0]}")
    is_refused(rehome, folder, f"chunk {chunk[0]} (id < {chunk[2][0]}) is not done")


@pytest.mark.parametrize("transform", [None, CALLED])
def test_driving_rows_that_no_chunk_has_read_are_named(transform, migrate, rehome):
    folder, _, target = migrate({"from": "leads"} | ({"transform": transform} if transform else {}))
    chunk = chunks(target)[1]
    query(target, f"UPDATE rehome.chunk SET driving = driving - 3 WHERE id = {chunk[0]}")
    is_refused(rehome, folder, f"its chunks have read {ROWS - 3} driving rows, and there are {ROWS}: "
               f"chunk {chunk[0]} (id >= {chunk[1][0]} and < {chunk[2][0]}) has read {chunk[3] - 3} of {chunk[3]}")


def test_a_source_that_was_changed_is_told_and_no_failure(migrate, rehome):
    folder, source, target = migrate({"from": "leads", "transform": CALLED})
    query(source, f"INSERT INTO leads VALUES ({ROWS + 1}, 'never called', NULL)")
    ended = rehome("verify", cwd=folder).succeeds()
    assert f"its chunks have read {ROWS} driving rows, and there are {ROWS + 1} now, so the source was changed since" in ended.stderr, ended
    assert "Both sides agree" in ended.stdout
    query(source, f"INSERT INTO leads VALUES ({ROWS + 2}, 'called', '1')")
    leads, = rehome("verify", "--json", cwd=folder).ends_with(4).json["entities"]
    assert (leads["missing"], leads["complaints"]) == (1, [])


def test_rows_that_come_while_it_runs_are_no_gap_inside_one_database(migrate, rehome):
    """Each chunk there has a snapshot of its own."""
    folder, source, target = migrate({"from": "leads", "into": "clients", "transform": CALLED}, new=TABLE.replace("leads", "clients"), inside=True, run=False)
    run = rehome.start("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:stall:2"})
    run.wait_for("fault: engine.chunk.committed")
    query(source, "INSERT INTO leads VALUES (0, 'never called', NULL)")
    run.kill()
    run.wait()
    ended = rehome("run", cwd=folder).succeeds()
    assert "so the source was changed since" in ended.stderr, ended
    assert query(target, "SELECT count(*), count(snapshot) FROM rehome.chunk WHERE read > 0")[0][1] == 0


def test_an_entity_does_not_end_while_its_chunks_are_not_all_of_it(migrate, rehome):
    folder, source, target = migrate(run=False)
    rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill:1"})
    gone = query(target, "DELETE FROM rehome.chunk WHERE id = (SELECT min(id) FROM rehome.chunk WHERE state = 'pending') RETURNING low[1], high[1]")[0]
    ended = rehome("run", cwd=folder).ends_with(4)
    assert "no chunk begins where chunk " in ended.stderr and f"< {gone[0]}) ends" in ended.stderr, ended
    assert query(target, "SELECT state FROM rehome.step WHERE kind = 'copy'") == [("failed",)]
    assert query(target, "SELECT count(*) FROM pg_indexes WHERE tablename = 'leads'") == [(0,)]
    rehome("rollback", "--entity", "leads", "--yes", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT count(*) FROM leads") == [(ROWS,)]


def test_another_process_goes_on_where_the_source_has_changed(migrate, rehome):
    folder, source, target = migrate({"from": "leads", "transform": CALLED}, run=False)
    rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill:1"})
    query(source, "DELETE FROM leads WHERE id = 10")
    ended = rehome("run", cwd=folder).succeeds()
    assert "so the source was changed since" in ended.stderr, ended
    assert len(query(target, "SELECT DISTINCT snapshot FROM rehome.chunk")) == 2


def test_a_merge_counts_the_rows_of_all_its_sources(server, quiet, migration, rehome):
    source = quiet.database("""
        CREATE TABLE users (id int PRIMARY KEY, email text); CREATE TABLE people (id int PRIMARY KEY, email text);
        INSERT INTO users SELECT i, i || '@x' FROM generate_series(1, 30) i;
        INSERT INTO people SELECT i, i || '@x' FROM generate_series(21, 60) i;""")
    target = server.database("CREATE TABLE employees (email text PRIMARY KEY)")
    merge = {"key": "email", "sources": [{"from": "users", "transform": "SELECT email FROM users"},
                                         {"from": "people", "where": "id < 51", "transform": "SELECT email FROM people"}]}
    folder = migration({"migration.yaml": json.dumps({"rehome": 1, "name": "m", "source": source, "target": target,
                                                      "entities": {"employees": {"merge": merge}}})})
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT driving, read, written, merged FROM rehome.chunk") == [(60, 60, 50, 10)]
    query(target, "UPDATE rehome.chunk SET driving = 59")
    assert "its chunks have read 59 driving rows, and there are 60" in rehome("verify", cwd=folder).ends_with(4).stderr
    quiet.drop_databases()


def newest_upgrade_undone():
    """SQL that takes away what the last upgrade of the ledger has added."""
    script = max(SCRIPTS.glob("upgrade_*.sql")).read_text(encoding="utf-8")
    for table in re.findall(r"CREATE TABLE (\S+)", script):
        yield f"DROP TABLE {table} CASCADE"
    for table, added in re.findall(r"ALTER TABLE (\S+)([^;]*)", script):
        for column in re.findall(r"ADD COLUMN (\w+)", added):
            yield f"ALTER TABLE {table} DROP COLUMN {column}"
    yield "DELETE FROM rehome.version WHERE version = (SELECT max(version) FROM rehome.version)"


def test_an_older_ledger_is_brought_up_to_date_before_it_proves(migrate, rehome):
    folder, _, target = migrate()
    query(target, "; ".join(newest_upgrade_undone()))
    assert "rehome run" in rehome("verify", cwd=folder).ends_with(1).stderr
    rehome("status", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    rehome("verify", cwd=folder).succeeds()


def test_the_ledger_takes_no_books_that_do_not_balance(migrate):
    _, _, target = migrate()
    with pytest.raises(Exception, match="books_balance"):
        query(target, "UPDATE rehome.chunk SET written = written - 1")
