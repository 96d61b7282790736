"""What is migrated while things break: small migrations by hand, over the three ways of moving, and four of the examples."""

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
    weight: int = 6  # how often it is drawn

    def write(self, folder):
        folder = folder / self.name
        if self.files is None:
            shutil.copytree(EXAMPLES / self.name, folder)
            manifest = folder / "migration.yaml"
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace('{ dump: "${LEGACY_DUMP}" }', "${SOURCE_URL}"), encoding="utf-8")
        for name, content in (self.files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        return folder


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
        Scene("small-stream", "stream", False, old, files=shop.files(source, target, book=rule, expand=shop.NEW)),
        Scene("small-inside", "inside", True, old, files=shop.files(source, "same", book=rule, expand=shop.NEW)),
        Scene("small-stage", "stage", False, old, statements(shop.NEW, SMALL_OWN), files=shop.files(source, target, book=rule)),
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
        Scene("laiki", "stream", False, legacy("laiki", 1000, 40000), environment=KEY, options=company, weight=3,
              left_out=frozenset({"public.organizations.created_at", "public.organizations.updated_at"})),
        Scene("unified-employees", "inside", True, legacy("unified-employees", 300, 40000), instead=UNIFIED, weight=1),
        Scene("pii-split", "inside", True, legacy("pii-split", 600, 40000), environment=KEY,
              left_out=frozenset({"public.l1_transaction_facts.recorded_at"})),
    ]


def all_scenes():
    return small() + by_hand() + of_examples()
