"""The sweep sees what it is there to see: a row that is lost, one that came twice, books that are wrong, an index that stayed away."""

import os
import pathlib
import sys
import threading

import psycopg
import pytest
from conftest import ROOT
from support import crm
from support.program import Program
from support.server import query

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "sweep"))
import faults  # noqa: E402
import judge  # noqa: E402
import scenes  # noqa: E402
from wire import Harm, Wire  # noqa: E402

SCENE = scenes.Scene("crm", "stream", False, None)


@pytest.fixture(scope="module")
def migrated(servers, tmp_path_factory):
    """A server with a database `whole`, to which a migration has come, and what is to be seen in it."""
    server, folder = servers(), tmp_path_factory.mktemp("crm")
    target = server.database(name="whole")
    for name, content in crm.files(server.database(crm.old(leads=400, conversions=700)), target).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    Program(os.environ.get("REHOME_BINARY", ROOT / "build-test" / "rehome"), folder)("run", cwd=folder).succeeds()
    return server, judge.look(target, SCENE)


@pytest.mark.parametrize(
    "statement, kind",
    [
        ("SELECT 1", None),
        ("DELETE FROM crm.conversions WHERE id = (SELECT max(id) FROM crm.conversions)", "loss"),
        ("INSERT INTO crm.conversions (lead_id, name, at) SELECT lead_id, name, at FROM crm.conversions LIMIT 1", "duplicate"),
        ("UPDATE crm.leads SET tags = '{}' WHERE id = 7", "other rows"),
        ("DROP INDEX crm.leads_tags", "structure"),
        ("ALTER TABLE crm.leads DROP CONSTRAINT leads_referrer", "structure"),
        ("ALTER TABLE crm.leads DISABLE TRIGGER ALL", "structure"),
        ("SELECT setval(pg_get_serial_sequence('crm.conversions', 'id'), 1)", "structure"),
        ("DELETE FROM rehome.reject WHERE id = (SELECT min(id) FROM rehome.reject)", "unbalanced"),
        ("UPDATE rehome.chunk SET read = read + 1, written = written + 1 WHERE entity = 'leads'", "unbalanced"),
        ("UPDATE rehome.chunk SET state = 'pending' WHERE entity = 'leads'", "unfinished"),
    ],
)
def test_what_is_wrong_is_seen(migrated, statement, kind):
    server, expected = migrated
    url = crm.copy_database(server, "whole")
    query(url, statement)
    kinds = [found for found, _ in judge.differences(expected, judge.look(url, SCENE))]
    assert kind in kinds if kind else kinds == []


def test_fault_points_are_found_in_the_source():
    assert faults.POINTS["engine.chunk.committed"] == "FAULT"
    assert not faults.possible("point: connection lost", "engine.chunk.committed")


@pytest.mark.parametrize("other_server", [{"port": True}], indirect=True)
@pytest.mark.parametrize("on, there", [("commit", 0), ("commit sent", None), ("commit answered", 1)])
def test_a_connection_is_lost_around_a_commit(other_server, on, there):
    """`there`: how many rows; None: that is for the server to say."""
    url = other_server.database("CREATE TABLE t (id int)", name="shop")
    wire = Wire(other_server.port)
    wire.plan(Harm("reset", on, after=2))
    through = f"postgresql://postgres@127.0.0.1:{wire.port}/shop"
    with psycopg.connect(through) as connection:
        connection.execute("CREATE TABLE other ()")
        connection.commit()
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    assert wire.happened.wait(5)
    rows = query(url, "SELECT count(*) FROM t, (SELECT pg_sleep(0.1)) s")[0][0]
    assert there is None or rows == there
    with psycopg.connect(through) as connection:  # it happens once
        assert connection.execute("SELECT 1").fetchone() == (1,)
    wire.close()


@pytest.mark.parametrize("other_server", [{"port": True}], indirect=True)
def test_a_stalled_connection_stays_until_it_is_mended(other_server):
    other_server.database(name="shop")
    wire = Wire(other_server.port)
    wire.plan(Harm("stall", "down", after=1000))
    outcome = []

    def ask():
        try:
            with psycopg.connect(f"postgresql://postgres@127.0.0.1:{wire.port}/shop") as connection:
                outcome.append(connection.execute("SELECT repeat('x', 5000)").fetchone())
        except psycopg.OperationalError as error:
            outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert wire.happened.wait(5)
    thread.join(0.3)
    assert thread.is_alive() and not outcome
    wire.mend()
    thread.join(5)
    assert isinstance(outcome[0], psycopg.OperationalError)
    wire.close()
