"""Old keys stay beside new ones: for the entities that come after, for people who ask where a row went, and for nobody else's harm."""

import json

import psycopg
import pytest

ROWS = 3000
FEW = 150  # these stand in the statement itself, more of them in a temporary table of the source's session


def legacy(authors=ROWS):
    return f"""
CREATE TABLE people (region text, id int, name text, PRIMARY KEY (region, id));
INSERT INTO people SELECT CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'Zürich' END, i, 'person ' || i FROM generate_series(1, {authors}) i;
CREATE TABLE posts (id bigint PRIMARY KEY, region text, person int, title text);
INSERT INTO posts SELECT i, CASE WHEN i % {authors} % 2 = 0 THEN 'eu' ELSE 'Zürich' END, i % {authors}, 'post ' || i
                    FROM generate_series(1, {ROWS}) i;
"""


NEW = """
CREATE TABLE profiles (id uuid PRIMARY KEY, name text);
CREATE TABLE entries (id bigint PRIMARY KEY, profile_id uuid, title text);
"""
PROFILES = {
    "from": "people",
    "transform": "SELECT md5(region || id)::uuid AS id, name FROM people WHERE id <> 13",
    "crosswalk": True,
    "rejects": {"seventh": "name = 'person 7'"},
}
JOINED = """SELECT p.id, x.new_id AS profile_id, p.title
  FROM posts p LEFT JOIN rehome.crosswalk_profiles x ON (x.old_region, x.old_id) = (p.region, p.person)"""
ENTRIES = {"from": "posts", "transform": JOINED}
LOADED = {
    "from": "posts",
    "transform": "SELECT id, region, person, title FROM posts",
    "load": "SELECT s.id, x.new_id AS profile_id, s.title FROM staged s LEFT JOIN rehome.crosswalk_profiles x ON x.old_region = s.region AND x.old_id::text = s.person",
}


@pytest.fixture(params=["servers", "inside"])
def migrate(request, server, rehome, migration):
    """`migrate(entities, …)` writes a migration between two databases, and then inside one; returns folder, source and target."""

    def make(entities, old=None, new=NEW, files=(), **more):
        old = old or legacy()
        same = request.param == "inside"
        source = server.database(old + new if same else old)
        target = source if same else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if same else target, "entities": entities} | more
        return migration({"migration.yaml": json.dumps(manifest)} | dict(files)), source, target

    return make


def crosswalk(psql, target, authors=ROWS):
    """Every old key with its new key, exactly once; without those that were left out or rejected."""
    found = psql(target, "SELECT count(*), count(DISTINCT (old_region, old_id)), count(DISTINCT new_id), bool_and(new_id = md5(old_region || old_id)::uuid),"
                 " bool_and(source = 'people' AND entity = 'profiles') FROM rehome.crosswalk_profiles")
    assert found == [(authors - 2,) * 3 + (True, True)]


def entries(psql, target, authors=ROWS):
    """Each post with the new key of its author, and null where that one was left out or rejected."""
    query = """SELECT count(*), count(profile_id), count(*) FILTER (WHERE profile_id IS DISTINCT FROM
        CASE WHEN n BETWEEN 1 AND {0} AND n NOT IN (7, 13) THEN md5(CASE WHEN n % 2 = 0 THEN 'eu' ELSE 'Zürich' END || n)::uuid END)
        FROM (SELECT *, id % {0} AS n FROM entries) e"""
    rows, with_author, wrong = psql(target, query.format(authors))[0]
    expected = sum(1 for i in range(1, ROWS + 1) if i % authors not in (0, 7, 13))
    assert (rows, with_author, wrong) == (ROWS, expected, 0)


@pytest.mark.parametrize("authors", [FEW, ROWS])
@pytest.mark.parametrize("reader", [ENTRIES, LOADED], ids=["transform", "load"])
def test_those_who_come_after_find_the_new_keys(migrate, rehome, psql, reader, authors):
    folder, _, target = migrate({"entries": reader, "profiles": PROFILES}, legacy(authors))
    plan = rehome("plan", "--json", cwd=folder).succeeds().json
    assert "copy profiles" in next(step for step in plan["steps"] if step["name"] == "copy entries")["needs"]
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    crosswalk(psql, target, authors)
    entries(psql, target, authors)
    rehome("verify", cwd=folder).succeeds()
    again = rehome("run", cwd=folder).succeeds()
    assert "nothing" in (again.stdout + again.stderr).lower()
    crosswalk(psql, target, authors)


def test_the_table_is_indexed_both_ways_typed_and_documented(migrate, rehome, psql):
    folder, _, target = migrate({"profiles": PROFILES})
    rehome("run", cwd=folder).succeeds()
    columns = psql(target, "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) IS NOT NULL FROM pg_attribute"
                   " WHERE attrelid = 'rehome.crosswalk_profiles'::regclass AND attnum > 0 ORDER BY attnum")
    assert columns == [("migration", "bigint", True), ("entity", "text", True), ("source", "text", True),
                       ("old_region", "text", True), ("old_id", "integer", True), ("new_id", "uuid", True)]
    indexes = psql(target, "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'rehome.crosswalk_profiles'::regclass ORDER BY 1")
    assert [one[0].split(" USING ")[1] for one in indexes] == ["btree (new_id, migration)", "btree (old_region, old_id, migration)"]
    assert psql(target, "SELECT obj_description('rehome.crosswalk_profiles'::regclass) IS NOT NULL") == [(True,)]


def test_an_upsert_and_a_load_keep_their_keys_too(migrate, rehome, psql):
    new = NEW + "INSERT INTO profiles VALUES (md5('eu2')::uuid, 'person 2'), (md5('eu4')::uuid, 'before');"
    load = {"load": "SELECT s.*, 1 AS n FROM staged s", "rejects": PROFILES["rejects"] | {"last": {"when": "name = 'person 9'", "of": "load"}}}
    new = new.replace("profiles (id uuid PRIMARY KEY, name text)", "profiles (id uuid PRIMARY KEY, name text, n int DEFAULT 0)")
    folder, _, target = migrate({"profiles": PROFILES}, new=new)
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    crosswalk(psql, target)
    rehome("verify", cwd=folder).succeeds()
    folder, _, target = migrate({"profiles": PROFILES | load}, new=new)
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), count(DISTINCT new_id), bool_or(old_id = 9) FROM rehome.crosswalk_profiles") == [(ROWS - 3, ROWS - 3, False)]
    assert psql(target, "SELECT source_key FROM rehome.reject WHERE reason = 'last'") == [({"region": "Zürich", "id": "9"},)]
    rehome("verify", cwd=folder).succeeds()


def test_killed_anywhere_every_key_is_there_once(migrate, rehome, psql):
    folder, _, target = migrate({"entries": ENTRIES, "profiles": PROFILES})
    for point in ("copy.moved", "engine.chunk.before_commit", "engine.chunk.committed"):
        for nth in (1, 2):
            rehome("run", "--jobs", "2", cwd=folder, env={"REHOME_FAULT": f"{point}:kill:{nth}"})
    rehome("run", cwd=folder).succeeds()
    crosswalk(psql, target)
    entries(psql, target)
    rehome("verify", cwd=folder).succeeds()


def test_the_reader_alone_reads_what_was_kept_before(migrate, rehome, psql):
    folder, _, target = migrate({"entries": ENTRIES, "profiles": PROFILES})
    early = rehome("run", "--only", "entries", cwd=folder).ends_with(2)
    assert 'it reads rehome.crosswalk_profiles, and "profiles" is not copied yet' in early.stderr
    rehome("run", "--only", "profiles", cwd=folder).succeeds()
    rehome("run", "--only", "entries", cwd=folder).succeeds()
    entries(psql, target)
    rehome("verify", cwd=folder).succeeds()


def test_an_entity_that_begins_anew_forgets_its_keys(migrate, rehome, psql, migration):
    folder, _, target = migrate({"profiles": PROFILES})
    rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill"})
    manifest = json.loads((folder / "migration.yaml").read_text())
    manifest["entities"]["profiles"]["transform"] = "SELECT md5('new' || region || id)::uuid AS id, name FROM people WHERE id <> 13"
    migration({"migration.yaml": json.dumps(manifest)}, folder)
    rehome("run", cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), count(DISTINCT old_id), bool_and(new_id = md5('new' || old_region || old_id)::uuid) FROM rehome.crosswalk_profiles") == [
        (ROWS - 2, ROWS - 2, True)
    ]


def test_migrations_do_not_see_each_others_keys(migrate, rehome, psql, migration):
    folder, _, target = migrate({"profiles": PROFILES, "entries": ENTRIES})
    rehome("run", cwd=folder).succeeds()
    manifest = json.loads((folder / "migration.yaml").read_text())
    other = manifest | {"name": "other", "entities": {"profiles": PROFILES | {"where": "id < 5"}, "entries": ENTRIES}}
    psql(target, "TRUNCATE entries, profiles")
    rehome("run", cwd=migration({"migration.yaml": json.dumps(other)})).succeeds()
    assert psql(target, "SELECT migration, count(*) FROM rehome.crosswalk_profiles GROUP BY 1 ORDER BY 1") == [(1, ROWS - 2), (2, 4)]
    assert psql(target, "SELECT count(profile_id) FROM entries") == [(4,)]


@pytest.mark.parametrize(
    "profiles, says",
    [
        ({"transform": "SELECT gen_random_uuid() AS id, name FROM people"}, '"id", its new key, is another one each time it is asked for; use rehome.uuid()'),
        ({"transform": "SELECT name FROM people"}, 'the transform does not give the key of "public"."profiles"'),
        ({"transform": "SELECT md5(name)::uuid AS id, name FROM people GROUP BY name"}, 'the key of "public"."people" cannot be shown beside the rows of its transform'),
        ({"from": "none", "transform": "SELECT md5('a')::uuid AS id, 'x' AS name"}, "it has no one driving table"),
        ({"from": "loose", "transform": "SELECT md5('a')::uuid AS id, name FROM loose"}, '"public"."loose" has no primary key'),
        (
            {"transform": "SELECT id, name FROM people", "load": "SELECT md5(name)::uuid AS id, name FROM staged GROUP BY name"},
            "one row of its load does not come from one staged row",
        ),
    ],
)
def test_keys_that_cannot_be_kept_are_a_mistake(migrate, rehome, profiles, says):
    new = NEW.replace("profiles (id uuid PRIMARY KEY", "profiles (id uuid PRIMARY KEY DEFAULT md5('x')::uuid")
    folder, _, _ = migrate({"profiles": PROFILES | {"rejects": {}} | profiles}, legacy() + "CREATE TABLE loose (name text);", new)
    plan = rehome("plan", cwd=folder).ends_with(2)
    assert 'entity "profiles" can keep no crosswalk: ' + says in plan.stderr
    assert "migration.yaml:1:" in plan.stderr


@pytest.mark.parametrize(
    "sql, place, says",
    [
        (JOINED.replace("_profiles", "_profils"), "2:26", "no entity keeps rehome.crosswalk_profils; did you mean rehome.crosswalk_profiles?"),
        (JOINED.replace("_profiles", "_others"), "2:26", 'entity "others" keeps no crosswalk; say `crosswalk: true` there'),
        (JOINED.replace("_profiles", "_entries"), "2:26", "it reads rehome.crosswalk_entries, its own crosswalk"),
        (JOINED.replace(" x ON", " x ON nothing.here = 1 AND"), "2:57", 'missing FROM-clause entry for table "nothing"'),
        (JOINED.replace("x.old_region", "x.old_zone"), "2:58", "column x.old_zone does not exist"),
    ],
)
def test_what_is_wrong_with_a_reader_is_told_with_its_place(migrate, rehome, sql, place, says):
    others = {"from": "people", "into": "profiles", "transform": PROFILES["transform"]}
    entities = {"profiles": PROFILES, "others": others, "entries": ENTRIES | {"transform": "sql/entries.sql", "crosswalk": True}}
    folder, _, _ = migrate(entities, files={"sql/entries.sql": sql})
    plan = rehome("plan", cwd=folder).ends_with(2)
    assert says in plan.stderr
    assert f"sql/entries.sql:{place}: " in plan.stderr


def test_a_crosswalk_is_read_by_transforms_and_loads_alone(migrate, rehome):
    entries = ENTRIES | {"where": "person IN (SELECT old_id FROM rehome.crosswalk_profiles)"}
    folder, _, _ = migrate({"profiles": PROFILES, "entries": entries})
    assert "a crosswalk can be read in `transform` and `load` alone" in rehome("plan", cwd=folder).ends_with(2).stderr


def test_a_chain_of_crosswalks_and_several_of_them_at_once(migrate, rehome, psql):
    new = NEW + "CREATE TABLE notes (id uuid PRIMARY KEY, entry_id bigint, profile_id uuid);"
    old = legacy() + f"CREATE TABLE remarks (id int PRIMARY KEY, post bigint, person int); INSERT INTO remarks SELECT i, i, i + 1 FROM generate_series(1, {ROWS - 1}) i;"
    notes = """SELECT md5('note' || r.id)::uuid AS id, e.new_id AS entry_id, p.new_id AS profile_id FROM remarks r
        JOIN rehome.crosswalk_entries e ON e.old_id = r.post LEFT JOIN rehome.crosswalk_profiles AS p ON p.old_id = r.person
        WHERE EXISTS (SELECT FROM rehome.crosswalk_profiles WHERE entity = 'profiles' AND source = 'people')"""
    entities = {"notes": {"from": "remarks", "transform": notes}, "entries": ENTRIES | {"crosswalk": True}, "profiles": PROFILES}
    folder, _, target = migrate(entities, old, new)
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), count(entry_id), count(profile_id) FROM notes") == [(ROWS - 1, ROWS - 1, ROWS - 3)]
    assert psql(target, "SELECT count(*) FROM notes n JOIN profiles p ON p.id = n.profile_id AND p.name = 'person ' || n.entry_id + 1") == [(ROWS - 3,)]
    rehome("verify", cwd=folder).succeeds()


def as_role(url, role):
    return url.replace("postgres@", f"{role}@")


@pytest.mark.parametrize("authors", [FEW, ROWS])
def test_a_source_that_gives_no_temporary_table_reads_the_keys_from_the_statement(server, rehome, migration, psql, authors):
    source, target = server.database(legacy(authors)), server.database(NEW)
    name = source.split("@/")[1].split("?")[0]
    psql(source, f"DO $$ BEGIN IF to_regrole('reader') IS NULL THEN CREATE ROLE reader LOGIN; END IF; END $$; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
    manifest = {"rehome": 1, "name": "m", "source": as_role(source, "reader"), "target": target, "entities": {"profiles": PROFILES, "entries": ENTRIES}}
    folder = migration({"migration.yaml": json.dumps(manifest)})
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    crosswalk(psql, target, authors)
    entries(psql, target, authors)
    rehome("verify", cwd=folder).succeeds()


def test_nothing_is_left_on_the_source(server, rehome, migration, psql):
    source, target = server.database(legacy()), server.database(NEW)
    before = psql(source, "SELECT count(*), max(oid::text) FROM pg_class")
    manifest = {"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"profiles": PROFILES, "entries": ENTRIES}}
    rehome("run", "--jobs", "3", cwd=migration({"migration.yaml": json.dumps(manifest)})).succeeds()
    assert psql(source, "SELECT count(*), max(oid::text) FROM pg_class") == before


def test_a_row_that_the_target_refuses_is_a_reject_beside_a_crosswalk(migrate, rehome, psql):
    new = NEW.replace("profile_id uuid", "profile_id uuid, CHECK (title <> 'post 77')")
    folder, _, target = migrate({"profiles": PROFILES, "entries": ENTRIES}, new=new)
    rehome("run", cwd=folder).ends_with(3)
    assert psql(target, "SELECT source_key->>'id', reason FROM rehome.reject WHERE entity = 'entries'") == [("77", "check:entries_title_check")]


def test_a_dry_run_sees_the_keys_of_its_own_rows(migrate, rehome, psql):
    folder, _, target = migrate({"profiles": PROFILES, "entries": ENTRIES})
    dry = rehome("run", "--dry-run", "--json", cwd=folder).succeeds().json
    assert psql(target, "SELECT to_regnamespace('rehome')") == [(None,)]
    assert [one["name"] for one in dry["entities"]] == ["profiles", "entries"], dry


def test_the_items_of_a_list_share_a_table(migrate, rehome, psql):
    old = """CREATE TABLE scorecards (table_name text); INSERT INTO scorecards VALUES ('chat'), ('mail');
        CREATE TABLE chat (id int PRIMARY KEY); INSERT INTO chat SELECT generate_series(1, 500);
        CREATE TABLE mail (id int PRIMARY KEY); INSERT INTO mail SELECT generate_series(1, 300);
        CREATE TABLE answers (id int PRIMARY KEY, kind text, audit int); INSERT INTO answers SELECT i, CASE WHEN i > 500 THEN 'mail' ELSE 'chat' END, i - CASE WHEN i > 500 THEN 500 ELSE 0 END FROM generate_series(1, 900) i;"""
    new = "CREATE TABLE audits (id uuid PRIMARY KEY, kind text); CREATE TABLE replies (id int PRIMARY KEY, audit_id uuid, kind text);"
    audits = {"into": "audits", "for_each": "SELECT table_name FROM scorecards ORDER BY 1", "from": ':"table_name"', "crosswalk": True,
              "transform": """SELECT md5(:'table_name' || id)::uuid AS id, :'table_name' AS kind FROM :"table_name" """}
    replies = {"from": "answers", "transform": "SELECT a.id, x.new_id AS audit_id, a.kind FROM answers a JOIN rehome.crosswalk_audits x ON (x.source, x.old_id) = (a.kind, a.audit)"}
    folder, _, target = migrate({"replies": replies, "audits": audits}, old, new)
    rehome("run", "--jobs", "3", cwd=folder).succeeds()
    assert psql(target, "SELECT entity, source, count(*) FROM rehome.crosswalk_audits GROUP BY 1, 2 ORDER BY 1") == [("audits[chat]", "chat", 500), ("audits[mail]", "mail", 300)]
    assert psql(target, "SELECT count(*), count(*) FILTER (WHERE a.kind = r.kind) FROM replies r JOIN audits a ON a.id = r.audit_id") == [(800, 800)]
    rehome("verify", cwd=folder).succeeds()
    rehome("run", "--only", "replies", cwd=folder).succeeds()


def test_a_merge_keeps_none_and_reads_one_in_load(migrate, rehome):
    merge = {"merge": {"key": "id", "sources": [{"from": "people", "transform": "SELECT new_id AS id, name FROM people JOIN rehome.crosswalk_entries ON true"}]}}
    folder, _, _ = migrate({"profiles": merge, "entries": ENTRIES | {"transform": "SELECT id, title FROM posts", "crosswalk": True}})
    assert "a source of a merge cannot read a crosswalk; join it in `load`" in rehome("plan", cwd=folder).ends_with(2).stderr
    merge["merge"]["sources"][0]["transform"] = "SELECT md5(name)::uuid AS id, name FROM people"
    folder, _, _ = migrate({"profiles": merge | {"crosswalk": True}})
    assert 'entity "profiles" can keep no crosswalk: the rows of a merge come from several driving tables' in rehome("plan", cwd=folder).ends_with(2).stderr
