"""What an entity looks up in a table that another one fills is there when it looks: without a foreign key that says so, and whatever the order in the file."""

import json

ROWS = 3000
LEGACY = f"""
CREATE TABLE posts (id int PRIMARY KEY, author_mail text);
INSERT INTO posts SELECT i, 'user' || i % {ROWS} || '@example.org' FROM generate_series(1, {2 * ROWS}) i;
CREATE TABLE users (id int PRIMARY KEY, email text);
INSERT INTO users SELECT i, 'user' || i || '@example.org' FROM generate_series(0, {ROWS - 1}) i;
"""
NEW = """
CREATE TABLE entries (id int PRIMARY KEY, profile_id int);
CREATE TABLE profiles (id int PRIMARY KEY, email text);
CREATE VIEW all_profiles AS SELECT id, email FROM profiles;
CREATE VIEW public_profiles AS SELECT id, email FROM all_profiles;
"""
PROFILES = {"from": "users", "transform": "SELECT id + 1000000 AS id, email FROM users"}
LOAD = "SELECT s.id, p.id AS profile_id FROM staged s LEFT JOIN {} p ON p.email = s.author_mail"


def step(plan, name):
    return next(one for one in plan.json["steps"] if one["name"] == name)


def found_all(psql, target):
    query = "SELECT count(*), count(profile_id), count(*) FILTER (WHERE profile_id = 1000000 + id %% %s) FROM entries"
    assert psql(target, query % ROWS) == [(2 * ROWS, 2 * ROWS, 2 * ROWS)]


def entries(table):
    load = LOAD.format(table)
    return {"from": "posts", "transform": "SELECT id, author_mail FROM posts", "load": load}


def test_load_finds_the_rows_of_an_entity_that_the_file_names_later(server, rehome, migration, psql):
    for table in ("profiles", "public_profiles"):
        source, target = server.database(LEGACY), server.database(NEW)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": target}
        folder = migration({"migration.yaml": json.dumps(manifest | {"entities": {"entries": entries(table), "profiles": PROFILES}})})
        plan = rehome("plan", "--json", cwd=folder).succeeds()
        assert "copy profiles" in step(plan, "copy entries")["needs"]
        rehome("run", "--jobs", "4", cwd=folder).succeeds()
        found_all(psql, target)
        rehome("verify", cwd=folder).succeeds()
        rehome("run", cwd=folder).succeeds()


def test_a_transform_inside_one_database_finds_them_too(server, rehome, migration, psql):
    database = server.database(LEGACY + NEW)
    transform = "SELECT o.id, p.id AS profile_id FROM posts o LEFT JOIN profiles p ON p.email = o.author_mail"
    entities = {"entries": {"from": "posts", "transform": transform}, "profiles": PROFILES}
    manifest = {"rehome": 1, "name": "m", "source": database, "target": "same", "entities": entities}
    folder = migration({"migration.yaml": json.dumps(manifest)})
    rehome("run", "--jobs", "4", cwd=folder).succeeds()
    found_all(psql, database)
    rehome("verify", cwd=folder).succeeds()


def test_a_driving_table_that_is_filled_before_is_walked_when_it_is_full(server, rehome, migration, psql):
    database = server.database(LEGACY + NEW)
    entities = {
        "entries": {"from": "profiles", "transform": "SELECT id, id AS profile_id FROM profiles"},
        "profiles": PROFILES,
    }
    manifest = {"rehome": 1, "name": "m", "source": database, "target": "same", "entities": entities}
    folder = migration({"migration.yaml": json.dumps(manifest)})
    plan = rehome("plan", "--json", cwd=folder).succeeds()
    assert "copy profiles" in step(plan, "cut entries")["needs"]
    rehome("run", "--jobs", "4", cwd=folder).succeeds()
    assert psql(database, "SELECT count(*) FROM entries") == [(ROWS,)]
    rehome("verify", cwd=folder).succeeds()


def test_those_who_look_each_other_up_are_told_where(server, rehome, migration):
    source, target = server.database(LEGACY), server.database(NEW)
    profiles = PROFILES | {"load": "SELECT s.id, s.email FROM staged s WHERE s.id NOT IN (SELECT id FROM entries)"}
    manifest = {"rehome": 1, "name": "m", "source": source, "target": target}
    files = {
        "migration.yaml": json.dumps(manifest | {"entities": {"entries": entries("profiles") | {"load": "sql/entries.sql"}, "profiles": profiles}}),
        "sql/entries.sql": "SELECT s.id, p.id AS profile_id\n  FROM staged s\n  JOIN profiles p ON p.email = s.author_mail\n",
    }
    plan = rehome("plan", cwd=migration(files)).ends_with(2)
    assert 'sql/entries.sql:3:8: entity "entries": its load reads "public"."profiles", which entity "profiles" fills' in plan.stderr


def test_only_the_one_that_looks_up_finds_what_is_there(server, rehome, migration, psql):
    source, target = server.database(LEGACY), server.database(NEW)
    manifest = {"rehome": 1, "name": "m", "source": source, "target": target}
    folder = migration({"migration.yaml": json.dumps(manifest | {"entities": {"entries": entries("profiles"), "profiles": PROFILES}})})
    rehome("run", "--only", "profiles", cwd=folder).succeeds()
    rehome("run", "--only", "entries", cwd=folder).succeeds()
    found_all(psql, target)


def test_what_was_left_out_and_is_not_filled_yet_is_not_looked_up(server, rehome, migration, psql):
    source, target = server.database(LEGACY), server.database(NEW)
    manifest = {"rehome": 1, "name": "m", "source": source, "target": target}
    folder = migration({"migration.yaml": json.dumps(manifest | {"entities": {"entries": entries("public_profiles"), "profiles": PROFILES}})})
    refused = rehome("run", "--only", "entries", cwd=folder).ends_with(2)
    assert "its load reads" in refused.stderr and '"profiles", which fills it, is not copied yet' in refused.stderr
    assert psql(target, "SELECT count(*) FROM entries") == [(0,)]
    rehome("run", "--only", "entries,profiles", cwd=folder).succeeds()
    found_all(psql, target)
