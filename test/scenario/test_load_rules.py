"""Rules over what `load` gives: rows that only the target can judge are set aside with their source key, and everything else is written."""

import json

import pytest

LEGACY = """
CREATE TABLE posts (region text, id int, title text, author text, PRIMARY KEY (region, id));
INSERT INTO posts SELECT CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'ü|s' END, i, 'post ' || i,
                         CASE WHEN i % 100 = 7 THEN 'nobody' || i WHEN i % 100 = 9 THEN NULL ELSE 'user' || i % 50 END
                    FROM generate_series(1, 2000) i;
"""
NEW = """
CREATE TABLE profiles (id int PRIMARY KEY, name text UNIQUE);
INSERT INTO profiles SELECT 1000 + i, 'user' || i FROM generate_series(0, 49) i;
CREATE TABLE entries (id int PRIMARY KEY, title text, profile_id int);
"""
UNKNOWN = {"unknown_author": {"when": "profile_id IS NULL", "of": "load"}}
LOAD = "SELECT s.id, s.title, p.id AS profile_id FROM staged s LEFT JOIN profiles p ON p.name = s.author WHERE s.author IS NOT NULL"
ENTITY = {"from": "posts", "transform": "SELECT id, title, author FROM posts", "load": LOAD, "rejects": UNKNOWN}


@pytest.fixture(params=["servers", "inside"])
def migrate(request, server, rehome, migration):
    """`migrate(entity, …)` writes the migration of `entries` between two databases, and then inside one; returns folder and target."""

    def make(entity, legacy=LEGACY, new=NEW, files=()):
        source = server.database(legacy + new if request.param == "inside" else legacy)
        target = source if request.param == "inside" else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if request.param == "inside" else target}
        return migration({"migration.yaml": json.dumps(manifest | {"entities": {"entries": entity}})} | dict(files)), target

    return make


def books(psql, target):
    counts = "read, written, unchanged, filtered, rejected".split(", ")
    row = psql(target, f"SELECT {', '.join(f'sum({one})::int' for one in counts)} FROM rehome.chunk")[0]
    return dict(zip(counts, row))


def rejects(psql, target):
    return psql(target, "SELECT reason, budgeted, source_key, source_row FROM rehome.reject ORDER BY (source_row->>'id')::int")


def test_rows_that_only_the_target_can_judge_are_set_aside_with_their_key(migrate, rehome, psql):
    folder, target = migrate(ENTITY)
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), count(profile_id), bool_and(profile_id = 1000 + id % 50) FROM entries") == [(1960, 1960, True)]
    assert books(psql, target) == dict(read=2000, written=1960, unchanged=0, filtered=20, rejected=20)
    found = rejects(psql, target)
    assert len(found) == 20
    assert found[0] == ("unknown_author", False, {"region": "ü|s", "id": "7"}, {"id": 7, "title": "post 7", "profile_id": None})
    rehome("verify", cwd=folder).succeeds()
    again = rehome("run", cwd=folder).succeeds()
    assert len(rejects(psql, target)) == 20, again


def test_a_load_that_says_star_sees_its_own_columns_alone(migrate, rehome, psql):
    star = "SELECT s.*, 1 AS profile_id FROM staged s"
    rules = {"few": {"when": "id <= 3 -- these", "of": "load"}, "many": {"when": "id > 1999", "of": "load"}}
    folder, target = migrate(ENTITY | {"transform": "SELECT id, title FROM posts", "load": star, "rejects": rules})
    rehome("run", cwd=folder).succeeds()
    assert [row[:3] for row in rejects(psql, target)] == [
        ("few", False, {"region": "ü|s", "id": "1"}),
        ("few", False, {"region": "eu", "id": "2"}),
        ("few", False, {"region": "ü|s", "id": "3"}),
        ("many", False, {"region": "eu", "id": "2000"}),
    ]
    rehome("verify", cwd=folder).succeeds()


def test_rules_of_both_sides_and_losses_count_together(migrate, rehome, psql):
    rules = UNKNOWN | {"boring": {"when": "title = 'post 1'", "of": "transform"}, "dull": "title = 'post 2'"}
    new = NEW.replace("entries (id int PRIMARY KEY, title text", "entries (id int PRIMARY KEY, title varchar(8)")
    folder, target = migrate(ENTITY | {"rejects": rules}, new=new)
    rehome("run", cwd=folder).ends_with(3)
    counts = dict(psql(target, "SELECT reason, count(*)::int FROM rehome.reject GROUP BY 1"))
    assert counts == {"boring": 1, "dull": 1, "lossy:title": 1001, "unknown_author": 10}
    assert books(psql, target) == dict(read=2000, written=977, unchanged=0, filtered=10, rejected=1013)
    rehome("verify", cwd=folder).succeeds()


def test_rows_that_come_from_several_staged_ones_have_their_own_key_or_none(migrate, rehome, psql):
    """An aggregate over staged rows, and a sub-select that hides them: no driving key to be shown."""
    grouped = "SELECT max(id) AS id, 'x' AS title, count(*)::int AS profile_id FROM (SELECT * FROM staged) s GROUP BY author"
    rules = {"alone": {"when": "profile_id = 1", "of": "load"}}
    folder, target = migrate(ENTITY | {"transform": "SELECT DISTINCT id, author FROM posts", "load": grouped, "rejects": rules})
    rehome("run", cwd=folder).succeeds()
    found = rejects(psql, target)
    assert len(found) == 20 and found[0][2] == {"id": "7"}
    rehome("verify", cwd=folder).succeeds()


def test_a_load_that_multiplies_balances_too(migrate, rehome, psql):
    double = "SELECT s.id + 10000 * n AS id, s.title, n AS profile_id FROM staged s, generate_series(1, 3) n"
    rules = {"third": {"when": "profile_id = 3", "of": "load"}}
    folder, target = migrate(ENTITY | {"load": double, "rejects": rules})
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    assert books(psql, target) == dict(read=6000, written=4000, unchanged=0, filtered=0, rejected=2000)
    assert psql(target, "SELECT count(DISTINCT source_key) FROM rehome.reject") == [(2000,)]
    rehome("verify", cwd=folder).succeeds()


def test_what_the_target_does_not_understand_is_told_with_its_place(migrate, rehome):
    rules = {"unknown_author": {"when": "profile IS NULL", "of": "load"}}
    folder, _ = migrate(ENTITY | {"rejects": rules})
    plan = rehome("plan", cwd=folder).ends_with(2)
    assert "migration.yaml:1:" in plan.stderr and 'column "profile" does not exist' in plan.stderr


def test_a_rule_of_load_is_part_of_what_the_entity_writes(migrate, rehome, psql, migration):
    folder, target = migrate(ENTITY)
    rehome("run", cwd=folder).succeeds()
    manifest = json.loads((folder / "migration.yaml").read_text())
    manifest["entities"]["entries"]["rejects"]["unknown_author"] = {"when": "profile_id IS NULL"}
    manifest["entities"]["entries"]["transform"] = "SELECT id, title, author, 1 AS profile_id FROM posts"
    migration({"migration.yaml": json.dumps(manifest)}, folder)
    assert "was changed after" in rehome("run", cwd=folder).ends_with(1).stderr


def test_killed_while_rejects_are_written_nothing_is_there_twice(migrate, rehome, psql):
    folder, target = migrate(ENTITY)
    for point in ("copy.staged:kill", "copy.moved:kill", "engine.chunk.before_commit:kill:2"):
        rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": point})
    rehome("run", cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), count(DISTINCT source_key) FROM rehome.reject") == [(20, 20)]
    assert books(psql, target) == dict(read=2000, written=1960, unchanged=0, filtered=20, rejected=20)
    rehome("verify", cwd=folder).succeeds()
