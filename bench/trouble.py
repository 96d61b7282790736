"""What trouble costs: rows that the target refuses, rejects that are tried again, undo, a process that is killed."""

import contextlib
import hashlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

import process
from cases import BENCH, JOBS, MOST_MEMORY_MB, REHOME, figure, psql, run_rehome, tell
from support.server import query

PEOPLE = BENCH / "people"

MANIFEST = """rehome: 1
name: bench-people
entities:
  firm: { from: legacy.firms }
  person: { from: legacy.people, transform: person.sql, undo: %s }
"""
VISITS = "  visit: { from: legacy.visits }\n"

# A hash of what a table holds, taken by psql and not by rehome.
EVERY_PERSON = "COPY (SELECT * FROM person ORDER BY id) TO STDOUT"


@contextlib.contextmanager
def migration(undo=True, visits=False):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "migration.yaml").write_text(MANIFEST % str(undo).lower() + VISITS * visits, encoding="utf-8")
        (folder / "person.sql").write_bytes((PEOPLE / "person.sql").read_bytes())
        yield folder


def content(url):
    with tempfile.TemporaryFile() as rows:
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", EVERY_PERSON], stdout=rows, check=True)
        rows.seek(0)
        return hashlib.file_digest(rows, "sha256").hexdigest()


def demand(holds, what):
    if not holds:
        raise process.Failed(what)


class Case:
    """`figures(rounds)` measures."""

    def __init__(self, source_server, target_server, rows):
        self.source_server, self.target_server, self.rows = source_server, target_server, rows
        self.servers = {source_server, target_server}
        self.peak_mb = 0

    @staticmethod
    def is_possible():
        return True

    def old(self, bad=0):
        """The old tables with this part of the people bad; they are made once."""
        name = f"people_{round(bad * 1_000_000)}"
        if name not in self.source_server.databases:
            tell(f"filling the old people: {self.rows:,} rows, {bad:.2%} of them bad")
            psql(self.source_server.database(name=name), "-v", f"rows={self.rows}", "-v", f"bad={bad:.6f}", "-f", PEOPLE / "legacy.sql")
        return self.source_server.url(name)

    def new(self, source=None):
        """Empty new tables, beside the old ones where `source` is given."""
        if source:
            query(source, "DROP SCHEMA IF EXISTS public, rehome CASCADE; CREATE SCHEMA public")
            target = source
        else:
            self.target_server.drop_databases()
            target = self.target_server.database()
        psql(target, "-f", PEOPLE / "tables.sql")
        return target

    def own(self, target, hits, others):
        psql(target, "-v", f"rows={self.rows}", "-v", f"hits={hits}", "-v", f"others={others}", "-f", PEOPLE / "own.sql")

    def rehome(self, folder, source, target, ends_with=(0,)):
        for server in self.servers:
            query(server.url("postgres"), "CHECKPOINT")
        times = run_rehome(folder, source, "same" if source == target else target, self.servers, ends_with)
        self.peak_mb = max(self.peak_mb, times.peak_mb)
        return times

    def command(self, folder, source, target, *words):
        ended = process.run(REHOME, *words, "-q", "-C", folder, "--source", source, "--target", "same" if source == target else target)
        self.peak_mb = max(self.peak_mb, ended.peak_mb)
        return ended

    def memory(self):
        return figure(f"{self.name}, memory", self.peak_mb, None, MOST_MEMORY_MB, unit="MB")


def compare(name, these, those, bar, against):
    """Times of the same job in two ways: what they cost without verification, by the clock and by the processors."""

    def median(times, what):
        return statistics.median(getattr(one, what) for one in times)

    return figure(
        name, median(these, "work"), median(those, "work"), bar, against=against,
        whole=round(median(these, "whole") / median(those, "whole"), 3),
        processor=round(median(these, "processor") / median(those, "processor"), 3),
        runs={"rehome": [round(one.work, 3) for one in these], "rival": [round(one.work, 3) for one in those]},
    )


# ---- rows that the target refuses ----


class Poison(Case):
    """Runs over people some of whom are bad, against a run without."""

    bars = {0.0001: 1.3, 0.001: 2.0, 0.01: 3.0}
    has_own_rows = is_inside = False

    def once(self, bad):
        source = self.old(bad)
        target = self.new(source if self.is_inside else None)
        if self.has_own_rows:
            self.own(target, self.rows // 10, 0)
        with migration() as folder:
            times = self.rehome(folder, source, target, (0, 3))
        self.check(source, target)
        return times

    def check(self, source, target):
        """The generator knows who is bad, and why; everybody else has arrived."""
        wanted = query(source, "SELECT id, reason FROM legacy.faults ORDER BY id")
        got = query(target, "SELECT (source_key ->> 'id')::bigint, reason FROM rehome.reject WHERE entity = 'person' ORDER BY 1")
        demand(got == wanted, f"{self.name}: the rejects are not those of the bad rows: {sorted(set(got) ^ set(wanted))[:10]} …")
        arrived = query(target, "SELECT count(*) FROM person WHERE email LIKE 'person%'")[0][0]
        demand(arrived == self.rows - len(wanted), f"{self.name}: {arrived} people have arrived, not {self.rows - len(wanted)}")

    def figures(self, rounds):
        times = {bad: [] for bad in (0, *self.bars)}
        for number in range(1, rounds + 1):
            for bad, runs in times.items():
                runs.append(self.once(bad))
                tell(f"{self.name} {number}/{rounds}, {bad:.2%} bad: {runs[-1].work:.2f} s, verification {runs[-1].verification:.2f} s, "
                     f"processors {runs[-1].processor:.2f} s, {runs[-1].peak_mb:.0f} MB")
        for bad, bar in self.bars.items():
            yield compare(f"{self.name} {bad:.2%}", times[bad], times[0], bar, "no bad rows")
        yield self.memory()


class PoisonStream(Poison):
    name = "poison-stream"


class PoisonUpsert(Poison):
    """A tenth of the people is there already, so rows are staged, and all keys stay."""

    name, has_own_rows = "poison-upsert", True


class PoisonInside(Poison):
    name, is_inside = "poison-inside", True


# ---- rejects that are tried again ----


class Retry(Case):
    """A hundredth of the people is refused, and their visits with them; the transform is mended; all of them come in."""

    name, bar = "retry", 0.5

    def once(self):
        source, target = self.old(0.01), self.new()
        with migration(visits=True) as folder:
            run = self.rehome(folder, source, target, (0, 3))
            refused = query(target, "SELECT count(*), count(parked) FROM rehome.reject")[0]
            (folder / "person.sql").write_bytes((PEOPLE / "mended.sql").read_bytes())
            retry = self.command(folder, source, target, "rejects", "retry")
            demand(query(target, "SELECT count(*) FROM rehome.reject") == [(0,)], "retry: rejects are left")
            counts = "SELECT count(*) FROM {}"
            for old, new in (("legacy.people", "person"), ("legacy.visits", "visit")):
                demand(query(source, counts.format(old)) == query(target, counts.format(new)), f"retry: not all of {old} arrived")
            self.command(folder, source, target, "verify")
        tell(f"retry: {refused[0]} rejects, {refused[1]} of them parked: {retry.seconds:.2f} s after a run of {run.work:.2f} s")
        return run, retry

    def figures(self, rounds):
        pairs = [self.once() for _ in range(rounds)]
        yield figure(self.name, statistics.median(retry.seconds for _, retry in pairs), statistics.median(run.work for run, _ in pairs),
                     self.bar, against="the run")
        yield self.memory()


# ---- undo ----


class Undo(Case):
    """An upsert into a table with rows of its own, with and without the recording of what undo needs; and the way back."""

    name = "undo"
    # which part of the old rows changes one that is there: how many rows the table has, as parts of the old ones, and the bar
    shares = {"100%": (1.0, 0.0, 1.5), "50%": (0.5, 0.0, 1.5), "10%": (0.1, 0.4, 1.5), "0%": (0.0, 0.5, 1.5), "empty": (0.0, 0.0, 1.05)}

    def once(self, hits, others, undo, back=False):
        source, target = self.old(), self.new()
        if hits + others > 0:
            self.own(target, int(self.rows * hits), int(self.rows * others))
        before = content(target) if back else None
        seconds = None
        with migration(undo=undo) as folder:
            times = self.rehome(folder, source, target)
            if back:
                seconds = self.command(folder, source, target, "rollback", "--yes").seconds
                demand(content(target) == before, "undo: after the rollback the table is not what it was")
        return times, seconds

    def figures(self, rounds):
        for share, (hits, others, bar) in self.shares.items():
            recorded, plain, rollbacks = [], [], []
            for number in range(1, rounds + 1):
                times, seconds = self.once(hits, others, True, back=True)
                recorded.append(times)
                rollbacks.append(seconds)
                plain.append(self.once(hits, others, False)[0])
                tell(f"undo {number}/{rounds}, {share} updates: {times.work:.2f} s, processors {times.processor:.2f} s; without undo "
                     f"{plain[-1].work:.2f} s, {plain[-1].processor:.2f} s; rollback {seconds:.2f} s")
            yield compare(f"undo {share}", recorded, plain, bar, "undo: false")
            yield figure(f"undo {share}, rollback", statistics.median(rollbacks), statistics.median(one.work for one in recorded), 1.5, against="the run")
        yield self.memory()


# ---- a process that is killed ----


class Process:
    """A run whose events are read while it goes on."""

    def __init__(self, folder, source, target):
        self.started = time.monotonic()
        command = [REHOME, "run", "--json", "--jobs", JOBS, "-C", folder, "--source", source, "--target", target]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.begun, self.done = set(), set()

    def read_until(self, chunks):
        """Until so many chunks are done, or all of it is."""
        while len(self.done) < chunks and (line := self.process.stdout.readline()):
            event = json.loads(line)
            if event["event"] == "chunk.started":
                self.begun.add(event["chunk"])
            elif event["event"] == "chunk.done":
                self.done.add(event["chunk"])
        return len(self.done) >= chunks

    def end(self):
        """Its exit status."""
        self.read_until(float("inf"))
        return self.process.wait()

    def kill(self, number):
        os.kill(self.process.pid, number)


class Recovery(Case):
    """kill -9 in mid-copy, and a new process; or the old one only stops, so that its sessions hold what they hold."""

    name, bar = "recovery", 5.0

    def once(self, deadly):
        source, target = self.old(), self.new()
        query(self.target_server.url("postgres"), "CHECKPOINT")
        with migration() as folder:
            first = Process(folder, source, target)
            try:
                if not first.read_until(4):
                    return None
                first.kill(signal.SIGKILL if deadly else signal.SIGSTOP)
                second = Process(folder, source, target)
                second.read_until(1)
                seconds = time.monotonic() - second.started
            finally:
                first.kill(signal.SIGKILL)
                first.end()
            demand(second.end() == 0, "recovery: the second process did not come to its end")
        demand(not first.done & second.done, "recovery: a chunk was moved twice")
        people = query(target, "SELECT count(*) FROM person")[0][0]
        demand(people == self.rows, f"recovery: {people} people have arrived, not {self.rows}")
        again = len(first.begun & second.done)
        tell(f"recovery after {'kill -9' if deadly else 'SIGSTOP'}: {seconds:.2f} s to the first chunk, {again} chunks begun again")
        return seconds, again

    def figures(self, rounds):
        for name, deadly in (("recovery", True), ("recovery, sessions left", False)):
            runs = [self.once(deadly) for _ in range(rounds)]
            if None in runs:
                tell("recovery is left out: with so few rows nothing can be interrupted")
                return
            yield figure(name, statistics.median(seconds for seconds, _ in runs), None, self.bar, unit="s")
            yield figure(f"{name}, moved again", max(again for _, again in runs), None, JOBS, unit="chunks")


CASES = {case.name: case for case in (PoisonStream, PoisonUpsert, PoisonInside, Retry, Undo, Recovery)}
