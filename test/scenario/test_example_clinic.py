"""A clinic moves to a new server: 54 tables, new keys everywhere, every old key on record (examples/clinic)."""

import hashlib
import hmac
import threading
import time
import uuid

import pytest
from support.example import contents, psql
from support.server import query

KEY = "a key that only the tests know"
MOST_CONNECTIONS, MOST_MEMORY = 12, 512 * 1024  # a side; kB, of all processes of rehome together
# bytes of what the old and the new server say of the same rows; both sides are asked outside rehome
FILES_BEFORE = "SELECT id, path, encode(sha1, 'hex'), bytes FROM dispatch_file ORDER BY id"
FILES_AFTER = "SELECT legacy_id, path, encode(sha1, 'hex'), bytes FROM files ORDER BY legacy_id"
COMMENTS_BEFORE = """SELECT c.id, c.text, u.id, to_char(c.created_at AT TIME ZONE 'Europe/Berlin' AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
                       FROM dispatch_comment c JOIN auth_user u ON u.id = c.author_id ORDER BY c.id"""
COMMENTS_AFTER = """SELECT c.legacy_id, c.content, p.legacy_user_id, to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
                      FROM comments c JOIN profiles p ON p.id = c.author_id ORDER BY c.legacy_id"""


def new_key(scope, old):
    """rehome.uuid() as anybody can compute it who has the key."""
    digest = bytearray(hmac.new(KEY.encode(), scope.encode() + b"\0" + str(old).encode(), hashlib.sha256).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(digest))


@pytest.fixture(scope="module")
def new_server(servers):
    server = servers()
    yield server
    server.remove()


@pytest.fixture
def move_in(example, new_server):
    """`move_in(rows=1000)`: the clinic that is to move, and nobody is there yet."""
    yield lambda rows=None: example("clinic", rows=rows, target_server=new_server, REHOME_TOKEN_KEY=KEY)
    new_server.drop_databases()


@pytest.fixture
def clinic(move_in):
    return move_in()


def lost(rows):
    """How many rows the generator made wrong, by what becomes of them."""
    orders = range(1, rows // 2 + 1)
    bad = {"no_quantity": {i for i in orders if i % 500 == 0}}
    bad["fractions_of_a_cent"] = {i for i in orders if i % 997 == 0} - bad["no_quantity"]
    paid = {1 + (i - 1) * 2 for i in range(1, rows // 4 + 1)}
    nobody = sum(1 for i in range(1, rows + 1) if i % 1000 == 0 or i % 400 == 0)
    return {
        ("orders", "no_quantity"): len(bad["no_quantity"]),
        ("orders", "fractions_of_a_cent"): len(bad["fractions_of_a_cent"]),
        ("payments", "order_set_aside"): len(paid & (bad["no_quantity"] | bad["fractions_of_a_cent"])),
        ("comments", "unknown_author"): nobody,
    }


class Watch(threading.Thread):
    """Most connections of rehome to either server, and most memory of its process, while it runs."""

    def __init__(self, example, process):
        super().__init__(daemon=True)
        self.urls, self.pid = (example.source, example.target), process.pid
        self.connections, self.memory, self.over = 0, 0, False
        self.start()

    def run(self):
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'rehome:%'"
        while not self.over:
            self.connections = max(self.connections, *(query(url, asked)[0][0] for url in self.urls))
            try:
                with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
                    lines = [line for line in status if line.startswith("VmHWM")]
                self.memory = max([self.memory, *(int(line.split()[1]) for line in lines)])
            except FileNotFoundError:
                pass
            time.sleep(0.05)


@pytest.mark.full_size
def test_the_clinic_arrives(clinic, capsys, perhaps_browser):
    clinic("plan").succeeds()
    began = time.monotonic()
    running = clinic.start("run", "--json", "--jobs", "4")
    watch = Watch(clinic, running.process)
    ran = running.wait(timeout=3600)
    seconds = time.monotonic() - began
    watch.over = True
    watch.join()
    ran.succeeds()
    clinic.has_nothing_left_to_do()
    clinic.agrees()
    clinic.is_reported(perhaps_browser)
    clinic.legacy_is_as_it_was()
    books = clinic.books()
    read = sum(entity["read"] for entity in books.values())
    with capsys.disabled():
        print(f"\nclinic: {read:,} rows of {len(books)} entities in {seconds:.1f} s, {read / seconds:,.0f} rows/s; "
              f"at most {watch.connections} connections a side and {watch.memory / 1024:.0f} MB")
    assert 0 < watch.connections <= MOST_CONNECTIONS
    assert 0 < watch.memory <= MOST_MEMORY

    # what was lost is what the generator made wrong, each with its reason
    assert clinic.rejects() == {reason: rows for reason, rows in lost(clinic.rows).items() if rows}
    assert len(books) == 55 and sum(name.startswith("lists[") for name in books) == 40

    # the document's own questions
    assert {row["what"]: row["broken"] for row in clinic.document("comments")} == dict.fromkeys(
        [row["what"] for row in clinic.document("comments")], "0")
    assert {row["broken"] for row in clinic.document("references")} == {"0"}
    assert {row["enough"] for row in clinic.document("success_rate")} == {"t"}

    # content, both sides asked outside rehome
    assert query(clinic.source, FILES_BEFORE) == clinic.query(FILES_AFTER)
    assert query(clinic.source, COMMENTS_BEFORE) == clinic.query(COMMENTS_AFTER)


def test_every_old_key_leads_to_its_new_one(clinic):
    clinic("run").succeeds()
    patients = clinic.query("SELECT legacy_id, id FROM patients ORDER BY legacy_id")
    assert patients == [(old, new_key("patients", old)) for old in range(1, len(patients) + 1)]
    for table, old in [("profiles", "legacy_user_id"), ("patients", "legacy_id"), ("plans", "legacy_id"), ("orders", "legacy_id")]:
        assert clinic.query(f"SELECT old_id, new_id FROM rehome.crosswalk_{table} ORDER BY 1") == clinic.query(
            f"SELECT {old}, id FROM {table} WHERE {old} IS NOT NULL ORDER BY 1")
    assert clinic.query("""SELECT c.content, c.metadata, p.email, c.parent_comment_id FROM comments c JOIN profiles p ON p.id = c.author_id
                            WHERE c.legacy_id = 12""")[0][0].endswith(" 12")
    # who is known twice by the old keys is known once by the new
    assert clinic.query("SELECT count(*) FROM profiles WHERE legacy_patient_id = 4 AND legacy_user_id IS NULL AND role = 'patient'") == [(1,)]
    # what a form wrote as JSON stays that JSON, and what somebody typed is kept as a note
    before = dict(query(clinic.source, "SELECT id, insurance_info FROM dispatch_patient WHERE insurance_info LIKE 'privat%'"))
    after = clinic.query("SELECT legacy_id, insurance FROM patients WHERE insurance ? 'note' AND NOT insurance ? 'carrier'")
    assert after and {old: insurance["note"] for old, insurance in after} == before
    form = "insurance_info LIKE '{%'"
    assert query(clinic.source, f"SELECT id, insurance_info::jsonb::text FROM dispatch_patient WHERE {form} ORDER BY 1") == clinic.query(
        "SELECT legacy_id, insurance::text FROM patients WHERE insurance ? 'carrier' ORDER BY 1")


def test_the_way_back_removes_all_that_is_new(move_in):
    clinic = move_in(rows=1000)
    clinic.migrate()
    moved = contents(clinic.target)
    clinic("rollback", "--entity", "comments", "--yes").succeeds()
    assert clinic.query("SELECT (SELECT count(*) FROM comments), (SELECT count(*) > 0 FROM messages)") == [(0, True)]
    clinic("rollback", "--yes", "--forget").succeeds()
    assert contents(clinic.target) == {}
    assert clinic.query("SELECT count(*) FROM pg_type WHERE typname = 'profile_role'") == [(0,)]
    assert clinic.query("SELECT to_regnamespace('rehome')") == [(None,)]
    clinic.legacy_is_as_it_was()

    clinic.migrate()  # and forward again: the same rows have the same keys
    assert contents(clinic.target) == moved
    clinic.query("CREATE VIEW somebody_elses AS SELECT * FROM profiles")
    stays = clinic("rollback", "--yes")
    assert "somebody_elses" in stays.stdout + stays.stderr and clinic.query("SELECT count(*) FROM somebody_elses") == [(0,)]


def test_the_clinic_goes_on_where_it_was_killed(clinic, rehome):
    running = clinic.start("run", "--json", "--jobs", "4")
    running.wait_for('"chunk.done"')
    running.kill()
    running.wait()
    clinic("run").succeeds()
    clinic.agrees()
    assert query(clinic.source, COMMENTS_BEFORE) == clinic.query(COMMENTS_AFTER)
