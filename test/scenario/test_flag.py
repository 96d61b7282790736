"""Feature flags: a run adds them and leaves them alone, people set them, and every application may ask."""

import json

import pytest

from support.server import query


@pytest.fixture
def flagged(server, migration):
    """`flagged(A=True)`: a migration's folder with these flags, and its target."""
    source, target = (server.database("CREATE TABLE t (id int PRIMARY KEY)") for _ in range(2))

    def make(**flags):
        made = {"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"t": {"from": "t"}}, "flags": flags}
        return migration({"migration.yaml": json.dumps(made)}), target

    return make


def values(target):
    return query(target, "SELECT name, value, migration FROM rehome.flag ORDER BY name")


def test_a_run_adds_flags_and_never_changes_one(flagged, rehome):
    folder, target = flagged(NEW=False, OLD=True)
    rehome("run", cwd=folder).succeeds()
    assert values(target) == [("NEW", False, "m"), ("OLD", True, "m")]
    rehome("flag", "NEW", "on", cwd=folder).succeeds()
    folder, _ = flagged(NEW=False, OLD=False, LATE=True)
    rehome("run", cwd=folder).succeeds()
    assert values(target) == [("LATE", True, "m"), ("NEW", True, "m"), ("OLD", True, "m")]


def test_flags_are_listed_shown_and_set(flagged, rehome):
    folder, target = flagged(NEW=False, OLD=True)
    rehome("run", cwd=folder).succeeds()
    listed = rehome("flag", cwd=folder).succeeds().stdout
    assert [line.split()[:3] for line in listed.splitlines()[2:]] == [["NEW", "off", "m"], ["OLD", "on", "m"]]
    for word, shown in (("on", "on"), ("false", "off"), ("1", "on"), ("0", "off"), ("TRUE", "on")):
        said = rehome("flag", "NEW", word, cwd=folder).succeeds()
        assert f"NEW is {shown} now." in said.stderr and said.stdout == ""
        assert rehome("flag", "NEW", cwd=folder).succeeds().stdout == f"{shown}\n"
    assert "NEW was on already." in rehome("flag", "NEW", "yes", cwd=folder).succeeds().stderr
    assert query(target, "SELECT event, message FROM rehome.event ORDER BY id")[:2] == [("flag.changed", "NEW on"), ("flag.changed", "NEW off")]


def test_flags_are_told_as_json(flagged, rehome):
    folder, _ = flagged(NEW=False)
    rehome("run", cwd=folder).succeeds()
    one = rehome("flag", "NEW", "on", "--json", cwd=folder).succeeds().json
    assert (one["name"], one["value"], one["migration"], one["changed_by"]) == ("NEW", True, "m", "postgres")
    assert one["changed_at"].endswith("Z")
    assert rehome("flag", "--json", cwd=folder).succeeds().json == {"flags": [one]}
    assert rehome("flag", "NEW", "--json", cwd=folder).succeeds().json == one


def test_any_role_may_ask_and_none_may_read_the_ledger(flagged, rehome, server):
    folder, target = flagged(NEW=True)
    rehome("run", cwd=folder).succeeds()
    query(target, "CREATE ROLE app")
    ask = "SET ROLE app; CREATE TEMP TABLE flag (name text, value boolean); SET search_path = pg_temp; SELECT {}"
    readable = """SELECT relname FROM pg_class WHERE relnamespace = 'rehome'::regnamespace AND relkind IN ('r', 'v', 'S')
                     AND has_table_privilege('app', oid, 'SELECT, INSERT, UPDATE, DELETE')"""
    assert query(target, readable) == []
    assert query(target, ask.format("rehome.flag('NEW'), rehome.flag('NONE')")) == [(True, None)]
    with pytest.raises(Exception, match="permission denied"):
        query(target, "SET ROLE app; SELECT * FROM rehome.flag")
    query(target, "DROP OWNED BY app; DROP ROLE app")


def test_mistakes_are_told(flagged, rehome):
    folder, _ = flagged(NEW=False)
    before = rehome("flag", cwd=folder).succeeds()
    assert "There is no flag" in before.stderr
    assert "rehome run adds it" in rehome("flag", "NEW", "on", cwd=folder).ends_with(1).stderr
    rehome("run", cwd=folder).succeeds()
    wrong = rehome("flag", "NEWW", cwd=folder).ends_with(2).stderr
    assert 'there is no flag "NEWW"' in wrong and 'Did you mean "NEW"?' in wrong
    assert 'on or off, not "maybe"' in rehome("flag", "NEW", "maybe", cwd=folder).ends_with(2).stderr
    assert "one too many" in rehome("flag", "NEW", "on", "off", cwd=folder).ends_with(2).stderr


def test_an_older_ledger_has_no_flags_until_the_next_run(flagged, rehome):
    folder, target = flagged(NEW=True)
    rehome("run", cwd=folder).succeeds()
    query(target, "DROP TABLE rehome.flag; DROP FUNCTION rehome.flag(text)")
    assert "There is no flag" in rehome("flag", cwd=folder).succeeds().stderr


def test_sql_of_the_migration_may_ask(server, rehome, migration):
    source = server.database("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
    target = server.database("CREATE TABLE t (id int PRIMARY KEY, new boolean)")
    made = {
        "rehome": 1, "name": "m", "source": source, "target": target, "flags": {"NEW": True},
        "entities": {"t": {"from": "t", "transform": "SELECT id FROM t"}},
        "checks": {"target": [{"name": "flag", "sql": "SELECT rehome.flag('NEW')", "expect": "t"}]},
    }
    rehome("run", cwd=migration({"migration.yaml": json.dumps(made)})).succeeds()
