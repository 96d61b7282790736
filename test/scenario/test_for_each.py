"""for_each: an entity repeated for every row of a query over the source."""

import signal
import subprocess
import time

import pytest

from support.server import binary_folder, query, temporary_folder

TABLES = ["email_audit", "Call Audit", "chat"]


def old(tables=TABLES, rows=200):
    """Scorecards, each with a table of its own that holds its answers."""
    made = ["CREATE TABLE scorecards (id int PRIMARY KEY, table_name text NOT NULL UNIQUE, title text);"]
    made += [scorecard(number, name, rows) for number, name in enumerate(tables, 1)]
    return "\n".join(made)


def scorecard(number, name, rows=200):
    return f"""INSERT INTO scorecards VALUES ({number}, '{name}', 'Scorecard {number}');
        CREATE TABLE "{name}" (id int PRIMARY KEY, answer text, points int);
        INSERT INTO "{name}" SELECT i, '{name} ' || i, i % 10 FROM generate_series(1, {rows}) i;"""


NEW = """CREATE TABLE audits (source text NOT NULL, id int NOT NULL, card int NOT NULL, answer text, points int, PRIMARY KEY (source, id));
CREATE INDEX audits_points ON audits (points);"""
AUDITS = """SELECT :'table_name' AS source, a.id, :card AS card, a.answer, a.points
  FROM :"table_name" AS a
"""
LIST = "SELECT table_name, id AS card FROM scorecards ORDER BY 1"


def manifest(source, target, each=LIST, keys="", entities="", more=""):
    return f"""rehome: 1
name: cards
source: {source}
target: {target}
{more}
entities:
  audits:
    for_each: {each}
    from: :"table_name"
    transform: sql/audits.sql
{keys}
{entities}
"""


@pytest.fixture
def cards(server, migration):
    """`cards(...)` writes a migration of scorecards; `.source`, `.target` and `.folder` are its."""

    class Cards:
        def __init__(self):
            self.source, self.target = server.database(old()), server.database(NEW)

        def __call__(self, same=False, **options):
            if same:
                query(self.source, NEW)
                self.target = self.source
            self.folder = migration({"migration.yaml": manifest(self.source, "same" if same else self.target, **options), "sql/audits.sql": AUDITS})
            return self.folder

        def rows(self):
            return dict(query(self.target, "SELECT source, count(*) FROM audits GROUP BY 1"))

        def done_at(self):
            return dict(query(self.target, "SELECT entity, max(done_at)::text FROM rehome.chunk GROUP BY 1"))

    return Cards()


@pytest.mark.parametrize("same", [False, True], ids=["stream", "inside"])
def test_every_row_of_the_list_is_an_entity(cards, rehome, same):
    folder = cards(same=same)
    planned = rehome("plan", "--json", cwd=folder).succeeds().json
    assert [entity["name"] for entity in planned["entities"]] == ["audits[Call Audit]", "audits[chat]", "audits[email_audit]"]
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)
    assert query(cards.target, "SELECT DISTINCT source, card FROM audits ORDER BY 2") == list(zip(TABLES, (1, 2, 3)))
    status = rehome("status", "--json", cwd=folder).succeeds().json
    assert {(entity["name"], entity["into"].split(".")[-1], entity["written"]) for entity in status["entities"]} == {
        (f"audits[{name}]", "audits", 200) for name in TABLES
    }
    again = rehome("run", cwd=folder).succeeds()
    assert "Everything was done before" in again.stdout
    rehome("verify", cwd=folder).succeeds()


def test_items_of_a_fresh_table_do_not_wait_for_each_other(cards, rehome):
    planned = rehome("plan", "--json", cwd=cards()).succeeds().json
    assert {entity["way"] for entity in planned["entities"]} == {"stream"}
    copies = [step for step in planned["steps"] if step["kind"] == "copy"]
    assert [step["needs"] for step in copies] == [[f"cut {entity['name']}"] for entity in planned["entities"]]


def test_an_upsert_by_name_takes_one_item_after_the_other(cards, rehome):
    """Two items with the same key: the later one wins, and that is what was asked for."""
    folder = cards(keys="    write: upsert\n    key: [source, id]")
    planned = rehome("plan", "--json", cwd=folder).succeeds().json
    assert [entity["way"] for entity in planned["entities"]] == ["stream", "stage", "stage"]
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)


def test_a_table_that_appears_later_is_the_only_one_that_is_moved(cards, rehome):
    folder = cards()
    rehome("run", cwd=folder).succeeds()
    before = cards.done_at()
    query(cards.source, scorecard(4, "a new one", 50))
    run = rehome("run", "--json", cwd=folder).succeeds()
    assert {event["entity"] for event in run.events if event["event"] == "chunk.done"} == {"audits[a new one]"}
    assert cards.rows() == {**dict.fromkeys(TABLES, 200), "a new one": 50}
    assert {name: at for name, at in cards.done_at().items() if name in before} == before
    verified = query(cards.target, "SELECT entity, state, source_rows FROM rehome.verification ORDER BY 1")
    assert ("audits[a new one]", "passed", 50) in verified and len(verified) == 4
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("done", "done")]


def test_a_table_that_went_away_keeps_its_rows(cards, rehome):
    folder = cards()
    rehome("run", cwd=folder).succeeds()
    query(cards.source, "DELETE FROM scorecards WHERE table_name = 'chat'")
    query(cards.source, "DROP TABLE chat")
    query(cards.source, scorecard(4, "a new one", 50))
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == {**dict.fromkeys(TABLES, 200), "a new one": 50}
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("done", "done")]
    rehome("verify", cwd=folder).succeeds()
    rehome("status", cwd=folder).succeeds()


def test_only_takes_all_items_or_one(cards, rehome):
    folder = cards()
    rehome("run", "--only", "audits[chat]", cwd=folder).succeeds()
    assert cards.rows() == {"chat": 200}
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("stopped", "backfill")]
    rehome("run", "--only", "audits", cwd=folder).succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)
    rehome("run", cwd=folder).succeeds()
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("done", "done")]


@pytest.mark.parametrize("only, meant", [("audit", "audits"), ("audits[chatt]", "audits[chat]"), ("audits[]", None), ("cards[chat]", None)])
def test_only_of_nothing_is_a_mistake(cards, rehome, only, meant):
    ended = rehome("run", "--only", only, cwd=cards()).ends_with(2)
    assert f'--only names no entity: "{only}"' in ended.stderr
    assert not meant or f'Did you mean "{meant}"?' in ended.stderr


@pytest.mark.parametrize(
    "each, said",
    [
        ("SELECT table_name FROM scorecards WHERE id < 0", "migration.yaml:8:15: the query of for_each gives no row"),
        ("SELECT NULL::text AS table_name", 'migration.yaml:8:15: the query of for_each gives a row whose "table_name" is null'),
        ("SELECT title, table_name FROM scorecards, (VALUES (1), (2)) v", "migration.yaml:8:15: the query of for_each gives two rows whose"),
        ("SELECT table_nam FROM scorecards", 'migration.yaml:8:22: column "table_nam" does not exist'),
        ("SELECT table_name AS tablename FROM scorecards", 'migration.yaml:9:11: :"table_name": no such param, and no such column of for_each; did you mean "tablename"?'),
        ("SELECT 'a,b' AS table_name", '"a,b" cannot be the name of an item: no commas'),
        ("SELECT table_name, 1 AS card, 2 AS card FROM scorecards", 'the query of for_each gives column "card" twice'),
        ("SELECT 'nowhere' AS table_name, 1 AS card", 'no table "nowhere" on the source'),
        ("INSERT INTO scorecards VALUES (9, 'x') RETURNING table_name, id AS card", "read-only transaction"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_before_anything_is_written(cards, rehome, each, said):
    ended = rehome("run", cwd=cards(each=each))
    assert ended.status != 0 and said in ended.stderr, ended
    assert ended.stderr.count("migration.yaml:9:11") <= 1
    assert query(cards.target, "SELECT to_regnamespace('rehome') IS NULL") == [(True,)]


def test_an_empty_list_may_be_allowed(cards, rehome):
    query(cards.source, "CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1)")
    query(cards.target, "CREATE TABLE other (id int PRIMARY KEY)")
    folder = cards(each="{ sql: \"SELECT table_name, id AS card FROM scorecards WHERE title = 'new'\", empty: allow }", entities="  other: { from: other }")
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == {}
    assert "has no row" in rehome("run", "--only", "audits", cwd=folder).ends_with(2).stderr
    query(cards.source, "UPDATE scorecards SET title = 'new' WHERE id = 3")
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == {"chat": 200}


def test_variables_may_stand_everywhere(server, rehome, migration, psql):
    """from, into, where, load, key, rejects, scope, and names of tables built from pieces."""
    source = server.database(
        "".join(f"CREATE TABLE sales_{year} (id int PRIMARY KEY, total int, kind text); INSERT INTO sales_{year} SELECT i, i, 'k' || i % 3 FROM generate_series(1, 90) i;" for year in (2022, 2023))
    )
    target = server.database("".join(f"CREATE TABLE year_{year} (no int PRIMARY KEY, total int, year int);" for year in (2022, 2023)))
    folder = migration(
        {
            "migration.yaml": f"""rehome: 1
name: years
source: {source}
target: {target}
params: {{ kinds: {{ type: 'text[]', default: [k1, k2] }} }}
entities:
  sales:
    for_each: sql/years.sql
    into: year_:year
    from: sales_:year
    where: kind = ANY (:'kinds') AND id > :year - 2022
    transform: SELECT id AS :"number", total FROM sales_:year
    load: SELECT no, total, :year AS year FROM staged
    key: [ ':"number"' ]
    rejects: {{ too_much: "total > :most" }}
    scope: year = :'year'
""",
            "sql/years.sql": "-- one for each year\nSELECT right(relname, 4) AS year, 'no' AS number, 80 AS most FROM pg_class WHERE relname ~ '^sales_[0-9]+$'\n",
        }
    )
    rehome("run", cwd=folder).succeeds()
    assert [psql(target, f"SELECT count(*), min(no), max(no), min(year), max(year) FROM year_{year}")[0] for year in (2022, 2023)] == [(54, 1, 80, 2022, 2022), (53, 2, 80, 2023, 2023)]
    assert psql(target, "SELECT entity, count(*) FROM rehome.reject GROUP BY 1 ORDER BY 1") == [("sales[2022]", 6), ("sales[2023]", 6)]


def test_a_run_that_is_killed_between_items_goes_on(cards, rehome):
    folder = cards()
    killed = rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill:2"})
    assert killed.status == -signal.SIGKILL
    moved = cards.done_at()
    assert len(moved) >= 1
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)
    assert {name: at for name, at in cards.done_at().items() if moved.get(name)} == {name: at for name, at in moved.items() if at}
    rehome("verify", cwd=folder).succeeds()


def test_of_items_with_the_same_keys_the_rows_of_the_later_ones_are_rejects(cards, rehome, migration):
    """Nobody said that the one may overwrite the other."""
    folder = cards()
    migration({"sql/audits.sql": AUDITS.replace(":'table_name' AS", "'one' AS")}, folder=folder)
    rehome("run", cwd=folder).ends_with(3)
    assert query(cards.target, "SELECT reason, count(*)::int, count(DISTINCT entity)::int FROM rehome.reject GROUP BY 1") == [("unique:audits_pkey", 400, 2)]


def test_a_mended_transform_begins_all_items_anew(cards, rehome, migration):
    """They share one transform, so what was wrong with one was wrong with all that were moved before."""
    folder = cards()
    query(cards.source, "UPDATE chat SET answer = NULL WHERE id = 7")
    query(cards.target, "ALTER TABLE audits ALTER answer SET NOT NULL")
    rehome("run", "--jobs", "1", cwd=folder).ends_with(3)
    assert sum(cards.rows().values()) == 599
    migration({"sql/audits.sql": AUDITS.replace("a.answer", "coalesce(a.answer, 'none') AS answer")}, folder=folder)
    ended = rehome("run", cwd=folder).succeeds()
    assert 'entity "audits[email_audit]" was changed' in ended.stderr
    assert cards.rows() == dict.fromkeys(TABLES, 200)
    assert query(cards.target, "SELECT count(*) FROM audits WHERE answer = 'none'") == [(1,)]
    rehome("verify", cwd=folder).succeeds()


def test_items_that_share_keys_are_told_apart_after_that(cards, rehome, migration):
    folder = cards()
    migration({"sql/audits.sql": AUDITS.replace(":'table_name' AS", "'one' AS")}, folder=folder)
    rehome("run", cwd=folder).ends_with(3)
    migration({"sql/audits.sql": AUDITS}, folder=folder)
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)


def test_an_item_that_went_away_before_it_was_moved_is_forgotten(cards, rehome):
    folder = cards()
    killed = rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill"})
    assert killed.status == -signal.SIGKILL
    moved = next(name for name, at in cards.done_at().items() if at)
    gone = next(name for name in TABLES if f"audits[{name}]" != moved)
    query(cards.source, f"DELETE FROM scorecards WHERE table_name = '{gone}'")
    query(cards.source, f'DROP TABLE "{gone}"')
    rehome("run", cwd=folder).succeeds()
    assert set(cards.rows()) == set(TABLES) - {gone}
    assert query(cards.target, "SELECT count(*) FROM rehome.entity") == [(2,)]
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("done", "done")]


def test_an_item_that_went_away_half_moved_is_not_forgotten(cards, rehome):
    query(cards.source, "INSERT INTO chat SELECT i, 'chat ' || i, 0 FROM generate_series(201, 400000) i; ANALYZE chat")
    folder = cards(each="SELECT table_name, id AS card FROM scorecards WHERE id = 3 OR id = 1 ORDER BY id DESC")
    rehome("run", "--jobs", "1", "--only", "audits[chat]", cwd=folder, env={"REHOME_FAULT": "engine.chunk.committed:kill"})
    assert query(cards.target, "SELECT count(*) FILTER (WHERE state = 'done') > 0, count(*) > 1 FROM rehome.chunk") == [(True, True)]
    query(cards.source, "UPDATE scorecards SET id = 30 WHERE id = 3")
    ended = rehome("run", cwd=folder).ends_with(1)
    assert "copy audits[chat]" in ended.stderr and "list of a for_each" in ended.stderr
    query(cards.source, "UPDATE scorecards SET id = 3 WHERE id = 30")
    rehome("run", cwd=folder).succeeds()
    assert query(cards.target, "SELECT state, phase FROM rehome.migration") == [("done", "done")]


def test_two_processes_with_different_lists_end_well(cards, rehome):
    """A table appears while a run is under way. A process that joins it reads what the first one reads, which has no rows of that table."""
    folder = cards()
    first = rehome.start("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "engine.chunk.before_commit:stall:2"})
    first.wait_for("fault")
    query(cards.source, scorecard(4, "a new one", 50))
    second = rehome.start("run", "--jobs", "1", cwd=folder)
    time.sleep(3)
    first.kill()
    second.wait().succeeds()
    assert cards.rows() == dict.fromkeys(TABLES, 200)
    rehome("run", cwd=folder).succeeds()
    assert cards.rows() == {**dict.fromkeys(TABLES, 200), "a new one": 50}


def test_items_of_a_dump(cards, rehome, tmp_path):
    dump, home = tmp_path / "old.dump", temporary_folder("rehome-scratch-")
    subprocess.run([binary_folder() / "pg_dump", "-Fc", "-f", dump, cards.source], check=True)
    folder = cards()
    home.chmod(0o755)
    try:
        rehome("run", "--source", f"dump:{dump}", cwd=folder, env={"REHOME_SCRATCH": home}).succeeds()
    finally:
        rehome("scratch", "stop", "--all", env={"REHOME_SCRATCH": home})
        home.rmdir()
    assert cards.rows() == dict.fromkeys(TABLES, 200)
