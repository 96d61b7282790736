"""What is measured: each case does the same job twice, once by rehome and once by its rival."""

import dataclasses
import datetime
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

import process
from support.server import query

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
CRM = BENCH / "crm"
REHOME = pathlib.Path(os.environ.get("REHOME_BINARY", ROOT / "build" / "rehome")).resolve()
JOBS = 2
MOST_MEMORY_MB = 64
WORTH_A_THIRD = 1_000_000  # rows
MOST_VERIFICATION = 0.5  # of the time that copying takes

# What a run has to leave behind, whoever did it: rows, their values, indexes and keys.
OUTCOME = """
SELECT json_build_array(
    (SELECT json_object_agg(c.relname, (xpath('/table/row/*/text()', query_to_xml(format(
         'SELECT concat(count(*), '' '', sum(hashtextextended((t.*)::text, 0))) FROM %s AS t', c.oid::regclass), true, false, '')))[1]::text
         ORDER BY c.relname)
     FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = '{schema}'::regnamespace),
    (SELECT json_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid::regclass::text)
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE i.indisvalid AND c.relnamespace = '{schema}'::regnamespace),
    (SELECT json_agg(pg_get_constraintdef(k.oid) ORDER BY k.conrelid::regclass::text, pg_get_constraintdef(k.oid))
     FROM pg_constraint k WHERE k.convalidated AND k.contype IN ('p', 'f') AND k.connamespace = '{schema}'::regnamespace))
"""


def tell(text):
    print(text, file=sys.stderr, flush=True)


def figure(case, rehome, rival, bar, unit="s", **more):
    ratio = rehome / rival if rival else None
    return {"case": case, "rehome": round(rehome, 3), "rival": rival and round(rival, 3), "unit": unit,
            "ratio": ratio and round(ratio, 3), "bar": bar, "met": (ratio or rehome) <= bar, **more}


def psql(url, *arguments):
    process.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments)


@dataclasses.dataclass
class Times:
    """Of one run of rehome."""

    whole: float
    work: float  # everything but verification
    copy: float  # from the first chunk to the last
    verification: float
    peak_mb: float
    processor: float  # seconds of rehome and the servers


def moment(event):
    return datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00"))


def processor_of(servers):
    return sum(process.processor_of_server(server) for server in servers)


def wait_for_sessions(servers, timeout=10):
    """A server counts the time of a session when it is gone."""
    deadline = time.monotonic() + timeout
    for server in servers:
        while query(server.url("postgres"), "SELECT FROM pg_stat_activity WHERE application_name LIKE 'rehome%'") and time.monotonic() < deadline:
            time.sleep(0.05)


def run_rehome(folder, source, target, servers, ends_with=(0,)):
    before = processor_of(servers)
    ended = process.run(
        REHOME, "run", "--json", "--jobs", JOBS, "-C", folder, "--source", source, "--target", target, ends_with=ends_with
    )
    wait_for_sessions(servers)
    processor = ended.processor + processor_of(servers) - before
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    chunks = [moment(event) for event in events if event["event"].startswith("chunk.")]
    steps = [moment(event) for event in events if event["event"].startswith("step.")]
    verification = (moment(events[-1]) - max(steps)).total_seconds()
    return Times(
        ended.seconds, ended.seconds - verification, (max(chunks) - min(chunks)).total_seconds(), verification, ended.peak_mb, processor
    )


def old_tables(server, name, rows):
    if name not in server.databases:
        tell(f"filling the old tables: {rows:,} rows")
        psql(server.database(name=name), "-v", f"rows={rows}", "-f", CRM / "legacy.sql")
    return server.url(name)


class Case:
    """The same job by rehome and by its rival. `rehome()` gives Times, `rival()` seconds; `outcome()` tells what the last of
    them left behind."""

    schema = "public"

    def __init__(self, source_server, target_server, rows, database="old"):
        self.source_server, self.target_server, self.rows = source_server, target_server, rows
        self.servers = {source_server, target_server}
        self.source = old_tables(source_server, database, rows)
        self.target = None

    def fresh_target(self):
        self.target_server.drop_databases()
        self.target = self.target_server.database()

    def outcome(self):
        return query(self.target, OUTCOME.format(schema=self.schema))

    @staticmethod
    def is_possible():
        return True

    def settle(self):
        for server in self.servers:
            query(server.url("postgres"), "CHECKPOINT")

    def measure(self, rounds):
        """A B A B …, so that whatever else the machine does meets both."""
        ours, theirs = [], []
        for number in range(1, rounds + 1):
            ours.append(self.rehome())
            left = self.outcome()
            theirs.append(self.rival())
            if self.outcome() != left:
                raise process.Failed(f"{self.name}: the two did not do the same job\n{left}\n{self.outcome()}")
            tell(f"{self.name} {number}/{rounds}: rehome {ours[-1].work:.2f} s (copy {ours[-1].copy:.2f} s), verification "
                 f"{ours[-1].verification:.2f} s, {ours[-1].peak_mb:.0f} MB; {self.against} {theirs[-1]:.2f} s")
        return ours, theirs

    def figures(self, rounds):
        ours, theirs = self.measure(rounds)

        def median(name):
            return statistics.median(getattr(times, name) for times in ours)

        yield figure(self.name, median("work"), statistics.median(theirs), self.bar, against=self.against,
                     runs={"rehome": [round(times.work, 3) for times in ours], "rival": [round(seconds, 3) for seconds in theirs]})
        yield figure(f"{self.name}, verification", median("verification"), median("copy"), MOST_VERIFICATION, against="copying")
        yield figure(f"{self.name}, memory", max(times.peak_mb for times in ours), None, MOST_MEMORY_MB, unit="MB")
        query(self.source, "DROP SCHEMA IF EXISTS public, rehome CASCADE; CREATE SCHEMA public")


def create_tables(url):
    psql(url, "-f", CRM / "tables.sql")


def create_indexes_and_keys(url):
    for name in ("indexes.sql", "constraints.sql", "finish.sql"):
        for line in (CRM / name).read_text(encoding="utf-8").splitlines():
            query(url, line)


class Stream(Case):
    name, bar = "stream", 1.0
    against = "two streams of psql COPY"

    def rehome(self):
        self.fresh_target()
        create_tables(self.target)
        create_indexes_and_keys(self.target)
        self.settle()
        return run_rehome(CRM, self.source, self.target, self.servers)

    def rival(self):
        self.fresh_target()
        create_tables(self.target)
        self.settle()
        return process.run(CRM / "rival-stream", self.source, self.target).seconds

    def figures(self, rounds):
        yield from super().figures(rounds)
        if self.rows >= WORTH_A_THIRD:
            yield self.memory_at_a_third()

    def memory_at_a_third(self):
        """Memory must not grow with the data."""
        case = Stream(self.source_server, self.target_server, self.rows // 3, "third")
        return figure("stream, memory at a third", case.rehome().peak_mb, None, MOST_MEMORY_MB, unit="MB")


class Inside(Case):
    name, bar = "inside", 1.1
    against = "INSERT … SELECT"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.target = self.source

    def fresh_target(self):
        query(self.source, "DROP SCHEMA IF EXISTS public, rehome CASCADE; CREATE SCHEMA public")

    def rehome(self):
        self.fresh_target()
        create_tables(self.source)
        create_indexes_and_keys(self.source)
        self.settle()
        return run_rehome(CRM, self.source, "same", self.servers)

    def rival(self):
        self.fresh_target()
        create_tables(self.source)
        self.settle()
        return process.run(CRM / "rival-inside", self.source).seconds


class Copy(Case):
    """The same tables on the other side, without a transform."""

    name, bar = "pgcopydb", 0.9
    against = "pgcopydb clone"
    schema = "legacy"

    def rehome(self):
        self.fresh_target()
        self.settle()
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(BENCH / "copy" / "migration.yaml", folder)
            dump = process.run(
                "pg_dump", "--schema-only", "--schema=legacy", "--no-owner", "--no-privileges",
                "-f", pathlib.Path(folder, "schema.sql"), "-d", self.source,
            )
            times = run_rehome(folder, self.source, self.target, self.servers)
        times.work += dump.seconds
        return times

    def rival(self):
        self.fresh_target()
        self.settle()
        with tempfile.TemporaryDirectory() as folder:
            return process.run(
                "pgcopydb", "clone", "--source", self.source, "--target", self.target,
                "--table-jobs", JOBS, "--index-jobs", JOBS, "--dir", pathlib.Path(folder, "work"),
            ).seconds

    @staticmethod
    def is_possible():
        return shutil.which("pgcopydb") is not None


CASES = {case.name: case for case in (Stream, Inside, Copy)}
