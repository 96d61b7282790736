"""Connections break, servers restart, processes are paused, COMMITs lose their answer: every row arrives, once.

REHOME_SEED chooses the moments; a failing scenario prints the seed that it had."""

import os
import random
import threading
import time

import psycopg
import pytest
from support import crm, shop
from support.proxy import Proxy
from support.server import query

SEED = int(os.environ.get("REHOME_SEED", random.SystemRandom().randrange(10**6)))
WAYS = ["stream", "stage", "inside"]
STALE = """
INSERT INTO crm.organizations SELECT i, 'stale ' || i, now() FROM generate_series(1, 8) i;
INSERT INTO crm.leads SELECT i, 1, NULL, 'stale' || i, NULL, NULL FROM generate_series(1, 90) i;
"""


@pytest.fixture(scope="module")
def here(servers):
    server = servers()
    for name, size in (("big", {}), ("small", {"leads": 1500, "conversions": 2500})):
        server.database(crm.old(**size) + "ANALYZE", name=name)
    return server


@pytest.fixture
def case(here, migration):
    """`case("stage", "small")`: folder, URL of the target and what must be there in the end, of a migration that goes this way."""

    def make(way, size="big", options=""):
        if way == "inside":
            source, to = crm.copy_database(here, size), "same"
            target = source
        else:
            source, target = here.url(size), here.database(crm.NEW + STALE if way == "stage" else None)
            to = target + options
        files = crm.files(source, to, expand=way != "stage", load=way == "stage")
        return migration(files), target, crm.expected(here.url(size))

    return make


@pytest.fixture
def chance(request):
    print(f"REHOME_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def is_whole(folder, target, expected, rehome):
    assert crm.arrived(target) == expected
    status = rehome("status", "--json", cwd=folder).succeeds().json
    assert status["balanced"] and status["state"] == "done", status
    doubled = "SELECT entity, sum(written + unchanged), bool_and(state = 'done') FROM rehome.chunk GROUP BY 1"
    for entity, arrived, done in query(target, doubled):
        assert done and arrived == expected[entity][0]


# ---- a COMMIT whose answer never came ----


@pytest.mark.parametrize("nth", [2, 5, 9])
@pytest.mark.parametrize("point", ["before", "sent"])
@pytest.mark.parametrize("way", WAYS)
def test_a_commit_that_lost_its_connection_is_known_from_the_ledger(way, point, nth, case, rehome):
    """Shut before it was sent it did not happen, shut after it did: scripts, the plan, steps and chunks, one after the other."""
    folder, target, expected = case(way, "small")
    ended = rehome("run", "--jobs", 1, "--json", cwd=folder, env={"REHOME_FAULT": f"conn.commit.{point}:drop:{nth}"}).succeeds()
    assert f"fault: conn.commit.{point}: drop" in ended.stderr
    is_whole(folder, target, expected, rehome)
    done, started = ([event["chunk"] for event in ended.events if event["event"] == f"chunk.{what}"] for what in ("done", "started"))
    assert len(done) == len(set(done)) == query(target, "SELECT count(*) FROM rehome.chunk")[0][0]
    assert point == "before" or len(started) == len(done), "what was committed unheard is not moved again"


# ---- connections and servers ----


def terminate(server, role, chance):
    """Ends one backend of ours by force, whichever; True when there was one."""
    ours = f"SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'rehome:%:{role}'"
    pids = [pid for pid, in query(server.url("postgres"), ours)]
    return bool(pids) and query(server.url("postgres"), "SELECT pg_terminate_backend(%s)", chance.choice(pids)) == [(True,)]


@pytest.mark.parametrize("way", WAYS)
def test_backends_that_are_terminated_at_random_cost_nothing_but_time(way, case, rehome, here, chance):
    folder, target, expected = case(way)
    run = rehome.start("run", "--jobs", 3, cwd=folder)
    killed = 0
    while run.process.poll() is None and killed < 6:
        time.sleep(chance.uniform(0.05, 0.5))
        killed += terminate(here, "%", chance)
    ended = run.wait()
    if ended.status != 0:  # three in a row may hit one connection attempt
        rehome("run", cwd=folder).succeeds()
    is_whole(folder, target, expected, rehome)
    assert killed > 0


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_is_waited_for(mode, servers, rehome, migration, here):
    own = servers()
    target = own.database()
    folder = migration(crm.files(here.url("big"), target))
    run = rehome.start("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": "engine.chunk.before_commit:pause"})
    run.wait_for("fault: engine.chunk.before_commit: pause")
    own.stop(mode)
    run.resume()
    time.sleep(2)
    own.start()
    assert "trying again" in run.wait().succeeds().stderr
    is_whole(folder, target, crm.expected(here.url("big")), rehome)
    own.remove()


# ---- tries are counted for what fails, not for who tries ----


def test_one_chunk_that_always_fails_is_tried_four_times_and_the_rest_goes_on(server, migration, rehome):
    source = server.database(shop.OLD)
    target = server.database(
        shop.NEW
        + """CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.id = 7 THEN RAISE EXCEPTION 'not now' USING errcode = '40P01'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER never BEFORE INSERT ON writer FOR EACH ROW EXECUTE FUNCTION never();
             ALTER TABLE book DROP CONSTRAINT book_writer_id_fkey"""
    )
    folder = migration(shop.files(source, target))
    ended = rehome("run", "--jobs", 4, "--json", cwd=folder, timeout=100).ends_with(1)
    assert len([event for event in ended.events if event["event"] == "retry"]) == 3, ended
    assert "not now" in ended.stderr and "tried 4 times" in ended.stderr
    assert query(target, "SELECT entity, sqlstate, message LIKE 'chunk %: %not now%', count(*) FROM rehome.event WHERE event = 'retried' GROUP BY 1, 2, 3") == [
        ("writer", "40P01", True, 3)]
    assert query(target, "SELECT count(*) FROM book") == [(400,)], "the other entity went on"
    query(target, "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    rehome("run", cwd=folder).succeeds()


# ---- what a person has to mend ends the run in order ----


def test_a_server_that_became_read_only_ends_the_run_and_the_next_goes_on(servers, rehome, migration, here):
    own = servers()
    target = own.database()
    query(target, crm.NEW)
    folder = migration(crm.files(here.url("big"), target, expand=False))
    query(
        target,
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cannot execute INSERT in a read-only transaction' USING errcode = '25006'; END $$;
           CREATE TRIGGER refuse BEFORE INSERT ON crm.conversions FOR EACH STATEMENT EXECUTE FUNCTION refuse()""",
    )
    ended = rehome("run", "--jobs", 2, cwd=folder).ends_with(1)
    assert "SQLSTATE 25006" in ended.stderr and "target_session_attrs=read-write" in ended.stderr
    assert "run again: it goes on where it stopped" in ended.stderr
    query(target, "DROP TRIGGER refuse ON crm.conversions")
    rehome("run", cwd=folder).succeeds()
    is_whole(folder, target, crm.expected(here.url("big")), rehome)
    own.remove()


# ---- paused past every timeout ----


@pytest.mark.parametrize("way", ["stream", "stage"])
def test_a_process_that_was_paused_finds_its_transaction_gone_and_goes_on(way, case, rehome, chance, here):
    options = "&options=-c%20idle_in_transaction_session_timeout%3D1s"
    folder, target, expected = case(way, options=options)
    paused = rehome.start("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": "engine.chunk.before_commit:pause"})
    paused.wait_for("fault: engine.chunk.before_commit: pause")
    other = rehome.start("run", "--jobs", 2, cwd=folder)
    try:
        time.sleep(3)
        ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'rehome:%%:work' AND pid = ANY (%s)"
        assert query(here.url("postgres"), ours, [0]) == [(0,)]
    finally:
        time.sleep(chance.uniform(0, 1))
        paused.resume()
    other.wait().succeeds()
    paused.wait().succeeds()
    is_whole(folder, target, expected, rehome)


# ---- who waits for whom, and who works ----


@pytest.fixture
def locked(server, migration):
    """A migration of the shop, and somebody who is changing a row that it needs."""
    source = server.database(shop.OLD)
    target = server.database(shop.NEW + "INSERT INTO writer VALUES (1, 'stale')")
    with psycopg.connect(target, application_name="a long report") as holder:
        holder.execute("UPDATE writer SET name = 'their secret' WHERE id = 1")
        keep = {"writer": "indexes: keep", "book": "indexes: keep"}
        yield migration(shop.files(source, target, **keep)), target, holder


def test_who_is_waited_for_is_told_once_and_shown_by_status(locked, rehome):
    folder, target, holder = locked
    run = rehome.start("run", "--jobs", 2, cwd=folder)
    run.wait_for("has waited")
    status = rehome("status", "--json", cwd=folder).succeeds()
    told = rehome("status", cwd=folder).succeeds().stdout
    time.sleep(7)
    said = run.stderr
    holder.rollback()
    ended = run.wait().succeeds()
    pid = f"held by pid {holder.info.backend_pid} (a long report of postgres, idle in transaction for "
    for text in (said, status.stdout, told, query(target, "SELECT message FROM rehome.event WHERE event = 'waiting'")[0][0]):
        assert pid in text and "a lock on a row" in text and "UPDATE writer SET name = … WHERE id = …" in text, text
    assert "their secret" not in said + status.stdout + told and ended.stderr.count("has waited") == 1
    at_work = [worker for worker in status.json["workers"] if worker["entity"] == "writer"]
    assert len(at_work) == 1 and at_work[0]["alive"] and at_work[0]["chunk"] and at_work[0]["pid"] == run.process.pid
    assert rehome("status", "--json", cwd=folder).succeeds().json["workers"] == []


def test_a_killed_process_is_shown_as_gone_until_the_next_run(locked, rehome):
    folder, target, holder = locked
    run = rehome.start("run", "--jobs", 2, cwd=folder)
    run.wait_for("has waited")
    run.kill()
    run.process.wait()
    query(target, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'rehome:%' AND pid <> pg_backend_pid()")
    status = rehome("status", "--json", cwd=folder).succeeds().json
    assert status["workers"] and not any(worker["alive"] or worker["chunk"] for worker in status["workers"])
    assert "gone: what it held is free again" in rehome("status", cwd=folder).succeeds().stdout
    holder.rollback()
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT state FROM rehome.run ORDER BY id") == [("gone",), ("done",)]
    assert rehome("status", "--json", cwd=folder).succeeds().json["workers"] == []


class LossyProxy(Proxy):
    """lose(): what is connected passes nothing any more, and nobody is told; what connects later is fine."""

    def _pump(self, source, sink, counts):
        flows = self._flows
        try:
            while data := source.recv(65536):
                flows.wait()
                sink.sendall(data)
        except OSError:
            pass

    def lose(self):
        self._flows.clear()
        self._flows = threading.Event()
        self._flows.set()


def test_a_connection_whose_end_was_never_told_is_no_wait_without_end(servers, rehome, migration, here):
    far = servers(port=True)
    far.database(name="arrivals")
    wire = LossyProxy(far.port)
    folder = migration(crm.files(here.url("big"), f"postgresql://postgres@127.0.0.1:{wire.port}/arrivals"))
    run = rehome.start("run", "--jobs", 2, cwd=folder, env={"REHOME_FAULT": "engine.chunk.before_commit:pause"})
    run.wait_for("fault: engine.chunk.before_commit: pause")
    wire.lose()
    query(far.url("postgres"), "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'rehome:%'")
    run.resume()
    run.wait(timeout=60).succeeds()
    is_whole(folder, far.url("arrivals"), crm.expected(here.url("big")), rehome)
    wire.close()
    far.remove()
