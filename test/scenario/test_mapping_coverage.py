"""Mapping coverage: every old column is mapped, used or named under `dropped`; every new one has a source, a default or a reason."""

import subprocess

import pytest

from support.server import binary_folder, query, temporary_folder

OLD = """
CREATE TABLE users (id int PRIMARY KEY, email text, name text, legacy_flag bool, password_md5 text, deleted_at timestamptz, team_id int,
  full_name text GENERATED ALWAYS AS (name || ' ' || email) STORED);
CREATE TABLE teams (id int PRIMARY KEY, title text, colour text);
CREATE TABLE tmp_one (id int); CREATE TABLE tmp_two (id int);
CREATE TABLE audit_log (id int PRIMARY KEY, what text);
INSERT INTO teams VALUES (1, 'sales', 'red');
INSERT INTO users SELECT i, 'u' || i || '@example.com', 'user ' || i, NULL, md5(i::text), NULL, 1 FROM generate_series(1, 20) i;
INSERT INTO audit_log VALUES (1, 'created');
"""
NEW = """
CREATE TABLE people (id int PRIMARY KEY, email text, name text, team text, assigned_to int, note text,
  made timestamptz DEFAULT now(), number int GENERATED ALWAYS AS IDENTITY, shout text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE TABLE untouched (id int PRIMARY KEY, nobody text);
"""
PEOPLE = """
  people:
    from: users
    where: deleted_at IS NULL
    transform: SELECT u.id, u.email, u.name, t.title AS team FROM users u LEFT JOIN teams t ON t.id = u.team_id
"""


@pytest.fixture
def moving(server, migration):
    """`moving(more, entities, old, new)` writes a migration; `.target` is its target."""

    def write(more="", entities=PEOPLE, old=OLD, new=NEW, source=None, expand=None):
        write.source, write.target = server.database(old), server.database(new)
        source = source or write.source
        manifest = f"rehome: 1\nname: cover\nsource: {source}\ntarget: {write.target}\n{more}\nentities:{entities}"
        files = {"migration.yaml": manifest}
        if expand:
            files["migration.yaml"] = manifest.replace("\nentities:", "\nexpand: [ sql/10.sql ]\nentities:")
            files["sql/10.sql"] = expand
        return migration(files)

    return write


def coverage(rehome, folder, *options):
    return rehome("plan", "--json", *options, cwd=folder).succeeds().json["coverage"]


def names(list_, explained=None):
    return [one["name"] for one in list_ if explained is None or (one["reason"] is not None) == explained]


def test_columns_are_mapped_used_or_left(moving, rehome):
    found = coverage(rehome, moving())
    assert names(found["not_carried"]) == ["audit_log", "tmp_one", "tmp_two", "teams.colour", "users.legacy_flag", "users.password_md5"]
    # deleted_at is asked for in `where`, team_id and teams.id in a join; full_name is made of others
    assert found["old_columns"] == {"mapped": 4, "used": 3, "explained": 0, "left": 3}
    assert names(found["not_filled"]) == ["people.assigned_to", "people.note"]
    assert found["new_columns"] == {"mapped": 4, "default": 3, "explained": 0, "left": 2}
    assert found["strict"] is False


REASONS = """
strict: true
dropped:
  users.legacy_flag: never filled since 2019
  users.password_md5: { because: replaced by SSO }
  teams.*: the new product has no colours
  tmp_*: scratch tables of the old jobs
  audit_log: kept in the archive, not part of the product
unfilled:
  people.assigned_to: the new product assigns it
  people.note: written by people
"""


def test_reasons_are_told_and_kept(moving, rehome):
    folder = moving(REASONS)
    printed = rehome("plan", cwd=folder).succeeds().stdout
    assert "Not carried" not in printed and "Not filled" not in printed
    assert "  tmp_one, tmp_two: scratch tables of the old jobs\n" in printed
    assert "  people.assigned_to: the new product assigns it\n" in printed
    assert "  users.password_md5 (column): replaced by SSO\n" in rehome("plan", "-v", cwd=folder).succeeds().stdout
    assert "Warnings" not in printed, printed

    rehome("run", "-q", cwd=folder).succeeds()
    assert query(moving.target, "SELECT side, name, kind, relation, column_name, reason FROM rehome.uncovered ORDER BY side DESC, name COLLATE \"C\"") == [
        ("old", "audit_log", "table, 1 row" if "audit_log (table, 1 row)" in printed else "table", '"public"."audit_log"', None,
         "kept in the archive, not part of the product"),
        ("old", "teams.colour", "column", '"public"."teams"', "colour", "the new product has no colours"),
        ("old", "tmp_one", "table, 0 rows", '"public"."tmp_one"', None, "scratch tables of the old jobs"),
        ("old", "tmp_two", "table, 0 rows", '"public"."tmp_two"', None, "scratch tables of the old jobs"),
        ("old", "users.legacy_flag", "column", '"public"."users"', "legacy_flag", "never filled since 2019"),
        ("old", "users.password_md5", "column", '"public"."users"', "password_md5", "replaced by SSO"),
        ("new", "people.assigned_to", "column", '"public"."people"', "assigned_to", "the new product assigns it"),
        ("new", "people.note", "column", '"public"."people"', "note", "written by people"),
    ]
    told = rehome("report", "--json", cwd=folder).succeeds().json["uncovered"]
    assert [(one["name"], one["reason"]) for one in told if one["side"] == "new"] == [
        ("people.assigned_to", "the new product assigns it"), ("people.note", "written by people")]
    # a plan of a part keeps what is known of the whole
    rehome("run", "-q", "--only", "people", cwd=folder).succeeds()
    assert query(moving.target, "SELECT count(*) FROM rehome.uncovered") == [(8,)]


def test_strict_refuses_what_has_no_reason(moving, rehome):
    folder = moving(REASONS.replace("  users.legacy_flag: never filled since 2019\n", "").replace("  people.note: written by people\n", ""))
    for command in (["plan"], ["run", "-q"], ["run", "--dry-run"]):
        told = rehome(*command, cwd=folder).ends_with(2).stderr
        assert 'migration.yaml:6:9: nothing carries over users.legacy_flag; say why under "dropped" (this is "strict")' in told
        assert 'migration.yaml:6:9: nothing fills people.note; say why under "unfilled" (this is "strict")' in told
    assert query(moving.target, "SELECT count(*), to_regnamespace('rehome') IS NULL FROM people") == [(0, True)]


def test_a_column_that_came_later_stops_the_next_run_and_no_verification(moving, rehome):
    folder = moving(REASONS)
    rehome("run", "-q", cwd=folder).succeeds()
    query(moving.source, "ALTER TABLE users ADD COLUMN nickname text")
    rehome("verify", cwd=folder).succeeds()
    assert "users.nickname" in rehome("run", cwd=folder).ends_with(2).stderr


@pytest.mark.parametrize("more, told", [
    ("dropped: { users.legacy_flg: x }", 'migration.yaml:5:12: "users.legacy_flg" under "dropped": "public"."users" has no such column; did you mean users.legacy_flag?'),
    ("dropped: { user: x }", 'migration.yaml:5:12: "user" under "dropped" names nothing that is there; did you mean users?'),
    ("dropped: { 'old_*.*': x }", 'migration.yaml:5:12: "old_*.*" under "dropped" names nothing that is there'),
    ("unfilled: { peple.note: x }", 'migration.yaml:5:13: "peple.note" under "unfilled" names nothing that is there'),
])
def test_what_names_nothing_is_a_mistake(moving, rehome, more, told):
    folder = moving(more)
    for command in ("plan", "run"):
        assert told in rehome(command, cwd=folder).ends_with(2).stderr


def test_what_is_mapped_all_the_same_is_a_warning(moving, rehome):
    # deleted_at is used and not mapped: there may be a reason why its value is dropped
    folder = moving("dropped: { users.email: x, users.deleted_at: rows that were deleted stay behind, users: y }\nunfilled: { people.made: x }")
    warnings = rehome("plan", "--json", cwd=folder).succeeds().json["warnings"]
    assert [w for w in warnings if "dropped" in w or "unfilled" in w] == [
        'migration.yaml:5:12: "users.email" is under "dropped", and it is carried over all the same',
        'migration.yaml:5:82: "users" is under "dropped", and it is carried over all the same',
        'migration.yaml:6:13: "people.made" is under "unfilled", and it has a source or a default',
    ]


def test_an_entity_names_columns_of_its_own_tables(moving, rehome):
    folder = moving("strict: true\ndropped: { teams.colour: no colours, 'tmp_*': scratch, audit_log: archive }", PEOPLE + """
    dropped: { legacy_flag: never filled, 'password*': replaced }
    unfilled: { assigned_to: the product, note: people }
""")
    assert names(coverage(rehome, folder)["not_carried"], False) == []


def test_items_of_a_list_share_their_reasons(moving, rehome):
    old = """CREATE TABLE cards (name text PRIMARY KEY, colour text); INSERT INTO cards VALUES ('chat', 'red'), ('mail', 'blue');
        CREATE TABLE chat (id int PRIMARY KEY, score int, chatter text, junk text); CREATE TABLE mail (id int PRIMARY KEY, score int, junk text)"""
    new = "CREATE TABLE audits (card text, id int, score int, remark text, PRIMARY KEY (card, id))"
    items = """
  audits:
    for_each: SELECT name FROM cards
    from: :"name"
    transform: "SELECT :'name' AS card, id, score FROM :\\"name\\""
    scope: card = :'name'
    dropped: { junk: nobody knows what it was, chatter: only chats have it }
    unfilled: { remark: new }
"""
    found = coverage(rehome, moving("strict: true\ndropped: { cards.colour: no colours }", items, old, new))
    assert names(found["not_carried"]) == ["cards.colour", "chat.chatter", "chat.junk", "mail.junk"]
    told = rehome("plan", cwd=moving("", items.replace("chatter:", "chater:"), old, new)).ends_with(2).stderr
    assert told.count('"chater" under "dropped"') == 1 and "chatter" in told


def test_merge_and_several_entities_into_one_table(moving, rehome):
    old = """CREATE TABLE users (id int PRIMARY KEY, email text, phone text, old_a text); CREATE TABLE people (no int PRIMARY KEY, email text, name text, old_b text);
        CREATE TABLE robots (id int PRIMARY KEY, model text, old_c text)"""
    new = "CREATE TABLE staff (email text PRIMARY KEY, phone text, name text, model text, badge text)"
    entities = """
  staff:
    merge:
      key: email
      sources:
        - { from: users, where: id > 0, transform: "SELECT email, phone FROM users" }
        - { from: people, transform: "SELECT email, name FROM people" }
    dropped: { old_*: forgotten }
  robots: { from: robots, into: staff, transform: "SELECT 'robot' || id AS email, model FROM robots" }
"""
    folder = moving("", entities, old, new)
    found = coverage(rehome, folder)
    assert names(found["not_carried"], False) == ["people.no", "robots.old_c"]
    assert names(found["not_carried"], True) == ["people.old_b", "users.old_a"]
    assert names(found["not_filled"]) == ["staff.badge"]
    # what an entity that is not selected gives is not known
    assert names(coverage(rehome, folder, "--only", "robots")["not_filled"]) == []
    assert names(coverage(rehome, folder, "--only", "robots")["not_carried"], False) == ["people.no", "robots.old_c"]


def test_partitions_inheritance_and_views(moving, rehome):
    old = """CREATE TABLE events (id int, day date, what text, old text) PARTITION BY RANGE (day);
        CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE places (id int PRIMARY KEY, name text, old text); CREATE TABLE cities (mayor text) INHERITS (places);
        CREATE TABLE secret (id int PRIMARY KEY, a text, b text); CREATE VIEW shown AS SELECT id, a FROM secret;
        CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM places"""
    new = """CREATE TABLE events (id int, day date, what text, hint text) PARTITION BY RANGE (day);
        CREATE TABLE events_all PARTITION OF events DEFAULT;
        CREATE TABLE places (id int, name text); CREATE TABLE shown (id int, a text)"""
    entities = """
  events: { from: events, transform: "SELECT id, day, what FROM events" }
  places: { from: places, transform: "SELECT id, name FROM places" }
  shown: { from: shown, transform: "SELECT id, a FROM shown" }
"""
    found = coverage(rehome, moving("", entities, old, new))
    assert names(found["not_carried"]) == ["sums", "cities.old", "cities.mayor", "events.old", "places.old"]
    assert names(found["not_filled"]) == ["events.hint"]
    found = coverage(rehome, moving("", entities.replace("name FROM places", "name FROM ONLY places"), old, new))
    assert names(found["not_carried"]) == ["cities", "sums", "events.old", "places.old"]
    # of a view nobody asks for a reason: its rows are those of tables
    more = "strict: true\ndropped: { cities.*: no cities, '*.old': old }\nunfilled: { events.hint: new }"
    assert names(coverage(rehome, moving(more, entities, old, new))["not_carried"], False) == ["sums"]


def test_expand_adds_columns_and_one_database_asks_for_driving_tables_alone(moving, rehome):
    old = "CREATE TABLE items (id int PRIMARY KEY, stock int, rubbish text); CREATE TABLE other (id int, x text)"
    entities = '\n  batches: { from: items, transform: "SELECT id, stock FROM items" }\n'
    folder = moving("", entities, old, "", expand="CREATE TABLE batches (id int PRIMARY KEY, stock int, opened date);")
    found = coverage(rehome, folder)
    assert names(found["not_carried"]) == ["other", "items.rubbish"] and names(found["not_filled"]) == ["batches.opened"]
    text = (folder / "migration.yaml").read_text()
    (folder / "migration.yaml").write_text(text.replace(f"target: {moving.target}", "target: same"))
    found = coverage(rehome, folder)
    assert names(found["not_carried"]) == ["items.rubbish"] and names(found["not_filled"]) == ["batches.opened"]
    rehome("run", "-q", cwd=folder).succeeds()
    assert query(moving.source, "SELECT side, name FROM rehome.uncovered ORDER BY 1") == [("new", "batches.opened"), ("old", "items.rubbish")]


def test_a_dump_is_covered_like_a_server(moving, rehome, server, tmp_path):
    source = server.database(OLD)
    dump, home = tmp_path / "old.dump", temporary_folder("rehome-scratch-")
    subprocess.run([binary_folder() / "pg_dump", "-Fc", "-f", dump, source], check=True)
    folder = moving(REASONS, source=f"{{ dump: {dump} }}")
    home.chmod(0o755)
    try:
        rehome("run", "-q", cwd=folder, env={"REHOME_SCRATCH": home}).succeeds()
    finally:
        rehome("scratch", "stop", "--all", env={"REHOME_SCRATCH": home})
        home.rmdir()
    assert query(moving.target, "SELECT count(*), count(reason) FROM rehome.uncovered") == [(8, 8)]


def test_the_key_that_a_crosswalk_keeps_is_no_loss(moving, rehome):
    old, new = "CREATE TABLE a (id int PRIMARY KEY, name text)", "CREATE TABLE b (key text PRIMARY KEY, name text)"
    entity = "\n  b: { from: a, transform: \"SELECT 'k' || name AS key, name FROM a\", crosswalk: %s }\n"
    assert names(coverage(rehome, moving("", entity % "false", old, new))["not_carried"]) == ["a.id"]
    assert names(coverage(rehome, moving("", entity % "true", old, new))["not_carried"]) == []
