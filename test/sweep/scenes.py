"""What is migrated while things break: small migrations by hand, over the three ways of moving, what comes after them, and four of the examples."""

import dataclasses
import shutil

from support import crm, shop
from support.example import EXAMPLES, psql, settings
from support.server import query

# Tables look sparse to the planner, so that a thousand rows are cut into several chunks.
CUT = """
ANALYZE;
UPDATE pg_class SET reltuples = greatest(1, pg_relation_size(oid) / {bytes})
 WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""
KEY = {"REHOME_TOKEN_KEY": "a key of the sweep and of nothing else"}

# Rows of the target's own: some that the migration updates, some that it must leave alone.
OWN = """
INSERT INTO crm.organizations SELECT i, 'own ' || i, timestamptz '2019-01-01 12:00Z' FROM generate_series(1, 8) i;
INSERT INTO crm.organizations SELECT i, 'own ' || i, timestamptz '2019-01-01 12:00Z' FROM generate_series(9001, 9020) i;
INSERT INTO crm.leads SELECT i, 1, NULL, 'own' || i, NULL, NULL FROM generate_series(1, 90) i;
INSERT INTO crm.leads SELECT i, 9001, NULL, 'own' || i, NULL, NULL FROM generate_series(9001, 9100) i;
INSERT INTO crm.conversions SELECT i, 1, 'own', 0, '{}', timestamptz '2019-01-01 12:00Z' FROM generate_series(1, 45) i;
INSERT INTO crm.conversions SELECT i, 9001, 'own', 0, '{}', timestamptz '2019-01-01 12:00Z' FROM generate_series(9001, 9045) i;
"""


@dataclasses.dataclass
class Scene:
    """A migration's folder and the two databases before it, made once; `same`: one database is both."""

    name: str
    way: str
    same: bool
    fill_source: object  # fill_source(url)
    fill_target: object = None
    files: dict = None  # {name: content}, or None for the example of the same name
    environment: dict = dataclasses.field(default_factory=dict)
    options: tuple = ()
    status: int = 0
    # {table: SELECT} where ids come from a sequence, which a second attempt finds further on; None: the table is not compared
    instead: dict = dataclasses.field(default_factory=dict)
    left_out: frozenset = frozenset()  # "table.column": the time when a row came
    weight: float = 4  # how often it is drawn; what is quick is drawn more often
    command: str = "run"  # what is disturbed: run; or after one that nothing disturbs, retry (of rejects), repair or rollback
    mended: dict = dataclasses.field(default_factory=dict)  # files that are written anew before the retry
    damage: str = ""  # what somebody does to the target before the repair
    back: tuple = ()  # options of rollback

    def write(self, folder):
        folder = folder / self.name
        if self.files is None:
            shutil.copytree(EXAMPLES / self.name, folder)
            manifest = folder / "migration.yaml"
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace('{ dump: "${LEGACY_DUMP}" }', "${SOURCE_URL}"), encoding="utf-8")
        write(folder, self.files or {})
        return folder

    def mend(self, folder):
        write(folder, self.mended)


def write(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def legacy(name, rows, bytes):
    """Loads the legacy database of an example."""

    def fill(url):
        folder = EXAMPLES / name / "legacy"
        psql(url, "-f", folder / "schema.sql")
        psql(url, "-f", folder / "data.sql", rows=rows)
        query(url, CUT.format(bytes=bytes))

    return fill


def statements(*texts, bytes=80000):
    def fill(url):
        for text in texts:
            query(url, text)
        query(url, CUT.format(bytes=bytes))

    return fill


# Rows that the target refuses, by NOT NULL and by a check: each becomes a reject, and the run ends with 3.
REFUSED = """
UPDATE legacy.conversions SET at = NULL WHERE id % 53 = 0;
UPDATE legacy.leads SET score = -1 WHERE id % 97 = 4;
DELETE FROM legacy.conversions WHERE lead_id % 97 = 4;
"""


SMALL_OWN = """
INSERT INTO writer SELECT i, 'own ' || i FROM generate_series(41, 60) i;
INSERT INTO book SELECT i, 55, 'own ' || i, 1, '2019-01-01' FROM generate_series(381, 420) i;
"""


def small():
    """Two tables and few steps: for the short form."""
    rule = "rejects: { unsold: sold = '2024-01-13' }"
    source, target = "${SOURCE_URL}", "${TARGET_URL}"
    old = statements(shop.OLD, bytes=20000)
    return [
        Scene("small-stream", "stream", False, old, files=shop.files(source, target, book=rule, expand=shop.NEW), weight=8),
        Scene("small-inside", "inside", True, old, files=shop.files(source, "same", book=rule, expand=shop.NEW), weight=8),
        Scene("small-stage", "stage", False, old, statements(shop.NEW, SMALL_OWN), files=shop.files(source, target, book=rule), weight=8),
    ]


def by_hand():
    old = crm.old(leads=400, conversions=700)
    source, target = "${SOURCE_URL}", "${TARGET_URL}"
    return [
        Scene("crm-stream", "stream", False, statements(old), files=crm.files(source, target)),
        Scene("crm-inside", "inside", True, statements(old), files=crm.files(source, "same")),
        Scene("crm-stage", "stage", False, statements(old), statements(crm.NEW, OWN),
              files=crm.files(source, target, expand=False, load=True)),
        Scene("crm-upsert", "inside", True, statements(old, crm.NEW, OWN), files=crm.files(source, "same", expand=False, load=True)),
        Scene("refused-stream", "stream", False, statements(old, REFUSED), files=crm.files(source, target), status=3),
        Scene("refused-inside", "inside", True, statements(old, REFUSED, crm.NEW, OWN), files=crm.files(source, "same", expand=False), status=3),
        Scene("refused-stage", "stage", False, statements(old, REFUSED), statements(crm.NEW, OWN),
              files=crm.files(source, target, expand=False, load=True), status=3),
        Scene("withdrawn-stream", "stream", False, statements(old, WITHDRAWN), files=crm.files(source, target), status=3),
        Scene("withdrawn-inside", "inside", True, statements(old, WITHDRAWN), files=crm.files(source, "same"), status=3),
    ]


# Names and addresses that stand twice, and rows whose parent is missing: a key refuses them when it comes back, and their children too.
WITHDRAWN = """
UPDATE legacy.companies SET name = 'company 10' WHERE id IN (11, 64, 190);
UPDATE legacy.leads SET email = 'LEAD3@example.org' WHERE id IN (30, 210, 399);
UPDATE legacy.leads SET company_id = 99999 WHERE id IN (50, 51);
UPDATE legacy.conversions SET lead_id = 99999 WHERE id % 101 = 0;
"""

# Authors without a name are refused, and their books wait for them; books are refused for want of a title, and because they are too dear.
HALF_GOOD = """
CREATE TABLE authors (id int PRIMARY KEY, name text);
CREATE TABLE books (id int PRIMARY KEY, author_id int, title text, price numeric, sold text);
INSERT INTO authors SELECT i, CASE WHEN i % 17 <> 0 THEN 'author ' || i END FROM generate_series(1, 50) i;
INSERT INTO books SELECT i, 1 + i % 50, CASE WHEN i % 13 <> 0 THEN 'title ' || i END, CASE WHEN i % 19 = 0 THEN 5000 ELSE i END, '2024-01-01'
  FROM generate_series(1, 300) i;
"""
STRICT = """
CREATE TABLE writer (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (id int PRIMARY KEY, writer_id int REFERENCES writer, title text NOT NULL, price numeric(8,2) CHECK (price < 1000), sold date);
"""
STRICT_OWN = """
INSERT INTO writer SELECT i, 'own ' || i FROM generate_series(41, 60) i;
INSERT INTO book SELECT i, 55, 'own ' || i, 1, '2019-01-01' FROM generate_series(281, 320) i;
"""
MENDED = {
    "sql/writer.sql": "SELECT id, coalesce(name, 'nobody') AS name FROM authors\n",
    "sql/book.sql": "SELECT id, author_id AS writer_id, coalesce(title, 'untitled') AS title, price, sold::date AS sold\n  FROM books\n",
}


# Rows that are missing, different and extra, in parents and children, some of which stand in the way of others.
DAMAGE = """
DELETE FROM book WHERE id % 7 = 0 OR writer_id % 11 = 0;
DELETE FROM writer WHERE id % 11 = 0;
UPDATE book SET title = 'damaged', price = NULL WHERE id % 7 = 1;
INSERT INTO writer SELECT i, 'stranger ' || i FROM generate_series(9001, 9030) i;
INSERT INTO book SELECT i, 9001, 'of a stranger', 1, '2019-01-01' FROM generate_series(9001, 9040) i;
UPDATE book SET writer_id = 9002 WHERE id % 7 = 2;
"""
DAMAGE_OWN = """
DELETE FROM book WHERE id % 7 = 0;
UPDATE book SET title = 'damaged', price = NULL WHERE id % 7 = 1 AND title NOT LIKE 'own%';
"""


def afterwards():
    """What comes after a run: rejects are tried again, some of which fit now; what somebody has damaged is put right; everything is undone."""
    source, target = "${SOURCE_URL}", "${TARGET_URL}"
    old, crm_old = statements(HALF_GOOD, bytes=20000), statements(crm.old(leads=400, conversions=700))
    good, damaged = statements(shop.OLD, bytes=20000), {"command": "repair", "damage": DAMAGE, "weight": 8}
    again = {"status": 3, "command": "retry", "mended": MENDED, "weight": 8}
    return [
        Scene("retry-stream", "stream", False, old, files=shop.files(source, target, expand=STRICT), **again),
        Scene("retry-inside", "inside", True, old, files=shop.files(source, "same", expand=STRICT), **again),
        Scene("retry-stage", "stage", False, old, statements(STRICT, STRICT_OWN), files=shop.files(source, target), **again),
        Scene("repair-stream", "stream", False, good, files=shop.files(source, target, expand=shop.NEW), **damaged),
        Scene("repair-inside", "inside", True, good, files=shop.files(source, "same", expand=shop.NEW), **damaged),
        Scene("repair-stage", "stage", False, good, statements(shop.NEW, SMALL_OWN), files=shop.files(source, target),
              **damaged | {"damage": DAMAGE_OWN}),
        Scene("rollback-stream", "stream", False, crm_old, files=crm.files(source, target), command="rollback", weight=8),
        Scene("rollback-stage", "stage", False, crm_old, statements(crm.NEW, OWN),
              files=crm.files(source, target, expand=False, load=True), command="rollback", weight=8),
        Scene("rollback-inside", "inside", True, statements(crm.old(leads=400, conversions=700), crm.NEW, OWN),
              files=crm.files(source, "same", expand=False, load=True), command="rollback", weight=8),
    ]


FROM_BACKUP = ("--from-backup",)


def with_backup():
    """Tables are dumped before the first write and come back from there; what one of them has got is not recorded otherwise."""
    source, target = "${SOURCE_URL}", "${TARGET_URL}"
    old, rule = statements(shop.OLD, bytes=20000), "undo: false, rejects: { unsold: sold = '2024-01-13' }"
    backup = {"book": rule, "more": "backup: { to: backups }"}
    return [
        Scene("backup-stage", "stage", False, old, statements(shop.NEW, SMALL_OWN), files=shop.files(source, target, **backup), back=FROM_BACKUP),
        Scene("backup-inside", "inside", True, statements(shop.OLD, shop.NEW, SMALL_OWN, bytes=20000), files=shop.files(source, "same", **backup),
              back=FROM_BACKUP),
        Scene("rollback-backup", "stage", False, old, statements(shop.NEW, SMALL_OWN), files=shop.files(source, target, **backup),
              command="rollback", back=FROM_BACKUP),
    ]


NAMED = "SELECT name FROM {}"
UNIFIED = {
    **{f"public.{table}": NAMED.format(table) for table in ("roles", "departments", "teams", "channels")},
    "public.employees": """
        SELECT e.email, e.user_id, e.person_id, e.full_name, r.name AS role, d.name AS department, t.name AS team, c.name AS channel,
               e.country, e.employee_no, e.phone, e.is_admin, e.password_hash, e.last_login, e.created_at, e.hired_on, e.updated_at, e.deleted_at
          FROM employees e LEFT JOIN roles r ON r.id = e.role_id LEFT JOIN departments d ON d.id = e.department_id
          LEFT JOIN teams t ON t.id = e.team_id LEFT JOIN channels c ON c.id = e.channel_id""",
    "public.reporting_lines": """
        SELECT e.email, m.email AS manager FROM reporting_lines l JOIN employees e ON e.id = l.employee_id JOIN employees m ON m.id = l.manager_id""",
    "public.audits": """
        SELECT a.scorecard_id, a.legacy_id, e.email AS employee, m.email AS auditor, c.name AS channel, a.audited_at, a.total_score,
               a.comments, a.parameter_scores
          FROM audits a JOIN employees e ON e.id = a.employee_id JOIN employees m ON m.id = a.auditor_id LEFT JOIN channels c ON c.id = a.channel_id""",
    "public.audit_assignments": """
        SELECT a.id, a.scorecard_id, m.email AS auditor, e.email AS employee, a.due_on, a.status
          FROM audit_assignments a JOIN employees e ON e.id = a.employee_id JOIN employees m ON m.id = a.auditor_id""",
    "public.audit_statistics": """
        SELECT e.email, s.scorecard_id, c.name AS channel, d.name AS department, s.audits, s.average_score, s.lowest_score, s.last_audit_at
          FROM audit_statistics s JOIN employees e ON e.id = s.employee_id LEFT JOIN channels c ON c.id = s.channel_id
          LEFT JOIN departments d ON d.id = s.department_id""",
    "public.auditor_performance": """
        SELECT e.email, p.audits, p.employees, p.scorecards, p.average_score, p.last_audit_at
          FROM auditor_performance p JOIN employees e ON e.id = p.auditor_id""",
    "public.notifications": """
        SELECT n.id, e.email, n.message, n.is_read, n.created_at FROM notifications n JOIN employees e ON e.id = n.employee_id""",
}


def of_examples():
    company = tuple(settings("laiki")["OPTIONS"].split())
    return [
        Scene("stock-batches", "inside", True, legacy("stock-batches", 600, 40000)),
        Scene("laiki", "stream", False, legacy("laiki", 1000, 40000), environment=KEY, options=company, weight=2,
              left_out=frozenset({"public.organizations.created_at", "public.organizations.updated_at"})),
        Scene("unified-employees", "inside", True, legacy("unified-employees", 300, 40000), instead=UNIFIED, weight=0.6),
        Scene("pii-split", "inside", True, legacy("pii-split", 600, 40000), environment=KEY,
              left_out=frozenset({"public.l1_transaction_facts.recorded_at"})),
    ]


def all_scenes():
    return small() + by_hand() + afterwards() + with_backup() + of_examples()
