"""What a proof finds and what it costs: differences planted one by one, a hundred of them, a verification that is killed, one of what was changed, a repair."""

import contextlib
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import process
from cases import JOBS, MOST_MEMORY_MB, REHOME, figure, run_rehome, tell
from support.server import query

MANIFEST = "rehome: 1\nname: bench-proof\nentities:\n  item: { from: old.item, into: item }\n"
COLUMNS = "id bigint PRIMARY KEY, code uuid NOT NULL, name text, note text, price numeric(12,2), seen timestamptz, data jsonb, tags text[]"
FILL = """INSERT INTO old.item
SELECT i, md5(i::text)::uuid, 'item ' || i, CASE WHEN i % 3 > 0 THEN repeat(md5((i * 7)::text), 1 + i % 3) END, i % 100000 / 100.0,
       timestamptz '2020-01-01' + i * interval '1.000001 s', jsonb_build_object('n', i, 'of', md5((i * 3)::text)), ARRAY['a' || i % 10, 'b', 'c']
  FROM generate_series(1, {rows}) i; ANALYZE old.item"""

MOST_TO_FIND_A_HUNDRED = 2  # seconds more than a clean one
MOST_OF_UNCHANGED = 0.25  # of a whole verification, where nobody has written
MOST_TO_REPAIR = 2  # of two whole verifications: the one before and the one behind
REPAIRED = 1000  # rows: two fifths differ, the others are missing or extra


def planted(rows):
    """What is done to the target: SQL, and what has to be named then, by kind and id the columns."""
    a, b, c, d, e, f, g, h, i = (rows * part // 10 + 7 for part in range(1, 10))
    return [
        (f"UPDATE item SET note = overlay(coalesce(note, 'x') PLACING '!' FROM 1 FOR 1) WHERE id = {a}", {("different", a): {"note"}}),
        (f"DELETE FROM item WHERE id = {b}", {("missing", b): set()}),
        (f"INSERT INTO item SELECT {rows + 7}, code, name, note, price, seen, data, tags FROM item WHERE id = {c}", {("extra", rows + 7): set()}),
        (f"UPDATE item AS t SET name = o.name FROM item AS o WHERE (t.id, o.id) IN (({c}, {d}), ({d}, {c}))",
         {("different", c): {"name"}, ("different", d): {"name"}}),
        (f"UPDATE item SET note = CASE WHEN note IS NULL THEN '' END WHERE id = {e - e % 3}", {("different", e - e % 3): {"note"}}),
        (f"UPDATE item SET seen = seen + interval '1 microsecond' WHERE id = {f}", {("different", f): {"seen"}}),
        (f"""UPDATE item SET data = jsonb_set(data, '{{n}}', '-1') WHERE id = {g}""", {("different", g): {"data"}}),
        (f"UPDATE item SET tags = ARRAY[tags[2], tags[1], tags[3]] WHERE id = {h}", {("different", h): {"tags"}}),
        (f"UPDATE item SET price = price + 0.01 WHERE id = {i}", {("different", i): {"price"}}),
    ]


class Proof:
    """One entity, copied once; everything else is done to that target."""

    name, against = "proof", "copying"

    def __init__(self, source_server, target_server, rows):
        self.servers = {source_server, target_server}
        self.rows = rows * 5 // 3
        self.peak_mb = 0
        tell(f"filling the old items: {self.rows:,} rows")
        self.source = source_server.database(f"CREATE SCHEMA old; CREATE TABLE old.item ({COLUMNS}); {FILL.format(rows=self.rows)}")
        self.target = target_server.database(f"CREATE TABLE item ({COLUMNS})")

    @staticmethod
    def is_possible():
        return True

    @contextlib.contextmanager
    def migration(self):
        with tempfile.TemporaryDirectory() as name:
            self.folder = pathlib.Path(name)
            (self.folder / "migration.yaml").write_text(MANIFEST, encoding="utf-8")
            yield

    def command(self, *more):
        return [REHOME, "verify", "-q", "--json", "--jobs", JOBS, "-C", self.folder, "--source", self.source, "--target", self.target, *more]

    def verify(self, *more, ends_with=0):
        ended = process.run(*self.command(*more), ends_with=(ends_with,))
        self.peak_mb = max(self.peak_mb, ended.peak_mb)
        return ended.seconds, json.loads(ended.stdout)["entities"][0]

    def plant_one_by_one(self):
        expected = {}
        for sql, named in planted(self.rows):
            query(self.target, sql)
            expected.update(named)
        seconds, found = self.verify(ends_with=4)
        named = {(one["kind"], one["key"]["id"]): set(one["columns"]) for one in found["differences"]}
        if named != expected:
            raise process.Failed(f"{self.name}: named {named}\nplanted {expected}")
        return seconds

    def plant(self, number):
        step = self.rows // number
        query(self.target, f"UPDATE item SET name = name || '!' WHERE id IN (SELECT i FROM generate_series({step // 2}, {self.rows}, {step}) i)")
        return self.verify(ends_with=4)

    def killed(self):
        """Killed when nine tenths of the parts are read; how long the next one takes."""
        command = list(map(str, self.command()))
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = """SELECT coalesce(count(part.done_at) >= 0.9 * count(*), false) AND count(*) > 0
                    FROM rehome.verification_part AS part JOIN rehome.verification_pass AS p ON p.id = part.pass WHERE p.state = 'running'"""
        while first.poll() is None and query(self.target, done) != [(True,)]:
            time.sleep(0.02)
        first.kill()
        first.wait()
        return self.verify()[0]

    def repaired(self):
        """A thousand rows are damaged and put right; how long that takes with the verification before and the one behind."""
        step = self.rows // REPAIRED
        damaged = f"SELECT {step // 2}::bigint + n * {step}, n FROM generate_series(0, {REPAIRED - 1}) AS n"
        query(self.target, f"""
            WITH damaged (id, n) AS ({damaged}) UPDATE item SET name = name || '!' FROM damaged WHERE item.id = damaged.id AND n % 10 < 4;
            WITH damaged (id, n) AS ({damaged}) DELETE FROM item USING damaged WHERE item.id = damaged.id AND n % 10 BETWEEN 4 AND 6;
            WITH damaged (id, n) AS ({damaged})
            INSERT INTO item SELECT item.id + {2 * self.rows}, code, name, note, price, seen, data, tags FROM item JOIN damaged ON damaged.id = item.id AND n % 10 > 6""")
        ended = process.run(*self.command("--repair", "--yes"))
        (done,) = json.loads(ended.stdout)["repair"]
        if (done["written"], done["deleted"], done["left"]) != (REPAIRED * 7 // 10, REPAIRED * 3 // 10, 0):
            raise process.Failed(f"{self.name}: repaired {done}")
        return ended.seconds

    def figures(self, rounds):
        with self.migration():
            times = run_rehome(self.folder, self.source, self.target, self.servers)
            clean = [self.verify()[0] for _ in range(rounds)]
            tell(f"{self.name}: copy {times.copy:.2f} s, verification {times.verification:.2f} s, alone {clean} s")
            yield figure(f"{self.name}, clean", times.verification, times.copy, 0.5, against=self.against)
            whole = statistics.median(clean)
            yield figure(f"{self.name}, alone", whole, times.copy, 0.5, against=self.against)
            query(self.source, "SELECT txid_current()")  # somebody else has written to that server
            yield figure(f"{self.name}, unchanged", statistics.median(self.verify("--changed")[0] for _ in range(rounds)), whole, MOST_OF_UNCHANGED, against="whole")
            yield figure(f"{self.name}, killed", self.killed(), whole, 0.5, against="whole")
            yield figure(f"{self.name}, repair", self.repaired(), 2 * whole, MOST_TO_REPAIR, against="two verifications")
            query(self.target, "CREATE SCHEMA kept; CREATE TABLE kept.item AS SELECT id, name FROM item")
            seconds, found = self.plant(100)
            more = [seconds, *(self.verify(ends_with=4)[0] for _ in range(rounds - 1))]
            if found["different"] != 100 or len(found["differences"]) != 100:
                raise process.Failed(f"{self.name}: found {found['different']} of 100")
            yield figure(f"{self.name}, 100 differences", max(0, statistics.median(more) - whole), None, MOST_TO_FIND_A_HUNDRED)
            query(self.target, "UPDATE item SET name = k.name FROM kept.item AS k WHERE k.id = item.id AND k.name <> item.name; DROP SCHEMA kept CASCADE")
            tell(f"{self.name}: nine planted, found in {self.plant_one_by_one():.2f} s")
            yield figure(f"{self.name}, memory", self.peak_mb, None, MOST_MEMORY_MB, unit="MB")


CASES = {Proof.name: Proof}
