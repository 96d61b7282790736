"""Inside one database a long chunk with bad rows is moved in strips: every bad row is a reject, all others arrive, whatever the key is."""

import pytest
from support.server import query

ROWS = 30000
KEYS = {"integer": "PRIMARY KEY (id)", "text": "PRIMARY KEY (code)", "composite": "PRIMARY KEY (region, id)", "none": "CHECK (id > 0)"}
# Alone, side by side, and so many that strips would be written in vain; the first and the last row, too.
BAD = [1, 700, 5000, 5001, 12345, *range(21000, 21400), *range(22000, 24000, 40), ROWS]
REJECTS = "SELECT (coalesce(driving_row, source_row)->>'id')::int FROM rehome.reject ORDER BY 1"
BOOKS = "SELECT sum(driving), sum(read), sum(written), sum(filtered), sum(rejected) FROM rehome.chunk WHERE state = 'done'"
REACHED = "copy.strips.written"


@pytest.fixture
def migrate(server, migration):
    """Folder and database of a migration of the old rows; `bad` ones have no name."""

    def make(key="integer", bad=BAD, transform="SELECT id, name FROM old", new="", **entity):
        database = server.database(f"""
            CREATE TABLE old (id int NOT NULL, code text NOT NULL, region int NOT NULL, name text, {KEYS[key]});
            INSERT INTO old SELECT i, 'c' || i, i % 3, CASE WHEN i <> ALL ('{{{",".join(map(str, bad))}}}') THEN 'name ' || i END
                              FROM generate_series(1, {ROWS}) i;
            ANALYZE old;
            CREATE TABLE new (id int, name text NOT NULL);{new}""")
        keys = {"from": "old", "transform": transform, **entity}
        lines = "".join(f"    {name}: {value}\n" for name, value in keys.items())
        return migration({"migration.yaml": f"rehome: 1\nname: m\nsource: {database}\ntarget: same\nentities:\n  new:\n{lines}"}), database

    return make


def holds(database, bad):
    assert query(database, REJECTS) == [(key,) for key in sorted(bad)]
    assert query(database, "SELECT count(*), count(DISTINCT id), bool_or(id = ANY (%s)) FROM new", list(bad)) == [(ROWS - len(bad),) * 2 + (False,)]


@pytest.mark.parametrize("key", KEYS)
def test_every_bad_row_is_a_reject_whatever_the_key_is(key, migrate, rehome):
    folder, database = migrate(key)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    holds(database, BAD)
    assert query(database, BOOKS) == [(ROWS, ROWS, ROWS - len(BAD), 0, len(BAD))]
    rehome("verify", cwd=folder).ends_with(0)
    rehome("rollback", "--yes", cwd=folder).ends_with(0)
    assert query(database, "SELECT count(*) FROM new") == [(0,)]


@pytest.mark.parametrize("key, nth", [("integer", 1), ("integer", 30), ("integer", 75), ("composite", 5), ("none", 30)])
def test_a_run_that_is_killed_between_strips_is_taken_up_again(key, nth, migrate, rehome):
    folder, database = migrate(key)
    rehome("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": f"{REACHED}:kill:{nth}"}).ends_with(-9)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    holds(database, BAD)
    rehome("verify", cwd=folder).ends_with(0)


def test_rows_that_are_filtered_or_set_aside_by_a_rule_are_counted_once(migrate, rehome):
    folder, database = migrate(bad=[700, 12345], transform="SELECT id, name FROM old WHERE id % 10 <> 3",
                               rejects="{ odd_one: id % 1000 = 500 }")
    rehome("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": f"{REACHED}:kill:9"}).ends_with(-9)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    assert query(database, "SELECT reason, count(*) FROM rehome.reject GROUP BY 1 ORDER BY 1") == [("not_null:name", 2), ("odd_one", 30)]
    assert query(database, BOOKS) == [(ROWS, ROWS, ROWS - 3000 - 32, 3000, 32)]
    rehome("verify", cwd=folder).ends_with(0)


def test_a_row_that_the_transform_fails_for_is_found_in_its_strip(migrate, rehome):
    folder, database = migrate(bad=[700], transform="SELECT id, name || 10 / (id % 9999) AS name FROM old")
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    holds(database, [700, 9999, 19998, 29997])
    rehome("verify", cwd=folder).ends_with(0)


def test_where_each_strip_would_read_all_of_another_table_the_chunk_goes_as_a_whole(migrate, rehome):
    more = f"CREATE TABLE more AS SELECT i AS id, 'more ' || i AS text FROM generate_series(1, {ROWS}) i; ANALYZE more;"
    folder, database = migrate(bad=[700, 20000], transform="SELECT o.id, o.name || m.text AS name FROM old o JOIN more m ON m.id = o.id", new=more)
    rehome("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": f"{REACHED}:kill"}).ends_with(3)
    holds(database, [700, 20000])


def test_a_duplicate_of_a_row_in_a_strip_before_it_is_refused(migrate, rehome):
    """The unique index stays, because the table has a row."""
    folder, database = migrate(bad=[], transform="SELECT CASE id WHEN 4500 THEN 3000 ELSE id END AS id, name FROM old", write="insert", undo="false",
                               new="ALTER TABLE new ADD UNIQUE (id); INSERT INTO new VALUES (0, 'own');")
    rehome("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": f"{REACHED}:kill:5"}).ends_with(-9)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    assert query(database, "SELECT reason, (driving_row->>'id')::int FROM rehome.reject") == [("unique:new_id_key", 4500)]
    assert query(database, "SELECT count(*) FROM new") == [(ROWS,)]
