"""At the end of a run the source is not read again where its rows were summed up as they were sent: and whatever is not as it was sent is found as ever."""

import pytest

from support.server import query

TABLE = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric(12,2));"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i, i * 1.10 FROM generate_series(1, 5000) i;"
METHODS = "SELECT entity, method, state, source_rows, target_rows FROM rehome.verification ORDER BY entity"
SUM_OF_LEADS = """
SELECT (mod(mod(sum(pg_catalog.hash_record_extended(ROW(name COLLATE "C", pg_catalog.numeric_send(amount), pg_catalog.int8send(kh)), kh)), 2::numeric ^ 64) + 2::numeric ^ 64 + 2::numeric ^ 63,
            2::numeric ^ 64) - 2::numeric ^ 63)::bigint
  FROM (SELECT *, pg_catalog.hash_record_extended(ROW(pg_catalog.int8send(id)), 0) AS kh FROM leads) AS l
"""
# The analyze step, of one table whose primary key was held back: what is left is to verify.
COPIED = "engine.step.before_commit:pause:6"


@pytest.fixture
def files(migration):
    """`files(source, target, entities)`: the folder of a migration of these."""

    def write(source, target, entities="leads: { from: leads }", **more):
        manifest = f"rehome: 1\nname: moved\nsource: {source}\ntarget: {target}\nentities:\n  {entities}\n"
        return migration({"migration.yaml": manifest, **more})

    return write


def source_parts(target):
    """How many parts of the source were read."""
    return query(target, "SELECT count(*) FROM rehome.verification_part WHERE entity IS NOT NULL AND done_at IS NOT NULL")[0][0]


def test_the_source_is_not_read_again(migrated, rehome):
    folder, _, target = migrated(TABLE + ROWS, TABLE)
    assert query(target, METHODS) == [("leads", "sent", "passed", 5000, 5000)]
    assert source_parts(target) == 0
    assert query(target, "SELECT parts, parts_kept FROM rehome.verification_pass") == [(1, 0)]
    assert rehome("status", "--json", cwd=folder).succeeds().json["verification"][0]["method"] == "sent"
    rehome("verify", cwd=folder).succeeds()  # which does not rely on what a run has seen
    assert query(target, METHODS) == [("leads", "rows", "passed", 5000, 5000)]
    assert source_parts(target) > 0


def test_rows_that_a_rule_rejects_were_not_sent(migrated):
    _, _, target = migrated(TABLE + ROWS, TABLE, "leads: { from: leads, rejects: { small: amount < 100 }, max_rejects: 100% }")
    assert query(target, METHODS) == [("leads", "sent", "passed", 4910, 4910)]


@pytest.mark.parametrize("statement, kind, key", [
    ("UPDATE leads SET name = 'x' WHERE id = 7", "different", {"id": 7}),
    ("DELETE FROM leads WHERE id = 7", "missing", {"id": 7}),
    ("INSERT INTO leads VALUES (9000, 'x', 1)", "extra", {"id": 9000}),
    ("UPDATE leads SET amount = NULL WHERE id = 7", "different", {"id": 7}),
    ("UPDATE leads SET name = 'name ' || (15 - id) WHERE id IN (7, 8)", "different", {"id": 7}),
    ("UPDATE leads SET id = 9000 WHERE id = 7", "missing", {"id": 7}),
])
def test_what_became_of_them_since_is_found(server, files, rehome, statement, kind, key):
    target = server.database(TABLE)
    folder = files(server.database(TABLE + ROWS), target)
    run = rehome.start("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": COPIED})
    run.wait_for("fault: engine.step.before_commit: pause")
    query(target, statement)
    run.resume()
    run.wait().ends_with(4)
    assert query(target, METHODS)[0][1:3] == ("rows", "failed")
    assert (kind, key) in query(target, "SELECT kind, key FROM rehome.difference")


def test_a_trigger_that_changes_rows_is_found(server, files, rehome):
    target = server.database(TABLE + "CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';"
                             "CREATE TRIGGER louder BEFORE INSERT ON leads FOR EACH ROW WHEN (NEW.id = 7) EXECUTE FUNCTION louder();")
    rehome("run", cwd=files(server.database(TABLE + ROWS), target)).ends_with(4)
    assert query(target, "SELECT kind, key FROM rehome.difference") == [("different", {"id": 7})]


@pytest.mark.parametrize("select", [
    "SELECT id, name, amount + round(random()::numeric, 2) AS amount FROM leads",
    "SELECT id, name, spread(amount) AS amount FROM leads",
])
def test_a_transform_that_may_give_something_else_is_run_again(server, files, rehome, select):
    source = server.database(TABLE + ROWS + "CREATE FUNCTION spread(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT $1 + round(random()::numeric, 2)';")
    target = server.database(TABLE)
    rehome("run", cwd=files(source, target, "leads: { from: leads, transform: '" + select.replace("'", "''") + "' }"))
    assert query(target, "SELECT method FROM rehome.verification") == [("rows",)]


def test_entities_that_share_a_table_are_added_up(migrated):
    other = "CREATE TABLE more_leads (id bigint PRIMARY KEY, name text, amount numeric(12,2)); INSERT INTO more_leads VALUES (9001, 'a', 1), (9002, NULL, NULL);"
    _, _, target = migrated(TABLE + ROWS + other, TABLE, "leads: { from: leads, write: insert }\n  more: { from: more_leads, into: leads, write: insert }")
    assert query(target, METHODS) == [("leads", "sent", "passed", 5000, 5000), ("more", "sent", "passed", 2, 2)]


def test_a_table_without_a_key_is_summed_as_a_whole(migrated):
    bare = "CREATE TABLE leads (name text, amount numeric(12,2));"
    _, _, target = migrated(bare + "INSERT INTO leads SELECT 'name ' || i % 10, i % 7 FROM generate_series(1, 5000) i", bare)
    assert query(target, METHODS) == [("leads", "sent", "passed", 5000, 5000)]


PAIRS = "CREATE TABLE leads (a bigint, b bigint, PRIMARY KEY (a, b));"
NULLS = "CREATE TABLE leads (a bigint, b bigint, c text, PRIMARY KEY (a, b));"


@pytest.mark.parametrize("table", [PAIRS, NULLS], ids=["nothing besides", "nulls besides"])
def test_rows_that_exchange_a_part_of_their_keys_are_found(server, files, rehome, table):
    target = server.database(table)
    folder = files(server.database(table + "INSERT INTO leads SELECT i, i * 10 FROM generate_series(1, 5000) i"), target)
    run = rehome.start("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": COPIED})
    run.wait_for("fault: engine.step.before_commit: pause")
    query(target, "UPDATE leads SET b = CASE a WHEN 7 THEN 40000 ELSE 70 END WHERE a IN (7, 4000)")
    run.resume()
    run.wait().ends_with(4)
    assert query(target, "SELECT count(*) FROM rehome.difference") == [(4,)]
    query(target, "UPDATE leads SET b = a * 10 WHERE a = 4000; UPDATE leads SET b = 150 - b WHERE a = 8; UPDATE leads SET b = 80 WHERE a = 7")
    rehome("verify", cwd=folder).ends_with(4)
    assert query(target, "SELECT count(*) FROM rehome.difference") == [(4,)]  # in one bucket, too


READS = {
    "a view with chance in it": ("CREATE VIEW rates AS SELECT i AS id, round(random()::numeric, 2) AS rate FROM generate_series(1, 5000) i;", "rates"),
    "an unlogged table": ("CREATE UNLOGGED TABLE rates AS SELECT i AS id, 0.5 AS rate FROM generate_series(1, 5000) i;", "rates"),
    "a foreign table": ("CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;"
                        "CREATE FOREIGN TABLE rates (id int, rate numeric) SERVER files OPTIONS (filename '/dev/null', format 'csv');", "rates"),
    "the settings' view": ("", "(SELECT 1 AS id, 0.5 AS rate FROM pg_catalog.pg_settings LIMIT 1)"),
}


@pytest.mark.parametrize("setup, relation", READS.values(), ids=READS)
def test_what_snapshots_do_not_cover_is_read_again(server, files, rehome, setup, relation):
    source, target = server.database(TABLE + ROWS + setup), server.database(TABLE)
    select = f"SELECT l.id, l.name, l.amount + coalesce(r.rate, 0) AS amount FROM leads l LEFT JOIN {relation} r ON r.id = l.id"
    rehome("run", cwd=files(source, target, f"leads: {{ from: leads, transform: '{select}' }}"))
    assert query(target, "SELECT method FROM rehome.verification") == [("rows",)]


def test_operators_that_users_have_written_are_run_again(server, files, rehome):
    source = server.database(TABLE + ROWS + "CREATE FUNCTION spread(numeric, int) RETURNS numeric LANGUAGE sql AS 'SELECT $1 + round(random()::numeric, 2)';"
                             "CREATE OPERATOR |+| (LEFTARG = numeric, RIGHTARG = int, FUNCTION = spread);")
    target = server.database(TABLE)
    rehome("run", cwd=files(source, target, "leads: { from: leads, transform: 'SELECT id, name, amount |+| 1 AS amount FROM leads' }")).ends_with(4)
    assert query(target, "SELECT method FROM rehome.verification") == [("rows",)]


def test_other_settings_of_the_session_are_another_state(server, other_server, files, rehome):
    table = "CREATE TABLE leads (id bigint PRIMARY KEY, words text);"
    source = other_server.database("CREATE TABLE leads (id bigint PRIMARY KEY, name text); INSERT INTO leads SELECT i, 'the names ' || i FROM generate_series(1, 100) i")
    target, transform = server.database(table), "leads: { from: leads, transform: 'SELECT id, to_tsvector(name)::text AS words FROM leads' }"
    option = source + "&options=-cdefault_text_search_config%3Dpg_catalog."
    folder = files(option + "simple", target, transform)
    rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "verify.unit.summed:kill"}).ends_with(-9)
    manifest = folder / "migration.yaml"
    manifest.write_text(manifest.read_text().replace("pg_catalog.simple", "pg_catalog.english"))
    rehome("run", cwd=folder).ends_with(4)
    assert query(target, METHODS)[0][1:3] == ("rows", "failed")


def test_chunks_that_were_read_on_a_standby_do_not_count(server, other_server, files, rehome):
    source, target = other_server.database(TABLE + ROWS), server.database(TABLE)
    folder = files(source, target)
    rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "verify.unit.summed:kill"}).ends_with(-9)
    query(target, "UPDATE rehome.chunk SET snapshot = NULL")  # as there
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT method FROM rehome.verification") == [("rows",)]


@pytest.mark.parametrize("others_write", [False, True])
def test_chunks_of_a_process_before_count_while_the_source_is_as_it_was(server, other_server, files, rehome, others_write):
    source, target = other_server.database(TABLE + ROWS), server.database(TABLE)
    folder = files(source, target)
    rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "verify.unit.summed:kill"}).ends_with(-9)
    if others_write:
        query(source, "UPDATE leads SET name = 'x' WHERE id = 7")
    rehome("run", "--jobs", 1, cwd=folder).ends_with(4 if others_write else 0)
    assert query(target, METHODS)[0][1:3] == (("rows", "failed") if others_write else ("sent", "passed"))


def test_rows_that_the_target_has_refused_are_not_taken_for_sent(server, files, rehome):
    target = server.database(TABLE.replace("name text", "name text CHECK (name <> 'name 7')"))
    rehome("run", cwd=files(server.database(TABLE + ROWS), target, "leads: { from: leads, max_rejects: 1 }")).succeeds()
    assert query(target, METHODS) == [("leads", "rows", "passed", 4999, 4999)]


WITHDRAWN = """CREATE TABLE firms (id int PRIMARY KEY, name text UNIQUE);
CREATE TABLE people (id int PRIMARY KEY, firm int {reference}, mail text {unique}, paid numeric(8,2)){partition};"""


@pytest.mark.parametrize("partition", ["", " PARTITION BY RANGE (id); CREATE TABLE low PARTITION OF people FOR VALUES FROM (0) TO (500); CREATE TABLE high PARTITION OF people DEFAULT"])
def test_rows_that_a_key_refuses_when_it_comes_back_are_subtracted(migrated, partition):
    rows = ("INSERT INTO firms SELECT i, 'firm ' || i FROM generate_series(1, 10) i;"
            "INSERT INTO people SELECT i, i % 11, 'mail ' || CASE WHEN i % 100 = 0 THEN i - 1 ELSE i END, i * 0.5 FROM generate_series(1, 1000) i;")
    new = WITHDRAWN.format(reference="REFERENCES firms", unique="" if partition else "UNIQUE", partition=partition)
    entities = "firms: { from: firms }\n  people: { from: people, max_rejects: 50% }"
    old = WITHDRAWN.format(reference="", unique="", partition="")
    _, _, target = migrated(old + rows, new, entities)
    gone = 90 if partition else 100
    assert query(target, METHODS) == [("firms", "sent", "passed", 10, 10), ("people", "sent", "passed", 1000 - gone, 1000 - gone)]


def test_a_verification_of_what_was_changed_uses_what_was_sent(server, other_server, files, rehome):
    source, target = other_server.database(TABLE + ROWS), server.database(TABLE)
    folder = files(source, target)
    rehome("run", cwd=folder).succeeds()
    rehome("verify", "--changed", cwd=folder).succeeds()
    assert query(target, "SELECT method FROM rehome.verification") == [("sent",)] and source_parts(target) == 0
    query(source, "UPDATE leads SET name = 'x' WHERE id = 7")
    rehome("verify", "--changed", cwd=folder).ends_with(4)
    assert query(target, "SELECT kind, key FROM rehome.difference") == [("different", {"id": 7})]


def test_driving_rows_that_no_chunk_has_read_are_missed_all_the_same(server, files, rehome):
    """What was sent cannot tell of rows that were not: those are counted on the source."""
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    run = rehome.start("run", "--jobs", 1, cwd=files(source, target), env={"REHOME_FAULT": "engine.step.before_commit:pause:3"})
    run.wait_for("fault: engine.step.before_commit: pause")  # the chunks are proved by now
    query(target, "DELETE FROM leads WHERE id > 4990")
    query(target, f"UPDATE rehome.chunk SET driving = 4990, read = 4990, written = 4990, row_sum = ({SUM_OF_LEADS})")
    run.resume()
    said = "its chunks have read 4990 driving rows, and there are 5000"
    assert said in run.wait().ends_with(4).stderr
    assert query(target, METHODS)[0] == ("leads", "sent", "failed", 4990, 4990)
