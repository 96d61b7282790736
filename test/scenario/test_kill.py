"""Kill it whenever you like: run it again and every row is there, once.

REHOME_SEED chooses the moments of the kills; a failing scenario prints the seed that it had."""

import dataclasses
import json
import os
import pathlib
import random
import re
import signal
import time

import pytest
from conftest import ROOT
from support import crm
from support.server import query

SEED = int(os.environ.get("REHOME_SEED", random.SystemRandom().randrange(10**6)))
WAYS = ["stream", "stage", "inside"]
# Not reached by a migration between live servers (test_scratch sweeps them) without a backup (test_backup), by one whose rows fit (test_withdraw, the
# sweep), or by a run (test_rejects_retry, test_rollback).
ELSEWHERE = re.compile(r"^(scratch|backup|copy\.careful|engine\.withdraw|engine\.redrive|rollback|repair)\.")
# The others are reached by every way. What upserts into tables with rows expands nothing here, and is compared row by row.
REACHED_BY = {"copy.staged": ["stage"]} | {f"pg.copy.{point}": ["stream", "stage"] for point in ("source_ended", "end_sent", "target_ended")} | dict.fromkeys(["engine.script.before_commit", "verify.unit.summed"], ["stream", "inside"]) | dict.fromkeys(["undo.kept", "undo.recorded"], ["stage"])
FAULTS = sorted(
    {
        name
        for path in (ROOT / "src").rglob("*.c")
        for name in re.findall(r'\bFAULT(?:_FAILS|_ON)?\("([^"]+)"', path.read_text(encoding="utf-8"))
        if not ELSEWHERE.match(name)
    }
)


@pytest.fixture(scope="module")
def here(servers):
    """The server of this file, so that its legacy databases are made once."""
    server = servers()
    for name, size in (("big", {}), ("small", {"leads": 1500, "conversions": 2500})):
        server.database(crm.old(**size) + "ANALYZE", name=name)
    server.database(crm.NEW, name="declared")
    return server


@pytest.fixture(scope="module")
def expectations(here):
    return {name: crm.expected(here.url(name)) for name in ("big", "small")}


@pytest.fixture(scope="module")
def declared(here):
    return crm.structure(here.url("declared"))


STALE = """
INSERT INTO crm.organizations SELECT i, 'stale ' || i, now() FROM generate_series(1, 8) i;
INSERT INTO crm.leads SELECT i, 1, NULL, 'stale' || i, NULL, NULL FROM generate_series(1, 90) i;
INSERT INTO crm.conversions SELECT i, 1, 'stale', 0, '{}', now() FROM generate_series(1, 45) i;
"""


@dataclasses.dataclass
class Case:
    """A migration under way, and what must have come of it."""

    folder: pathlib.Path
    target: str
    expected: dict
    declared: list

    def is_whole(self, rehome):
        """Asked of the servers, not of rehome; then of rehome, whose run has verified."""
        assert crm.arrived(self.target) == self.expected
        assert crm.structure(self.target) == self.declared
        beyond = "SELECT nextval(pg_get_serial_sequence('crm.conversions', 'id')) > max(id) FROM crm.conversions"
        assert query(self.target, beyond) == [(True,)]
        # the books are about every row once, also where a kill came between
        per_entity = query(
            self.target,
            """SELECT entity, sum(written + unchanged), sum(filtered), sum(rejected), bool_and(state = 'done'), max(r.rejects)
                 FROM rehome.chunk LEFT JOIN (SELECT entity, count(*) AS rejects FROM rehome.reject GROUP BY 1) r USING (entity)
                GROUP BY entity""",
        )
        for entity, arrived, _, rejected, done, rejects in per_entity:
            assert done and arrived == self.expected[entity][0] and rejected == (rejects or 0), per_entity
        status = rehome("status", "--json", cwd=self.folder).succeeds().json
        assert status["balanced"] and status["state"] == "done", status
        for entity in status["entities"]:
            accounted = sum(entity[count] for count in ("written", "unchanged", "merged", "filtered", "rejected"))
            assert entity["read"] == accounted and entity["state"] == "copied", entity


@pytest.fixture
def case(here, migration, expectations, declared):
    """`case("stage", "small")` makes a migration that goes one of the three ways; between other databases when they are given."""

    def make(way, size="big", source=None, target=None):
        if way == "inside":
            source, to = crm.copy_database(here, size), "same"
            target = source
        else:
            # Rows that are there already make every chunk an upsert from a staging table.
            source, target = source or here.url(size), target or here.database(crm.NEW + STALE if way == "stage" else None)
            to = target
        files = crm.files(source, to, expand=way != "stage", load=way == "stage")
        return Case(migration(files), target, expectations[size], declared)

    return make


@pytest.fixture
def chance(request):
    """The same moments again with REHOME_SEED."""
    print(f"REHOME_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def kill_after(run, seconds):
    """Kills a run unless it ends before; True when it was killed."""
    time.sleep(seconds)
    if run.process.poll() is not None:
        run.wait().succeeds()
        return False
    run.kill()
    run.process.wait()
    return True


@pytest.mark.parametrize("way", WAYS)
def test_ten_kills_at_random_moments_lose_nothing(way, case, rehome, chance):
    one = case(way)
    kills = sum(kill_after(rehome.start("run", "--jobs", 4, cwd=one.folder), chance.uniform(0.05, 0.6)) for _ in range(10))
    rehome("run", cwd=one.folder).succeeds()
    one.is_whole(rehome)
    assert kills > 0, "every run was faster than its kill"


@pytest.mark.parametrize("way", WAYS)
def test_two_processes_share_a_migration_and_one_is_killed(way, case, rehome, chance):
    one = case(way)
    runs = [rehome.start("run", "--jobs", 2, cwd=one.folder)]
    runs[0].wait_for("cut")
    runs.append(rehome.start("run", "--jobs", 2, cwd=one.folder))
    victim = chance.randrange(2)
    kill_after(runs[victim], chance.uniform(0.1, 1.0))
    runs[1 - victim].wait().succeeds()
    one.is_whole(rehome)


def chunks(output, kind):
    """Of the events of `run --json`, which chunks had this one; the last line may be torn."""
    events = (json.loads(line) for line in output.splitlines() if line.endswith("}"))
    return {event["chunk"] for event in events if event["event"] == kind}


@pytest.mark.parametrize("way", WAYS)
def test_after_a_kill_only_the_chunks_in_flight_are_moved_again(way, case, rehome):
    one = case(way)
    jobs = 2
    killed = rehome("run", "--json", "--jobs", jobs, cwd=one.folder, env={"REHOME_FAULT": "engine.chunk.before_commit:kill:3"})
    killed.ends_with(-signal.SIGKILL)
    begun, done = chunks(killed.stdout, "chunk.started"), chunks(killed.stdout, "chunk.done")
    assert begun - done, "nothing was in flight"
    again = chunks(rehome("run", "--json", cwd=one.folder).succeeds().stdout, "chunk.done")
    assert not again & done and len(again & begun) <= jobs
    one.is_whole(rehome)


@pytest.mark.parametrize("way", WAYS)
def test_a_new_process_moves_rows_while_sessions_of_the_old_one_hold_their_chunks(way, case, rehome):
    one = case(way)
    old = rehome.start("run", "--jobs", 2, cwd=one.folder, env={"REHOME_FAULT": "engine.chunk.before_commit:pause:3"})
    old.wait_for("fault: engine.chunk.before_commit: pause")
    new = rehome.start("run", "--json", "--jobs", 2, cwd=one.folder)
    new.wait_for('"chunk.done"')
    old.kill()
    new.wait().succeeds()
    one.is_whole(rehome)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", WAYS)
def test_runs_killed_at_a_fault_point_are_finished_by_the_next(way, fault, case, rehome):
    one = case(way, "small")
    for nth in (1, 3):
        killed = rehome("run", "--jobs", 2, cwd=one.folder, env={"REHOME_FAULT": f"{fault}:kill:{nth}"})
        reached = f"fault: {fault}: kill" in killed.stderr
        assert reached or nth == 3 or way not in REACHED_BY.get(fault, WAYS), f"{fault} was never reached\n{killed}"
        if not reached:
            break
        killed.ends_with(-signal.SIGKILL)
    rehome("run", cwd=one.folder).succeeds()
    one.is_whole(rehome)


def test_a_kill_after_every_single_step_still_comes_to_the_end(case, rehome):
    one = case("stream", "small")
    for _ in range(60):
        ended = rehome("run", "--jobs", 1, cwd=one.folder, env={"REHOME_FAULT": "engine.step.committed:kill"})
        if ended.status == 0:
            break
        ended.ends_with(-signal.SIGKILL)
    ended.succeeds()
    one.is_whole(rehome)


@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_ends_with_130_and_the_next_run_goes_on(way, case, rehome, chance):
    one = case(way)
    run = rehome.start("run", "--jobs", 2, cwd=one.folder)
    run.wait_for("", timeout=5)
    time.sleep(chance.uniform(0.2, 0.8))
    run.interrupt()
    asked = time.monotonic()
    ended = run.wait()
    too_early = ended.status == -signal.SIGINT and not ended.stderr  # before anything was begun: under valgrind
    assert (ended.status in (130, 0) or too_early) and time.monotonic() - asked < 10, ended
    if ended.status == 130:
        assert "run again to go on" in ended.stderr
    rehome("run", cwd=one.folder).succeeds()
    one.is_whole(rehome)


def test_a_second_ctrl_c_ends_at_once(case, rehome):
    one = case("stream", "small")
    run = rehome.start("run", cwd=one.folder, env={"REHOME_FAULT": "copy.moved:stall"})
    run.wait_for("fault: copy.moved: stall")
    run.interrupt()
    time.sleep(0.3)
    run.interrupt()
    asked = time.monotonic()
    run.wait().ends_with(130)
    assert time.monotonic() - asked < 2
    rehome("run", cwd=one.folder).succeeds()
    one.is_whole(rehome)


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_server_that_crashes_in_the_middle_costs_nothing_but_time(side, servers, case, rehome, chance):
    crashing = servers()
    own = crashing.database(crm.old() + "ANALYZE" if side == "source" else None)
    one = case("stream", **{side: own})
    run = rehome.start("run", "--jobs", 2, cwd=one.folder)
    time.sleep(chance.uniform(0.3, 1.0))
    crashing.restart("immediate")
    ended = run.wait()
    assert ended.status in (0, 1), ended
    if ended.status == 1:
        rehome("run", cwd=one.folder).succeeds()
    one.is_whole(rehome)
    crashing.remove()


def test_an_index_on_an_expression_comes_back_with_its_statistics_target(here, migration, rehome):
    target = here.database(crm.NEW + "ALTER INDEX crm.leads_email ALTER COLUMN 1 SET STATISTICS 250")
    rehome("run", cwd=migration(crm.files(here.url("small"), target, expand=False))).succeeds()
    assert query(target, "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'crm.leads_email'::regclass") == [(250,)]
