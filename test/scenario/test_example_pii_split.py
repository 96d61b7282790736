"""examples/pii-split: history is split into who and what, while the application writes to the new tables already."""

import contextlib
import datetime
import decimal
import importlib.util
import itertools
import subprocess
import threading

import pytest

from support.example import EXAMPLES, contents, psql
from support.server import binary_folder

KEY = "a key that nobody else knows: ключ"
FACT = "SELECT user_token, account_token, amount, currency, category, merchant, occurred_at FROM l1_transaction_facts WHERE id = %s"
PERSON = "SELECT user_token, full_name, email, phone, address, date_of_birth, answers::text FROM l0_pii_users WHERE user_id = %s"
UTC = datetime.timezone.utc


@pytest.fixture
def tokens(monkeypatch):
    """The application's own code for ids."""
    monkeypatch.setenv("REHOME_TOKEN_KEY", KEY)
    spec = importlib.util.spec_from_file_location("tokens", EXAMPLES / "pii-split" / "application" / "tokens.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def split(example):
    return example("pii-split", REHOME_TOKEN_KEY=KEY)


@pytest.fixture
def few(example):
    """What a million transactions would show no better."""
    return example("pii-split", rows=600, REHOME_TOKEN_KEY=KEY)


class Application:
    """It writes facts to L1: mostly new ones, and now and then one that the old table has too."""

    def __init__(self, one, tokens):
        self.one, self.tokens, self.numbers = one, tokens, itertools.count(10_000_000_000)
        self.new, self.again, self.old = [], [], []
        self.stopped = threading.Event()

    def write(self, connection, number, user, account, amount, currency, occurred_at, merchant=None, origin="application"):
        connection.execute(
            """INSERT INTO l1_transaction_facts (id, user_token, account_token, amount, currency, category, merchant, occurred_at, origin)
               VALUES (%s, %s, %s, %s, %s, 'food', %s, %s, %s) ON CONFLICT (id) DO NOTHING""",
            [self.tokens.keyed_uuid("transaction", number), self.tokens.token("user", user), account and self.tokens.token("account", account),
             amount, currency, merchant, occurred_at, origin],
        )

    def write_new(self, connection):
        number = next(self.numbers)
        self.write(connection, number, 1 + number % 50, None, decimal.Decimal("-1.25"), "EUR", datetime.datetime.now(UTC))
        self.new.append(number)

    def write_again(self, connection):
        """A transaction that the old table has: as the transform would write it."""
        self.old = self.old or connection.execute(
            """SELECT id, user_id, replace(account_number, ' ', ''), amount, upper(trim(currency)), created_at FROM transactions
               WHERE id > 9 AND user_id IS NOT NULL AND amount IS NOT NULL AND upper(trim(currency)) ~ '^[A-Z]{3}$' AND merchant = 'Aldi' AND category = 'food'
               ORDER BY md5(id::text) LIMIT 1000""").fetchall()
        row = self.old.pop()
        self.write(connection, *row, "Aldi", "history")
        self.again.append(row[0])

    def go_on(self):
        with self.one.connect() as connection:
            while not self.stopped.wait(0.01):
                self.write_new(connection)
                if len(self.new) % 5 == 0:
                    self.write_again(connection)

    @contextlib.contextmanager
    def at_work(self):
        thread = threading.Thread(target=self.go_on)
        thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            thread.join()


def create_empty_schema(one):
    """Step 1 of the document."""
    psql(one.source, "-f", one.folder / "sql" / "10-l0-l1-l2.sql")
    psql(one.source, "-f", one.folder / "sql" / "20-merchants.sql")


def valid(one):
    """Old transactions that can become facts."""
    return one.query("SELECT count(*) FROM transactions WHERE user_id IS NOT NULL AND amount IS NOT NULL AND upper(trim(currency)) ~ '^[A-Z]{3}$'")[0][0]


def check_named_rows(one, tokens):
    def fact(number):
        return one.query(FACT, tokens.keyed_uuid("transaction", number))

    first = tokens.token("user", 1), tokens.token("account", "ES9121000418450200051332")
    moment = datetime.datetime(2024, 1, 1, 8, 30, 0, 123456, UTC)
    assert fact(1) == [(*first, decimal.Decimal("-12.34"), "EUR", "food", "Café Central ☕", moment)]
    assert fact(2) == [(*first, decimal.Decimal("999999999999.99"), "EUR", "salary", None, datetime.datetime(2024, 1, 31, 23, 59, 59, 999999, UTC))]
    assert fact(3) == [(tokens.token("user", 2), None, decimal.Decimal("0.00"), "USD", "transfer", None, datetime.datetime(2024, 2, 29, 12, tzinfo=UTC))]
    assert fact(4)[0][2:6] == (-5000, "JPY", "other", "Uber")
    assert fact(5)[0][0] == tokens.token("user", 99999999)
    assert fact(6) == fact(7) == fact(8) == []
    assert fact(9)[0][4:6] == ("transfer", None)

    def person(user):
        return one.query(PERSON, user)[0]

    assert person(1) == (first[0], "Ana María Núñez-1", "ana.maria@example.org", "+34 91 000 00 01", 'Calle "Mayor" 1, 2º\n28013 Madrid',
                         datetime.date(1980, 2, 29), '[{"goal": "house", "income": 0.1000000000000000000000001}]')
    assert person(2) == (tokens.token("user", 2), "Jack O'Neil", "jack@example.com", "+1 555 0100", "1 Main St, Apt #2",
                         datetime.date(1975, 12, 31), '[{"goal": "boat \\\\ \\"yacht\\""}, {"goal": "retire"}]')
    assert person(3)[1:4] == ("李小龍", "lee@例え.jp", "+81 3 0000 0003") and person(3)[6] == "[{}]"
    assert person(4)[1:6] == ("Zoë 🚀", "zoe+tag@example.org", None, None, None)
    assert person(5)[1:3] == (None, "nobody@example.org") and person(5)[6] == "[null]"
    assert person(6)[4] == "ул. Ленина, д. 6\\2"
    assert one.query("SELECT count(*) FROM l0_pii_users WHERE email = 'left.early@example.org'") == [(0,)]


@pytest.mark.full_size
def test_history_is_copied_while_the_application_writes(split, tokens):
    application = Application(split, tokens)
    create_empty_schema(split)
    with split.connect() as connection:
        for _ in range(20):
            application.write_new(connection)
            application.write_again(connection)
    again = len(application.again)
    assert again > 10
    with application.at_work():
        split("plan").succeeds()
        split("run", "--json").succeeds()
    split.has_nothing_left_to_do()
    split.agrees()

    old, written = valid(split), split.books()["l1_transaction_facts"]
    assert written["unchanged"] >= again and written["written"] + written["unchanged"] == old
    assert split.query("SELECT count(*) FROM l1_transaction_facts") == [(old + len(application.new),)]  # old + new, and nothing twice
    ids = [tokens.keyed_uuid("transaction", number) for number in application.new + application.again]
    assert len(application.new) > 20
    assert split.query("SELECT count(*) FROM l1_transaction_facts WHERE id = ANY (%s)", ids) == [(len(set(ids)),)]
    assert dict(split.query("SELECT name, state FROM rehome.check WHERE side = 'balance'")) == {"complete_set": "passed", "history": "passed"}
    [complete] = split.document("1-complete-dataset")
    assert int(complete["new_facts"]) == len(application.new) and int(complete["old_transactions"]) == split.rows
    assert split.document("2-no-duplicates") == []
    check_named_rows(split, tokens)
    split.legacy_is_as_it_was()


def test_without_an_application_it_is_a_plain_migration(split, tokens):
    untouched = split.document("3-old-tables-untouched")
    split.migrate()
    split.agrees()
    bad = split.rows // 1000  # nobody's, without amount, and two of an unknown currency in each thousand; and one of each is written out
    assert split.rejects() == {("l1_transaction_facts", reason): rows for reason, rows in
                               (("no_user", bad + 1), ("no_amount", bad + 1), ("unknown_currency", 2 * bad + 1))}
    assert split.document("3-old-tables-untouched") == untouched
    split.legacy_is_as_it_was()
    check_named_rows(split, tokens)

    # what the old table says of spending, and what L1 and L2 say
    spent = {(one["month"], one["category"], one["currency"]): one for one in split.document("4-analytics")}
    old = split.query("""SELECT -sum(amount)::numeric, count(*), count(DISTINCT user_id) FROM transactions WHERE amount < 0 AND user_id IS NOT NULL
        AND upper(trim(currency)) = 'GBP' AND lower(trim(category)) = 'rent' AND created_at >= '2022-03-01Z' AND created_at < '2022-04-01Z'""")[0]
    found = spent["2022-03", "rent", "GBP"]
    assert (decimal.Decimal(found["spent"]), int(found["facts"]), int(found["people"])) == old and old[1] > 10
    sums = split.document("5-sums")
    assert sum(int(one["facts"]) for one in sums) == valid(split)
    assert split.document("6-personal")[0] == {"user_id": "1", "full_name": "Ana María Núñez-1", "email": "ana.maria@example.org"}


def test_neither_the_key_nor_anything_personal_is_in_the_ledger(few, perhaps_browser):
    few.migrate()
    few.agrees()
    few.is_reported(perhaps_browser)
    ledger = subprocess.run([binary_folder() / "pg_dump", "--inserts", "-n", "rehome", "-d", few.target], capture_output=True, text=True, check=True).stdout
    assert "INSERT INTO rehome.reject" in ledger
    raw = KEY.encode()
    padded = raw.ljust(64, b"\0")
    for secret in (KEY, raw.hex(), bytes(b ^ 0x36 for b in padded).hex(), bytes(b ^ 0x5C for b in padded).hex()):
        assert secret not in ledger
    personal = few.query("SELECT v FROM l0_pii_users, LATERAL (VALUES (full_name), (email), (phone), (split_part(address, E'\\n', 1))) AS _ (v) WHERE length(v) > 4")
    assert len(personal) > 100
    assert [value for [value] in personal if value in ledger] == []


def test_a_personal_value_in_l1_is_found(few):
    few.migrate()
    few.query("ALTER TABLE l1_transaction_facts ADD COLUMN note text")
    few.agrees()
    for leak in ("full_name", "upper(email)", "'call ' || phone", "address"):
        few.query(f"""UPDATE l1_transaction_facts SET note = (SELECT {leak} FROM l0_pii_users WHERE user_id = 1)
            WHERE id = (SELECT id FROM l1_transaction_facts ORDER BY id LIMIT 1)""")
        said = few("verify", "--json").ends_with(4).json
        assert [one["name"] for one in said["checks"] if one["state"] == "failed"] == ["no_personal_data"], leak


def test_sums_are_refreshed_whenever_they_are_asked_to(few):
    few.migrate()
    before = sum(int(one["facts"]) for one in few.document("5-sums"))
    few.query("INSERT INTO l1_transaction_facts (id, user_token, amount, currency, category, occurred_at) VALUES (gen_random_uuid(), md5('x'), 1, 'EUR', 'food', now())")
    assert sum(int(one["facts"]) for one in few.document("5-sums")) == before
    few("refresh").succeeds()
    assert sum(int(one["facts"]) for one in few.document("5-sums")) == before + 1


def test_old_tables_are_closed_and_dropped_only_when_it_is_time(few):
    close, drop = (few.folder / "sql" / f"{name}.sql" for name in ("old_tables_read_only", "drop_old_tables"))
    few.migrate()
    psql(few.source, "-f", close)
    with pytest.raises(AssertionError, match="table transactions is a backup"):
        psql(few.source, "-c", "INSERT INTO transactions (created_at) VALUES (now())")
    few.has_nothing_left_to_do()
    with pytest.raises(AssertionError, match="two weeks"):
        psql(few.source, "-f", drop)
    few.query("UPDATE rehome.migration SET finished_at = finished_at - interval '15 days'")
    psql(few.source, "-f", drop)
    assert few.query("SELECT to_regclass('transactions'), to_regclass('onboarding_responses')") == [(None, None)]
    assert few.query("SELECT count(*) > 500 FROM l1_transaction_facts") == [(True,)]


def test_the_way_back_takes_along_what_the_application_has_written(few, tokens):
    application = Application(few, tokens)
    create_empty_schema(few)
    few.migrate()
    tables = contents(few.source, few.columns)
    psql(few.source, "-f", few.folder / "sql" / "old_tables_read_only.sql")
    with few.connect() as connection:
        for _ in range(3):
            application.write_new(connection)
        application.write_again(connection)
        connection.execute("""INSERT INTO l0_pii_users VALUES (777, %s, 'Néw "User"', 'new@example.org', NULL, NULL, NULL, '[{"goal": "x"}]', '2025-01-01Z')""",
                           [tokens.token("user", 777)])
        application.write(connection, 5_000_000_000, 777, None, decimal.Decimal("7.77"), "EUR", datetime.datetime(2025, 1, 1, tzinfo=UTC))
    few.query("UPDATE l0_pii_users SET address = 'New street 5', responded_at = '2025-01-02Z' WHERE user_id = 1")
    psql(few.source, "-f", few.folder / "sql" / "back.sql")
    assert few.query("SELECT address FROM onboarding_responses WHERE user_id = 1 ORDER BY submitted_at") == [
        ('Calle "Mayor" 1, 2º\n28013 Madrid',), ("New street 5",)]
    few.query("DELETE FROM onboarding_responses WHERE user_id = 1 AND submitted_at = '2025-01-02Z'")
    came = few.query("SELECT user_id, amount FROM transactions WHERE id > 600 ORDER BY amount")
    assert len(came) == 4 and came[-1] == (777, decimal.Decimal("7.77"))
    assert few.query("SELECT full_name, answers::text FROM onboarding_responses WHERE user_id = 777") == [('Néw "User"', '{"goal": "x"}')]
    few.query("DELETE FROM transactions WHERE id > 600; DELETE FROM onboarding_responses WHERE user_id = 777")
    assert contents(few.source, few.columns) == tables == few.legacy
    few.migrate()  # and forward again
    few.agrees()


def test_a_fact_of_nobody_stops_the_way_back(few):
    few.migrate()
    few.query("INSERT INTO l1_transaction_facts (id, user_token, amount, currency, category, occurred_at) VALUES (gen_random_uuid(), md5('x'), 1, 'EUR', 'food', now())")
    with pytest.raises(AssertionError, match="1 new facts belong to users that L0 does not have"):
        psql(few.source, "-f", few.folder / "sql" / "back.sql")
    few.agrees()
