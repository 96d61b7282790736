"""A row that the target refuses becomes a reject with its key and its reason, and all others arrive, whichever way they go."""

import pytest
from support.server import query

ROWS = 3000

OLD = f"""
CREATE TABLE old_lead (id bigint PRIMARY KEY, email text, age int, nick text, score text, mood text, doc json, born text);
INSERT INTO old_lead SELECT i, 'lead' || i || '@example.org', 18 + i % 60, 'n' || i, (1 + i % 1000)::text, 'happy', json_build_object('i', i),
                            '2001-02-03' FROM generate_series(1, {ROWS}) i;
"""

TYPES = """
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN short AS varchar(12);
"""

NEW = (
    TYPES
    + """
CREATE TABLE lead (id bigint PRIMARY KEY, email text NOT NULL, age int CONSTRAINT grown_up CHECK (age >= 18), nick short,
                   score positive, mood mood, doc jsonb, born date);
"""
)

TRANSFORM = "SELECT id, email, age, nick, score::int AS score, mood, doc, born FROM old_lead\n"

# What makes a row bad, and what is to be said of it: reason, SQLSTATE, constraint, column.
BAD = {
    "email = NULL": ("not_null:email", "23502", None, "email"),
    "age = 3": ("check:grown_up", "23514", "grown_up", None),
    "score = '-4'": ("check:positive_check", "23514", "positive_check", "score"),
    "mood = 'bored'": ("invalid_enum:mood", "22P02", None, "mood"),
    "doc = '{\"a\": \"\\u0000\"}'": ("lossy:doc", None, None, "doc"),
    "born = '2024-02-31'": ("invalid_time:born", "22008", None, "born"),
}


def manifest(source, target, **entity):
    keys = {"from": "old_lead", "into": "lead", "transform": "sql/lead.sql", **entity}
    return {
        "migration.yaml": f"rehome: 1\nname: refused\nsource: {source}\ntarget: {target}\nentities:\n  lead:\n"
        + "".join(f"    {name}: {value}\n" for name, value in keys.items()),
        "sql/lead.sql": TRANSFORM,
    }


class Way:
    """Two databases, or one, with the manifest between them."""

    def __init__(self, name, server, migration):
        self.name, self._migration = name, migration
        if name == "inside" or name == "inside upsert":
            self.source = self.target = server.database(OLD + NEW)
        else:
            self.source, self.target = server.database(OLD), server.database(NEW)
        if "upsert" in name:
            query(self.target, "INSERT INTO lead (id, email, age) SELECT i, 'old', 20 FROM generate_series(1, 3000, 7) i")
        if name == "skip":
            query(self.target, "INSERT INTO lead (id, email, age) SELECT i, 'old', 20 FROM generate_series(-5, -1) i")

    def folder(self, transform=TRANSFORM, **entity):
        if "upsert" in self.name:
            entity.setdefault("write", "upsert")
        if self.name == "skip":
            entity.setdefault("write", "skip")
        if self.name == "load":
            entity.setdefault("load", "SELECT s.* FROM staged s WHERE s.id > 0")
        files = manifest(self.source, "same" if self.source == self.target else self.target, **entity)
        return self._migration({**files, "sql/lead.sql": transform})


@pytest.fixture(params=["stream", "upsert", "skip", "load", "inside", "inside upsert"])
def way(request, server, migration):
    return Way(request.param, server, migration)


def spoil(url, spoilt):
    """Makes rows bad: {id: what}."""
    for key, what in spoilt.items():
        query(url, f"UPDATE old_lead SET {what} WHERE id = {key}")


def rejects(url):
    rows = query(
        url,
        "SELECT source_key->>'id', reason, sqlstate, constraint_name, column_name FROM rehome.reject ORDER BY (source_key->>'id')::bigint",
    )
    return {int(key): tuple(rest) for key, *rest in rows}


def books(url):
    """read, written, unchanged, filtered, rejected."""
    return query(url, "SELECT sum(read), sum(written), sum(unchanged), sum(filtered), sum(rejected) FROM rehome.chunk WHERE state = 'done'")[0]


def arrived(url, where="id > 0"):
    return {key for (key,) in query(url, f"SELECT id FROM lead WHERE {where}")}


def old_rows(way):
    return set(range(1, ROWS + 1, 7)) if "upsert" in way.name else set()


def test_every_guilty_row_is_a_reject_and_all_others_arrive(way, rehome):
    spoilt = {17 + 331 * i: what for i, what in enumerate([*BAD, "email = NULL", "age = 2"])}
    spoil(way.source, spoilt)
    rehome("run", cwd=way.folder()).ends_with(3)
    wanted = {key: BAD.get(what, BAD["age = 3"]) for key, what in spoilt.items()}
    assert rejects(way.target) == wanted
    assert arrived(way.target) == set(range(1, ROWS + 1)) - set(spoilt) | old_rows(way)
    read, written, unchanged, filtered, rejected = books(way.target)
    assert (read, written + unchanged, filtered, rejected) == (ROWS, ROWS - len(spoilt), 0, len(spoilt))


@pytest.mark.parametrize("spoilt", [[1], [ROWS], [1, 2, ROWS - 1, ROWS], [100, 101, 2000, 2001], range(1, 41)], ids=str)
def test_rows_at_a_border_are_told_apart(way, rehome, spoilt):
    spoil(way.source, dict.fromkeys(spoilt, "age = 1"))
    rehome("run", cwd=way.folder()).ends_with(3)
    assert set(rejects(way.target)) == set(spoilt)
    assert arrived(way.target) == set(range(1, ROWS + 1)) - set(spoilt) | old_rows(way)


def test_where_all_rows_are_bad_all_are_rejects(way, rehome):
    query(way.source, "DELETE FROM old_lead WHERE id > 300; UPDATE old_lead SET age = 1")
    rehome("run", cwd=way.folder()).ends_with(3)
    assert len(rejects(way.target)) == 300
    assert arrived(way.target, "nick IS NOT NULL") == set()


def test_a_reject_has_the_row_as_the_transform_gave_it_and_as_the_source_holds_it(way, rehome):
    spoil(way.source, {7: "age = 3", 9: "mood = 'bored'"})
    ended = rehome("run", cwd=way.folder(TRANSFORM.replace("nick,", "upper(nick) AS nick,"))).ends_with(3)
    rows = query(way.target, "SELECT source_row, driving_row, message, attempt, fingerprint IS NOT NULL, budgeted FROM rehome.reject ORDER BY (source_key->>'id')::int")
    assert [(row["id"], row["nick"], row["age"], held["nick"], held["age"]) for row, held, *_ in rows] == [(7, "N7", 3, "n7", 3), (9, "N9", 27, "n9", 27)]
    assert [row[3:] for row in rows] == [(1, True, True)] * 2
    assert rows[0][2] == 'new row for relation "lead" violates check constraint "grown_up"'
    assert rows[1][2] == 'invalid input value for enum mood: "…"' or way.name == "load"
    assert "bored" not in ended.stdout + ended.stderr


def test_the_first_of_two_things_that_are_wrong_counts(way, rehome):
    spoil(way.source, {7: "age = 3, email = NULL"})
    rehome("run", cwd=way.folder()).ends_with(3)
    assert rejects(way.target) == {7: BAD["email = NULL"]}


def test_a_row_that_the_transform_cannot_make_is_a_reject_too(way, rehome):
    spoilt = {3: "score = 'none'", 1500: "score = '1.5'", ROWS: "score = ''", 40: "age = 2"}
    spoil(way.source, spoilt)
    rehome("run", cwd=way.folder()).ends_with(3)
    unreadable = ("invalid_text", "22P02", None, None)
    assert rejects(way.target) == {3: unreadable, 40: BAD["age = 3"], 1500: unreadable, ROWS: unreadable}
    assert query(way.target, "SELECT bool_and(source_row IS NULL = (reason = 'invalid_text')), bool_and(driving_row ? 'nick') FROM rehome.reject") == [(True, True)]
    assert arrived(way.target) == set(range(1, ROWS + 1)) - set(spoilt) | old_rows(way)
    read, written, unchanged, _, rejected = books(way.target)
    assert (read, written + unchanged, rejected) == (ROWS, ROWS - 4, 4)


RAISE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.nick = 'n17' OR NEW.nick = 'n2500' THEN RAISE 'not this one'; END IF; RETURN NEW; END $$;
"""


@pytest.mark.parametrize("when", ["BEFORE", "AFTER"])
def test_what_a_trigger_refuses_is_a_reject(way, rehome, when):
    query(way.target, RAISE + f"CREATE TRIGGER refuse {when} INSERT OR UPDATE ON lead FOR EACH ROW EXECUTE FUNCTION refuse()")
    spoil(way.source, {2000: "age = 2"})
    rehome("run", cwd=way.folder()).ends_with(3)
    refused = ("refused:P0001", "P0001", None, None)
    assert rejects(way.target) == {17: refused, 2000: BAD["age = 3"], 2500: refused}


@pytest.mark.parametrize("mode", ["", "DEFERRABLE INITIALLY DEFERRED"])
def test_a_missing_parent_is_found_row_by_row(way, rehome, mode):
    query(way.target, f"CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(18, 77); ALTER TABLE lead ADD CONSTRAINT of_parent FOREIGN KEY (age) REFERENCES parent {mode}")
    spoil(way.source, {5: "age = 99", 6: "age = 98", 1200: "age = 97", 2999: "age = 1"})
    rehome("run", cwd=way.folder(indexes="keep")).ends_with(3)
    orphan = ("foreign_key:of_parent", "23503", "of_parent", None)
    assert rejects(way.target) == {5: orphan, 6: orphan, 1200: orphan, 2999: BAD["age = 3"]}


def test_a_unique_value_that_comes_twice_is_kept_once(way, rehome):
    query(way.target, "CREATE UNIQUE INDEX lead_nick ON lead (nick)")
    spoil(way.source, {500: "nick = 'n3'", 2400: "nick = 'n2399'", 2401: "nick = 'n2399'"})
    rehome("run", cwd=way.folder(indexes="keep")).ends_with(3)
    double = ("unique:lead_nick", "23505", "lead_nick", None)
    assert rejects(way.target) == {500: double, 2400: double, 2401: double}


def test_several_workers_and_chunks_find_the_same(server, migration, rehome):
    way = Way("stream", server, migration)
    query(way.source, "INSERT INTO old_lead SELECT i, 'x', 20, 'n' || i, '1', 'sad', '{}', NULL FROM generate_series(3001, 90000) i; ANALYZE old_lead")
    query(way.source, "UPDATE old_lead SET age = 1 WHERE id % 997 = 0")
    rehome("run", "--jobs", "3", cwd=way.folder()).ends_with(3)
    bad = set(range(997, 90001, 997))
    assert set(rejects(way.target)) == bad and arrived(way.target) == set(range(1, 90001)) - bad
    assert query(way.target, "SELECT count(*) > 1, sum(rejected) = (SELECT count(*) FROM rehome.reject) FROM rehome.chunk") == [(True, True)]


# ---- entities of other shapes ----


def test_a_crosswalk_keeps_the_keys_of_rows_that_arrived(way, rehome):
    spoil(way.source, {17: "age = 2", 1800: "score = 'none'", 2500: "mood = 'bored'"})
    rehome("run", cwd=way.folder(crosswalk="true")).ends_with(3)
    assert set(rejects(way.target)) == {17, 1800, 2500}
    kept = {(old, new) for old, new in query(way.target, "SELECT old_id, new_id FROM rehome.crosswalk_lead")}
    assert kept == {(key, key) for key in set(range(1, ROWS + 1)) - {17, 1800, 2500}}


SPLIT = "SELECT l.id * 10 + n AS id, l.email, CASE WHEN n = 1 AND l.age = 3 THEN 3 ELSE 20 END AS age, l.nick FROM old_lead l CROSS JOIN generate_series(0, 2) n\n"


def test_one_of_several_rows_of_a_driving_row_is_the_guilty_one(way, rehome):
    query(way.source, "DELETE FROM old_lead WHERE id > 500")
    spoil(way.source, {17: "age = 3", 300: "email = NULL"})
    if "upsert" in way.name:
        query(way.target, "DELETE FROM lead; INSERT INTO lead (id, email, age) VALUES (100, 'old', 20)")
    rehome("run", cwd=way.folder(SPLIT)).ends_with(3)
    rows = query(way.target, "SELECT source_key->>'id', source_row->>'id', reason FROM rehome.reject ORDER BY 2")
    email = BAD["email = NULL"][0]
    assert rows == [("17", "171", "check:grown_up"), ("300", "3000", email), ("300", "3001", email), ("300", "3002", email)]
    assert len(arrived(way.target)) == 1500 - 4
    assert query(way.target, "SELECT source_row->>'nick', driving_row->>'nick' FROM rehome.reject WHERE source_row->>'id' = '171'") == [("n17", "n17")]


GROUPED = "SELECT min(id) AS id, min(email) AS email, max(age) AS age, max(nick) AS nick FROM old_lead GROUP BY id / 10\n"


def test_rows_of_a_transform_that_shows_no_key_are_told_by_the_mapped_one(way, rehome):
    spoil(way.source, {key: "email = NULL" for key in range(1200, 1210)})
    rehome("run", cwd=way.folder(GROUPED)).ends_with(3)
    assert way.name == "load" or rejects(way.target) == {1200: BAD["email = NULL"]}
    assert 1200 not in arrived(way.target, "nick IS NOT NULL")
    assert query(way.target, "SELECT source_row->>'id' FROM rehome.reject") == [("1200",)]


def test_places_in_the_heap_tell_rows_without_a_key_apart(server, migration, rehome):
    way = Way("stream", server, migration)
    query(way.source, "ALTER TABLE old_lead DROP CONSTRAINT old_lead_pkey")
    spoil(way.source, {17: "age = 2", 1800: "score = 'none'"})
    rehome("run", cwd=way.folder(write="insert")).ends_with(3)
    rows = query(way.target, "SELECT source_key->>'ctid' IS NOT NULL, reason, driving_row->>'id' FROM rehome.reject ORDER BY reason")
    assert rows == [(True, "check:grown_up", "17"), (True, "invalid_text", "1800")]
    assert arrived(way.target) == set(range(1, ROWS + 1)) - {17, 1800}


TWICE = "SELECT CASE WHEN id % 1000 = 0 THEN 500 ELSE id END AS id, email, age, nick FROM old_lead\n"


@pytest.mark.parametrize("name", ["upsert", "inside upsert"])
def test_a_key_that_an_upsert_meets_twice_is_written_once(server, migration, rehome, name):
    """Wherever the two rows stand in the chunk: in one statement the server itself would refuse the second."""
    way = Way(name, server, migration)
    rehome("run", cwd=way.folder(TWICE)).ends_with(3)
    twice = ("refused:21000", "21000", None, None)
    assert rejects(way.target) == dict.fromkeys([1000, 2000, 3000], twice)
    assert query(way.target, "SELECT email FROM lead WHERE id = 500") == [("lead500@example.org",)]


WHOLE_LOAD = "SELECT s.*, count(*) OVER () AS score FROM staged s"


def test_a_load_that_needs_all_rows_is_cut_by_the_driving_key(server, migration, rehome):
    way = Way("load", server, migration)
    spoil(way.source, {17: "age = 2", 1800: "email = NULL"})
    rehome("run", cwd=way.folder(TRANSFORM.replace("score::int AS score,", ""), load=WHOLE_LOAD, verify="{ except: [score] }")).ends_with(3)
    assert set(rejects(way.target)) == {17, 1800}
    assert arrived(way.target) == set(range(1, ROWS + 1)) - {17, 1800}


MERGE = """rehome: 1
name: refused
source: {source}
target: {target}
entities:
  lead:
    into: lead
    merge:
      key: id
      sources:
        - {{ name: even, from: old_lead, transform: "SELECT id, email, age FROM old_lead WHERE id % 2 = 0" }}
        - {{ from: old_lead, transform: "SELECT id, email, age FROM old_lead" }}
"""


@pytest.mark.parametrize("name", ["stream", "inside"])
def test_a_row_of_a_merge_is_refused_as_a_whole(server, migration, rehome, name):
    way = Way(name, server, migration)
    spoil(way.source, {17: "age = 2", 1800: "age = 3"})
    folder = migration({"migration.yaml": MERGE.format(source=way.source, target="same" if name == "inside" else way.target)})
    rehome("run", cwd=folder).ends_with(3)
    assert rejects(way.target) == dict.fromkeys([17, 1800], BAD["age = 3"])
    assert arrived(way.target) == set(range(1, ROWS + 1)) - {17, 1800}
    assert query(way.target, "SELECT sum(read) = sum(written + merged + filtered + rejected), sum(rejected) FROM rehome.chunk") == [(True, 2)]


@pytest.mark.parametrize("mode", ["", "DEFERRABLE INITIALLY DEFERRED"])
def test_a_child_that_comes_before_its_parent_is_no_orphan(server, migration, rehome, mode):
    """Of a row that refers to one of a later page of the chunk."""
    source = server.database("""CREATE TABLE part (id int PRIMARY KEY, parent int);
        INSERT INTO part SELECT i, CASE WHEN i % 50 = 0 THEN 6001 - i END FROM generate_series(1, 6000) i;
        UPDATE part SET parent = 9999 WHERE id = 10; UPDATE part SET parent = 10 WHERE id IN (20, 3000)""")
    target = server.database(f"CREATE TABLE part (id int PRIMARY KEY, parent int CONSTRAINT of_part REFERENCES part {mode}); INSERT INTO part VALUES (-1, NULL)")
    text = f"rehome: 1\nname: parts\nsource: {source}\ntarget: {target}\nentities: {{ part: {{ from: part, write: insert }} }}\n"
    rehome("run", cwd=migration({"migration.yaml": text})).ends_with(3)
    gone = query(target, "SELECT source_key->>'id', reason FROM rehome.reject ORDER BY (source_key->>'id')::int")
    assert gone == [(key, "foreign_key:of_part") for key in ("10", "20", "3000")]
    assert query(target, "SELECT count(*) FROM part WHERE id > 0") == [(5997,)]
    assert query(target, "SELECT read, written, rejected FROM rehome.chunk") == [(6000, 5997, 3)]
