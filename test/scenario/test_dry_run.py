"""`run --dry-run` tells what the first chunks would do, and nothing of it stays."""

import json
import os
import subprocess

import pytest

from support import crm, shop
from support.example import EXAMPLES
from support.server import binary_folder, connect, query

ROWS = """
SELECT string_agg(x, E'\\n' ORDER BY x) FROM (
  SELECT format('%s %s', c.oid::regclass, (xpath('/row/h/text()', query_to_xml(format(CASE c.relkind
         WHEN 'S' THEN 'SELECT last_value || '' '' || is_called AS h FROM %s'
         ELSE 'SELECT md5(coalesce(string_agg((t.*)::text, E''\\n'' ORDER BY (t.*)::text), '''')) || count(*) AS h FROM %s t' END, c.oid::regclass),
         false, true, '')))[1]) AS x
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')) y
"""


def everything(url):
    """The schema as pg_dump tells it, and every row, those of the ledger and the state of sequences included."""
    dump = subprocess.run([binary_folder() / "pg_dump", "--schema-only", url], capture_output=True, text=True, check=True).stdout
    dump = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))  # a random key of \restrict
    return dump, query(url, ROWS)[0][0]


@pytest.fixture
def dry(rehome):
    """`dry(folder, status)` makes a dry run, compares what was before with what is after, and returns its report by entity."""

    def run(folder, *urls, status=0):
        before = [everything(url) for url in urls]
        ended = rehome("run", "--dry-run", "--json", cwd=folder).ends_with(status)
        assert [everything(url) for url in urls] == before
        report = ended.json
        assert report["dry_run"] is True and report["exit_status"] == status
        return report, {entity["name"]: entity for entity in report["entities"]}

    return run


def books(entity):
    return {name: count for name, count in entity["books"].items() if name != "driving" and count}


def test_it_tells_what_would_be_written_and_leaves_nothing(server, migration, dry):
    source, target = server.database(crm.old(leads=1500, conversions=2500)), server.database()
    report, entities = dry(migration(crm.files(source, target)), source, target)
    expected = crm.expected(source)
    assert report["expand"] == ["sql/10-tables.sql"]
    assert books(entities["organizations"]) == {"read": 200, "written": expected["organizations"][0], "filtered": 22}
    assert books(entities["leads"]) == {"read": 1500, "written": 1485, "rejected": 15}
    assert books(entities["conversions"])["written"] == expected["conversions"][0]
    assert entities["leads"]["rejects"] == [
        {"reason": "no_contact", "rows": 15, "over_budget": False, "keys": [{"id": "97"}, {"id": "194"}, {"id": "291"}]}
    ]
    assert entities["leads"]["chunks"] == {"total": 1, "done": 0}
    assert not query(target, "SELECT FROM pg_namespace WHERE nspname IN ('rehome', 'crm')")


@pytest.mark.parametrize("way", ["stream", "stage", "inside"])
def test_every_way_of_moving_is_tried(server, migration, dry, way):
    source = server.database(crm.old(leads=1500, conversions=2500))
    target = source if way == "inside" else server.database()
    files = crm.files(source, "same" if way == "inside" else target, load=way == "stage")
    _, entities = dry(migration(files), source, target)
    assert [entity["state"] for entity in entities.values()] == ["tried"] * 3
    assert books(entities["conversions"])["written"] == crm.expected(source)["conversions"][0]


def test_people_get_a_table(server, rehome, migration):
    source, target = server.database(shop.OLD), server.database()
    ended = rehome("run", "-n", cwd=migration(shop.files(source, target, expand=shop.NEW))).succeeds()
    assert "a dry run; everything was rolled back" in ended.stdout and "sql/10-tables.sql" in ended.stdout
    assert [line.split()[:3] for line in ended.stdout.splitlines() if line.startswith(("writer ", "book "))] == [
        ["writer", "writer", "tried"], ["book", "book", "tried"]]


def test_a_big_table_is_tried_in_part(server, migration, dry):
    source, target = server.database(crm.old(leads=1000, conversions=29000) + "; ANALYZE"), server.database()
    _, entities = dry(migration(crm.files(source, target)), target)
    assert 0 < entities["conversions"]["books"]["driving"] <= 20000
    assert entities["conversions"]["keys"].startswith("id < ")


def refused(reason, *keys):
    return [{"reason": reason, "rows": len(keys), "over_budget": True, "keys": [{"id": str(key)} for key in keys]}]


def test_a_row_that_the_target_refuses_would_be_a_reject(server, migration, dry):
    source, target = server.database(shop.OLD), server.database(shop.NEW + "; ALTER TABLE writer ADD CHECK (id <> 17)")
    query(source, "DELETE FROM books WHERE author_id = 17")
    _, entities = dry(migration(shop.files(source, target)), source, target, status=3)
    assert entities["writer"]["rejects"] == refused("check:writer_id_check", 17)
    assert books(entities["writer"]) == {"read": 50, "written": 49, "rejected": 1}
    assert books(entities["book"]) == {"read": 392, "written": 392}


@pytest.mark.parametrize("same", [False, True])
def test_it_would_inside_one_database_too(server, migration, dry, same):
    source = server.database(shop.OLD + (shop.NEW if same else ""))
    target = source if same else server.database(shop.NEW)
    query(target, "ALTER TABLE book ADD CHECK (id <> 399)")
    _, entities = dry(migration(shop.files(source, "same" if same else target)), source, target, status=3)
    assert entities["book"]["rejects"] == refused("check:book_id_check", 399)
    assert books(entities["book"]) == {"read": 400, "written": 399, "rejected": 1}
    assert entities["writer"]["state"] == "tried"


def test_rejects_without_a_budget_end_with_3(server, migration, dry):
    source, target = server.database(shop.OLD + "; UPDATE books SET price = 1234567.5 WHERE id IN (7, 9)"), server.database(shop.NEW)
    _, entities = dry(migration(shop.files(source, target)), source, target, status=3)
    (reject,) = entities["book"]["rejects"]
    assert reject == {"reason": "lossy:price", "rows": 2, "over_budget": True, "keys": [{"id": "7"}, {"id": "9"}]}


def test_mistakes_of_the_manifest_end_with_2(server, rehome, migration):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    ended = rehome("run", "--dry-run", cwd=migration(shop.files(source, target, writers="SELECT nme FROM authors"))).ends_with(2)
    assert "sql/writer.sql:1:8" in ended.stderr and ended.stdout == ""


PARENTS = """
INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(51, 30000) i;
UPDATE books SET author_id = 30000 - id; ANALYZE;
"""


def test_a_key_to_rows_of_later_chunks_is_no_failure(server, migration, dry):
    source, target = server.database(shop.OLD + PARENTS), server.database(shop.NEW)
    _, entities = dry(migration(shop.files(source, target)), source, target)
    assert 0 < entities["writer"]["books"]["written"] <= 20000
    assert entities["book"]["state"] == "tried" and books(entities["book"]) == {"read": 400, "written": 400}
    assert entities["book"]["notes"] == ['foreign key "book_writer_id_fkey" depends on rows of writer beyond the first chunk']


def test_a_key_to_rows_of_later_chunks_cannot_be_told_where_rows_are(server, migration, dry):
    source = server.database(shop.OLD + PARENTS)
    target = server.database(shop.NEW + "; INSERT INTO book (id) VALUES (1000)")
    _, entities = dry(migration(shop.files(source, target)), source, target)
    assert entities["book"]["state"] == "depends" and entities["book"]["books"] is None
    assert entities["book"]["error"]["sqlstate"] == "23503"


def test_a_key_to_a_row_that_never_comes_is_a_reject(server, migration, dry):
    source, target = server.database(shop.OLD + "; UPDATE books SET author_id = 99 WHERE id = 5"), server.database(shop.NEW)
    _, entities = dry(migration(shop.files(source, target)), source, target, status=3)
    assert entities["book"]["rejects"] == refused("foreign_key:book_writer_id_fkey", 5)


def test_a_reject_and_a_key_to_rows_of_later_chunks_are_told_apart(server, migration, dry):
    source = server.database(shop.OLD + PARENTS + "; UPDATE books SET price = NULL WHERE id = 9")
    target = server.database(shop.NEW + "; ALTER TABLE book ALTER price SET NOT NULL")
    _, entities = dry(migration(shop.files(source, target)), source, target, status=3)
    assert entities["book"]["rejects"] == refused("not_null:price", 9)
    assert entities["book"]["notes"] == ['foreign key "book_writer_id_fkey" depends on rows of writer beyond the first chunk']


def test_a_table_with_rows_is_not_emptied(server, migration, dry):
    source = server.database(shop.OLD)
    target = server.database(shop.NEW + "; INSERT INTO book SELECT i, NULL, 'old' FROM generate_series(1, 300) i")
    _, entities = dry(migration(shop.files(source, target, book="write: replace")), source, target)
    assert books(entities["book"]) == {"read": 400, "written": 400}
    assert "the run would remove all of them first" in entities["book"]["notes"][0]


def test_nobody_waits_for_a_table_that_would_be_emptied(server, rehome, migration):
    source = server.database(shop.OLD)
    target = server.database(shop.NEW + "; INSERT INTO book (id) VALUES (1)")
    folder = migration(shop.files(source, target, book="write: replace"))
    run = rehome.start("run", "--dry-run", cwd=folder, env={"REHOME_FAULT": "copy.moved:stall:2"})
    run.wait_for("fault: copy.moved")
    assert query(target, "SET lock_timeout = '1s'; INSERT INTO book (id) VALUES (1000); SELECT count(*) FROM book") == [(2,)]
    run.kill()


def test_triggers_that_are_held_stay_quiet_and_are_as_before(server, migration, dry):
    source = server.database(shop.OLD)
    target = server.database(shop.NEW + """;
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trigger fired'; END $$;
        CREATE TRIGGER no BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION no()""")
    _, entities = dry(migration(shop.files(source, target, book="triggers: hold")), source, target)
    assert books(entities["book"]) == {"read": 400, "written": 400}
    _, entities = dry(migration(shop.files(source, target)), source, target, status=3)
    assert [(reject["reason"], reject["rows"]) for reject in entities["book"]["rejects"]] == [("refused:P0001", 400)]


def test_sequences_of_empty_tables_stay_where_they_are(server, migration, dry):
    source = server.database(shop.OLD)
    target = server.database("CREATE TABLE writer (nr bigint GENERATED ALWAYS AS IDENTITY, id int PRIMARY KEY, name text); CREATE TABLE book (nr serial, id int PRIMARY KEY)")
    files = shop.files(source, target, books="SELECT id FROM books")
    dry(migration(files), source, target)
    query(target, "INSERT INTO book (id) VALUES (1000)")
    before = query(target, "SELECT last_value FROM book_nr_seq")
    report = json.loads(json.dumps(dry(migration(files), source)[0]))
    assert query(target, "SELECT last_value FROM book_nr_seq") > before
    assert report["notes"] == ['"public"."book_nr_seq": numbers that it gave to rows of the dry run are used up']


def test_source_checks_are_told(server, migration, dry):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    more = "checks: { source: [ { name: cheap, sql: SELECT id FROM books WHERE price < 1, severity: warn }, { name: dear, sql: SELECT id FROM books WHERE price > 99 } ] }"
    report, entities = dry(migration(shop.files(source, target, more=more)), source, target, status=4)
    assert [(check["name"], check["state"]) for check in report["checks"]] == [("cheap", "warned"), ("dear", "failed")]
    assert books(entities["book"])["written"] == 400


def test_a_migration_that_is_half_done_stays_as_it_is(server, rehome, migration, dry):
    source, target = server.database(crm.old(leads=1500, conversions=2500)), server.database()
    folder = migration(crm.files(source, target))
    rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill:2"}).ends_with(-9)
    _, entities = dry(folder, source, target)
    assert entities["conversions"]["state"] == "nothing left" and entities["leads"]["chunks"] == {"total": 1, "done": 1}
    assert books(entities["organizations"])["written"] == crm.expected(source)["organizations"][0]
    rehome("run", cwd=folder).succeeds()
    _, entities = dry(folder, source, target)
    assert [entity["state"] for entity in entities.values()] == ["nothing left"] * 3


@pytest.mark.parametrize("point", ["copy.moved:kill", "copy.moved:kill:2", "copy.moved:kill:3"])
@pytest.mark.parametrize("half_done", [False, True])
def test_nothing_stays_of_one_that_is_killed(server, rehome, migration, point, half_done):
    source, target = server.database(crm.old(leads=1500, conversions=2500)), server.database()
    folder = migration(crm.files(source, target))
    if half_done:
        rehome("run", cwd=folder, env={"REHOME_FAULT": "engine.script.before_commit:kill"}).ends_with(-9)
    before = [everything(url) for url in (source, target)]
    rehome("run", "--dry-run", cwd=folder, env={"REHOME_FAULT": point}).ends_with(-9)
    query(target, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'rehome:%'")
    assert [everything(url) for url in (source, target)] == before
    rehome("run", cwd=folder).succeeds()


def test_ctrl_c_leaves_nothing(server, rehome, migration):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    books = "SELECT id, pg_sleep(0.1)::text AS title FROM books"
    folder = migration(shop.files(source, target, books=books))
    before = everything(target)
    run = rehome.start("run", "--dry-run", cwd=folder)
    run.wait_for("trying the first chunk of book")
    run.interrupt()
    run.wait().ends_with(130)
    assert everything(target) == before


def test_a_role_without_much_may_try_as_well(server, rehome, migration, psql):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    user = f"plain{os.getpid()}"
    psql(target, f"CREATE ROLE {user} LOGIN; GRANT SELECT, INSERT, UPDATE ON writer, book TO {user}; "
                 f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {user}', current_database()); END $$")
    try:
        folder = migration(shop.files(source, target.replace("postgres@", f"{user}@")))
        rehome("run", "--dry-run", cwd=folder).succeeds()
    finally:
        psql(target, f"DROP OWNED BY {user}; DROP ROLE {user}")


def test_a_load_that_misses_rows_of_later_chunks_says_so(server, migration, dry):
    source, target = server.database(shop.OLD + PARENTS), server.database(shop.NEW)
    load = "load: \"SELECT s.id, w.id AS writer_id, s.title, s.price::numeric(8,2) AS price FROM staged s JOIN writer w ON w.id = s.writer_id\""
    _, entities = dry(migration(shop.files(source, target, book=load, books="SELECT id, author_id AS writer_id, title, price FROM books")), source, target)
    assert books(entities["book"]) == {"read": 400, "filtered": 400}
    assert '"load" saw only the first chunk of writer' in entities["book"]["notes"][0]


def test_a_partitioned_table_with_rows_is_tried_on_a_copy(server, migration, dry):
    source = server.database(shop.OLD)
    target = server.database("""
        CREATE TABLE writer (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE book (id int PRIMARY KEY, title text, long text GENERATED ALWAYS AS (title || '!') STORED) PARTITION BY RANGE (id);
        CREATE TABLE book_low PARTITION OF book FOR VALUES FROM (0) TO (1000); INSERT INTO book VALUES (1, 'old')""")
    _, entities = dry(migration(shop.files(source, target, book="write: replace", books="SELECT id, title FROM books")), source, target)
    assert books(entities["book"]) == {"read": 400, "written": 400}


def test_a_table_without_a_key_is_tried_in_part(server, migration, dry):
    source = server.database(shop.OLD + "; CREATE TABLE visits AS SELECT i, repeat('x', 100) AS page FROM generate_series(1, 60000) i; ANALYZE")
    target = server.database(shop.NEW + "; CREATE TABLE visits (i int, page text)")
    files = shop.files(source, target)
    files["migration.yaml"] += "  visits: { from: visits }\n"
    _, entities = dry(migration(files), source, target)
    assert 0 < entities["visits"]["books"]["written"] < 25000 and entities["visits"]["chunks"]["total"] > 1


def test_upserts_and_skips_meet_the_rows_that_are_there(server, migration, dry):
    source = server.database(shop.OLD)
    target = server.database(shop.NEW + """;
        INSERT INTO writer SELECT i, 'author ' || i FROM generate_series(1, 30) i; UPDATE writer SET name = 'old' WHERE id <= 10;
        INSERT INTO book (id) SELECT i FROM generate_series(1, 100) i""")
    _, entities = dry(migration(shop.files(source, target, book="write: skip")), source, target)
    assert books(entities["writer"]) == {"read": 50, "written": 30, "unchanged": 20}
    assert books(entities["book"]) == {"read": 400, "written": 300, "unchanged": 100}


def test_a_lock_that_somebody_holds_is_named(server, rehome, migration):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    folder = migration(shop.files(source, target))
    before = everything(target)
    with connect(target, autocommit=False) as holder:
        holder.execute("LOCK TABLE book IN SHARE MODE")
        run = rehome.start("run", "--dry-run", "--json", cwd=folder)
        run.wait_for("waiting for a lock")
    assert run.wait().succeeds().json["entities"][1]["state"] == "tried"
    assert everything(target) == before


def test_a_run_that_is_under_way_is_not_disturbed(server, rehome, migration):
    source, target = server.database(crm.old(leads=1500, conversions=2500)), server.database()
    folder = migration(crm.files(source, target))
    run = rehome.start("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.before_commit:stall:2"})
    run.wait_for("fault: engine.chunk.before_commit")
    ledger = query(target, "SELECT name, state FROM rehome.step ORDER BY position")
    rehome("run", "--dry-run", "--json", cwd=folder).succeeds()
    assert query(target, "SELECT name, state FROM rehome.step ORDER BY position") == ledger
    run.kill()
    rehome("run", cwd=folder).succeeds()


@pytest.mark.parametrize("same", [False, True])
def test_rows_of_several_sources_are_made_one(server, migration, dry, same):
    mails = "CREATE TABLE mails (id int PRIMARY KEY, mail text); INSERT INTO mails SELECT i, 'm' || i % 30 FROM generate_series(1, 45) i"
    people = "CREATE TABLE people (mail text PRIMARY KEY, name text, nr int)"
    source = server.database(shop.OLD + mails + (f"; {people}" if same else ""))
    target = source if same else server.database(people)
    merge = {"key": "mail", "columns": {"nr": "error"}, "sources": [
        {"from": "authors", "transform": "SELECT 'm' || id AS mail, name, id AS nr FROM authors"},
        {"from": "mails", "transform": "SELECT mail, NULL::text AS name, CASE id WHEN 44 THEN -1 END AS nr FROM mails"}]}
    manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if same else target, "entities": {"people": {"merge": merge}}}
    folder = migration({"migration.yaml": json.dumps(manifest)})
    _, entities = dry(folder, source, target, status=3)
    people = entities["people"]
    assert people["rejects"][0]["reason"] == "conflict:nr" and people["rejects"][0]["rows"] == people["books"]["rejected"] == 3
    assert people["books"]["read"] == 95 and people["books"]["written"] == 50 and people["books"]["merged"] == 42


@pytest.mark.parametrize("name", sorted(file.parent.name for file in EXAMPLES.glob("*/example.env")))
def test_an_example_is_tried_and_nothing_stays(example, name):
    one = example(name, REHOME_TOKEN_KEY="a key that only this test knows")
    before = everything(one.source), everything(one.target)
    tried = one("run", "--dry-run", "--json")
    assert tried.status in (0, 3) and all(entity["state"] in ("tried", "depends") for entity in tried.json["entities"]), tried
    assert (everything(one.source), everything(one.target)) == before
