"""A migration of examples/, on databases of its own.

    def test_it(example):
        one = example("stock-batches")           # legacy/schema.sql and legacy/data.sql are loaded
        one.migrate()                            # plan, run, and run again: nothing is left to do
        one.agrees()                             # verify
        assert one.document("totals") == [{"items": "2000"}]

`example.env` beside migration.yaml says how large it is and which options every command gets. REHOME_EXAMPLE_ROWS is another number
of rows; `full` is what the example calls full."""

import csv
import io
import os
import pathlib
import shlex
import shutil
import subprocess

from support import report
from support.server import binary_folder, connect, query, temporary_folder

EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "examples"
NULL = "\N{EMPTY SET}"
PATIENCE = 3600  # seconds that a command may take at full size
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname), array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND n.nspname <> ALL ('{pg_catalog,information_schema,rehome}') AND n.nspname !~ '^pg_t'
GROUP BY 1 ORDER BY 1
"""


def settings(name):
    """What example.env says, by name; the environment's REHOME_EXAMPLE_ROWS in ROWS."""
    lines = (EXAMPLES / name / "example.env").read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
    wanted = os.environ.get("REHOME_EXAMPLE_ROWS", "")
    return {**found, "ROWS": int(found["FULL_ROWS"] if wanted == "full" else wanted or found["ROWS"])}


def psql(url, *arguments, **variables):
    """psql as a person runs it; what it prints. The first error ends it and fails the test."""
    given = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
    ended = subprocess.run(
        [binary_folder() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *given, "-d", url, *map(str, arguments)],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )
    assert ended.returncode == 0, f"psql {shlex.join(map(str, arguments))}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def contents(url, columns=None, touched=False):
    """{table: (rows, fingerprint)} of all tables but the ledger's, or of those columns {table: [name, …]} alone.

    With `touched` a row that was written again counts as another row, though nothing in it has changed."""
    with connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET DateStyle = ISO; SET extra_float_digits = 1")
        found = {}
        for table, names in (columns or dict(connection.execute(TABLES).fetchall())).items():
            row = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
            place = "t.ctid, t.xmin, " if touched else ""
            found[table] = connection.execute(
                f"SELECT count(*), coalesce(sum(pg_catalog.hashtextextended(ROW({place}{row})::text, 0)), 0) FROM {table} AS t"
            ).fetchone()
        return found


class Example:
    def __init__(self, name, program, server, environment, rows=None, target_server=None):
        self.folder, self.program, self.scratch = EXAMPLES / name, program, None
        self.settings = settings(name)
        self.rows = rows or self.settings["ROWS"]
        self.options = shlex.split(self.settings.get("OPTIONS", ""))
        manifest = (self.folder / "migration.yaml").read_text(encoding="utf-8")
        self.source = server.database()
        self.target = (target_server or server).database() if "${TARGET_URL}" in manifest else self.source
        self.environment = {"SOURCE_URL": self.source, "TARGET_URL": self.target, **environment}
        self.load()
        if "${LEGACY_DUMP}" in manifest:
            self.scratch = temporary_folder("rehome-scratch-")
            self.scratch.chmod(0o755)  # the server's user is not root
            self.environment |= {"LEGACY_DUMP": self.scratch / "legacy.dump", "REHOME_SCRATCH": self.scratch / "servers"}
            self.dump(self.environment["LEGACY_DUMP"])

    # the legacy database

    def load(self):
        psql(self.source, "-f", self.folder / "legacy" / "schema.sql")
        psql(self.source, "-f", self.folder / "legacy" / "data.sql", rows=self.rows)
        query(self.source, "ANALYZE")
        self.columns = dict(query(self.source, TABLES))
        self.legacy = contents(self.source, self.columns)

    def dump(self, file):
        subprocess.run([binary_folder() / "pg_dump", "-Fc", "-Z", "1", "-f", file, "-d", self.source], check=True, timeout=PATIENCE)

    def leave(self):
        """Stops the server that the dump was restored into."""
        if self.scratch:
            self.program("scratch", "stop", "--all", env=self.environment)
            shutil.rmtree(self.scratch, ignore_errors=True)

    def legacy_is_as_it_was(self):
        """Every row and column that the legacy tables had is there as it was; nothing more is there."""
        assert contents(self.source, self.columns) == self.legacy

    # rehome

    def __call__(self, command, *arguments, env=None, **options):
        """`one("plan", "--json")`: rehome in the example's folder, with its options and environment."""
        return self.program(command, *self.options, *arguments, cwd=self.folder, env={**self.environment, **(env or {})},
                            **{"timeout": PATIENCE, **options})

    def start(self, command, *arguments, env=None):
        """The same, without waiting for its end."""
        return self.program.start(command, *self.options, *arguments, cwd=self.folder, env={**self.environment, **(env or {})})

    def migrate(self, *arguments, status=0):
        """plan changes nothing, run ends with `status`, and a second run finds nothing to do. Returns the first run."""
        before = contents(self.target)
        self("plan", *arguments).succeeds()
        assert contents(self.target) == before, "plan has changed something"
        ran = self("run", "--json", *arguments).ends_with(status)
        self.has_nothing_left_to_do(*arguments, status=status)
        return ran

    def has_nothing_left_to_do(self, *arguments, status=0):
        before = contents(self.target, touched=True)
        self("run", "--json", *arguments).ends_with(status)
        assert contents(self.target, touched=True) == before, "a second run has written something"

    def agrees(self, *arguments):
        """verify and all checks pass; returns what verify said."""
        said = self("verify", "--json", *arguments).succeeds().json
        assert said["state"] == "passed", said
        return said

    def books(self, *arguments):
        """{entity: {"read": …, "written": …, …}}, balanced, as status tells them."""
        said = self("status", "--json", *arguments).succeeds().json
        assert said["balanced"], said
        return {one["name"]: one for one in said["entities"]}

    def rejects(self):
        """{(entity, reason): rows}"""
        return {row[:2]: row[2] for row in query(self.target, "SELECT entity, reason, count(*) FROM rehome.reject GROUP BY 1, 2")}

    def is_reported(self, browser, *arguments):
        """The report opens in a browser and says what the ledger says; returns the document."""
        migration = max(row[0] for row in query(self.target, "SELECT id FROM rehome.migration"))
        path = self.program.folder / "report.html"
        self("report", "-o", path, *arguments).succeeds()
        document = self("report", "--json", *arguments).succeeds().json
        if browser:
            report.is_faithful(report.opens(browser, path), document, self.target, migration)
        return document

    # looking at it

    def connect(self):
        """To the target, as an application connects: dates as drivers read them."""
        return connect(self.target, options="-c TimeZone=UTC -c DateStyle=ISO")

    def query(self, statements, *values):
        """Runs statements on the target (several only without values) and returns the rows of the last one."""
        with self.connect() as connection:
            cursor = connection.execute(statements, values or None)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def document(self, name, url=None, **variables):
        """The rows of document/NAME.sql (one SELECT), asked by psql: [{column: text}], None for NULL."""
        file = self.folder / "document" / f"{name}.sql"
        text = psql(url or self.target, "--csv", "-P", f"null={NULL}", "-f", file, **variables)
        return [{column: None if value == NULL else value for column, value in row.items()} for row in csv.DictReader(io.StringIO(text))]
