"""What is measured: each case does the same job twice, once by rehome and once by its rival."""

import dataclasses
import datetime
import json
import os
import pathlib
import shutil
import tempfile

import process
from support.server import query

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
CRM = BENCH / "crm"
REHOME = pathlib.Path(os.environ.get("REHOME_BINARY", ROOT / "build" / "rehome")).resolve()
JOBS = 2

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


def psql(url, *arguments):
    process.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments)


@dataclasses.dataclass
class Times:
    """Of one run of rehome."""

    work: float  # everything but verification
    copy: float  # from the first chunk to the last
    verification: float
    peak_mb: float


def moment(event):
    return datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00"))


def run_rehome(folder, source, target):
    ended = process.run(REHOME, "run", "--json", "--jobs", JOBS, "-C", folder, "--source", source, "--target", target)
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    chunks = [moment(event) for event in events if event["event"].startswith("chunk.")]
    steps = [moment(event) for event in events if event["event"].startswith("step.")]
    verification = (moment(events[-1]) - max(steps)).total_seconds()
    return Times(ended.seconds - verification, (max(chunks) - min(chunks)).total_seconds(), verification, ended.peak_mb)


class Case:
    """`rehome()` gives Times, `rival()` seconds; `outcome()` tells what the last of them left behind."""

    schema = "public"

    def __init__(self, source_server, target_server, source):
        self.source_server, self.target_server, self.source = source_server, target_server, source
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
        for server in {self.source_server, self.target_server}:
            query(server.url("postgres"), "CHECKPOINT")


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
        return run_rehome(CRM, self.source, self.target)

    def rival(self):
        self.fresh_target()
        create_tables(self.target)
        self.settle()
        return process.run(CRM / "rival-stream", self.source, self.target).seconds


class Inside(Case):
    name, bar = "inside", 1.1
    against = "INSERT … SELECT"

    def __init__(self, source_server, target_server, source):
        super().__init__(source_server, target_server, source)
        self.target = source

    def fresh_target(self):
        query(self.source, "DROP SCHEMA IF EXISTS public, rehome CASCADE; CREATE SCHEMA public")

    def rehome(self):
        self.fresh_target()
        create_tables(self.source)
        create_indexes_and_keys(self.source)
        self.settle()
        return run_rehome(CRM, self.source, "same")

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
            times = run_rehome(folder, self.source, self.target)
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
