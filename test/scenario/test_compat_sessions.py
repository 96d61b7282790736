"""No update is lost when several sessions write through a view that looks like an old table, or beside it."""

import concurrent.futures
import contextlib
import time

import psycopg
import pytest
from support.server import connect, query

WORLD = """
CREATE TABLE users (id int PRIMARY KEY, first text, last text, bal int NOT NULL, created text, dept int);
INSERT INTO users SELECT i, 'First' || i, 'Last' || i, 20, '2024-01-01 00:00:00+00', 1 FROM generate_series(1, 5) i;
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, bal int NOT NULL, created timestamptz, dept text, seen int DEFAULT 0, boss int REFERENCES people ON DELETE SET NULL);
CREATE TABLE depts (id int PRIMARY KEY, code text); INSERT INTO depts VALUES (1, 'ops'), (2, 'dev');
"""


@pytest.fixture
def url(server, migration, rehome):
    url = server.database(WORLD)
    folder = migration(
        {
            "migration.yaml": f"""rehome: 1
name: accounts
source: {url}
target: same
entities:
  people:
    from: users
    transform: >-
      SELECT u.id, u.first || ' ' || u.last AS name, u.bal, u.created::timestamptz AS created, d.code AS dept
      FROM users u LEFT JOIN depts d ON d.id = u.dept
compat:
  users_compat:
    from: people
    where: t.bal >= 0
    columns:
      first: split_part(t.name, ' ', 1)
      last: split_part(t.name, ' ', 2)
      dept: (SELECT d.id FROM depts d WHERE d.code = t.dept)
"""
        }
    )
    rehome("run", cwd=folder).succeeds()
    return url


def wait_for_lock(url, pid):
    for _ in range(400):
        if query(url, "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", pid) == [("Lock",)]:
            return
        time.sleep(0.02)
    raise AssertionError("the second session does not wait for the first")


@contextlib.contextmanager
def both(url, first, second):
    """Gives the second session's statement, under way, after `first` has committed while it waited."""
    with connect(url) as one, connect(url, options="-c TimeZone=UTC -c DateStyle=ISO") as two, concurrent.futures.ThreadPoolExecutor(1) as pool:
        with one.transaction():
            one.execute(first)
            running = pool.submit(two.execute, second)
            wait_for_lock(url, two.info.backend_pid)
        yield running


def rows_of_second(url, first, second):
    with both(url, first, second) as running:
        return running.result().rowcount


SPEND = "UPDATE users_compat SET bal = bal - 5 WHERE id = 1"


@pytest.mark.parametrize("table", ["users_compat", "people"])
def test_an_update_does_not_overwrite_what_it_has_not_seen(url, table):
    with both(url, f"UPDATE {table} SET bal = bal - 5 WHERE id = 1", SPEND) as running, pytest.raises(psycopg.errors.SerializationFailure) as error:
        running.result()
    assert error.value.diag.message_primary == 'users_compat: column "bal" of the row with id = 1 has changed since the statement began'
    assert error.value.diag.message_hint == "Run the statement again."
    assert query(url, "SELECT bal FROM people WHERE id = 1") == [(15,)]
    query(url, SPEND)
    assert query(url, "SELECT bal FROM people WHERE id = 1") == [(10,)]


def test_many_sessions_that_try_again_lose_nothing(url):
    def spend(_):
        refused = 0
        with connect(url) as connection:
            for _ in range(10):
                while True:
                    try:
                        connection.execute("UPDATE users_compat SET bal = bal + 1 WHERE id = 2")
                        break
                    except psycopg.errors.SerializationFailure:
                        refused += 1
        return refused

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(spend, range(4)))
    assert query(url, "SELECT bal FROM people WHERE id = 2") == [(60,)]


def test_changes_of_different_columns_are_both_kept(url):
    assert rows_of_second(url, "UPDATE people SET bal = 7, seen = 3 WHERE id = 1", "UPDATE users_compat SET dept = 2 WHERE id = 1") == 1
    assert query(url, "SELECT bal, dept, seen FROM people WHERE id = 1") == [(7, "dev", 3)]


def test_changes_of_columns_that_become_one_are_both_kept(url):
    assert rows_of_second(url, "UPDATE users_compat SET first = 'Ada' WHERE id = 1", "UPDATE users_compat SET last = 'Byron' WHERE id = 1") == 1
    assert query(url, "SELECT name FROM people WHERE id = 1") == [("Ada Byron",)]


def test_returning_gives_the_row_that_is_there(url):
    with both(url, "UPDATE people SET bal = 7 WHERE id = 1", "UPDATE users_compat SET last = 'Byron' WHERE id = 1 RETURNING first, last, bal") as running:
        assert running.result().fetchall() == [("First1", "Byron", 7)]


@pytest.mark.parametrize("first", ["DELETE FROM users_compat WHERE id = 1", "DELETE FROM people WHERE id = 1", "UPDATE people SET bal = -1 WHERE id = 1"])
@pytest.mark.parametrize("second", [SPEND, "DELETE FROM users_compat WHERE id = 1"])
def test_a_row_that_is_gone_is_no_row(url, first, second):
    assert rows_of_second(url, first, second) == 0
    assert query(url, "SELECT bal FROM people WHERE id = 1") in ([], [(-1,)])


def test_a_row_that_has_changed_is_not_deleted(url):
    with both(url, SPEND, "DELETE FROM users_compat WHERE bal = 20 AND id = 1") as running, pytest.raises(psycopg.errors.SerializationFailure, match='"bal" of the row with id = 1'):
        running.result()
    assert query(url, "SELECT bal FROM people WHERE id = 1") == [(15,)]


def test_a_change_that_the_view_does_not_show_keeps_no_row_from_being_deleted(url):
    assert rows_of_second(url, "UPDATE people SET seen = 1 WHERE id = 1", "DELETE FROM users_compat WHERE id = 1") == 1


def test_a_row_that_is_read_otherwise_has_not_changed(url):
    with connect(url) as connection:
        connection.execute("SET TimeZone = 'America/New_York'")  # the old text, made of a time, reads as the session has it
        assert connection.execute("UPDATE users_compat SET created = '2024-05-05 00:00:00+00' WHERE id = 1").rowcount == 1
        assert connection.execute("DELETE FROM users_compat WHERE id IN (1, 2)").rowcount == 2


def test_what_a_statement_does_itself_is_no_conflict(url):
    with connect(url) as connection:
        assert connection.execute("UPDATE users_compat u SET bal = x.bal FROM (VALUES (1, 1), (1, 2)) x (id, bal) WHERE x.id = u.id").rowcount == 2
        connection.execute("UPDATE people SET boss = 1 WHERE id > 1")
        assert connection.execute("DELETE FROM users_compat").rowcount == 5  # the boss first: then the others change


def test_a_repeatable_transaction_is_refused_by_postgresql_itself(url):
    with connect(url, autocommit=False) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 1 FROM people")
        query(url, SPEND)
        with pytest.raises(psycopg.errors.SerializationFailure, match="could not serialize access"):
            connection.execute(SPEND)


# ---- a merge ----

MERGE = """
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, phone text); CREATE TABLE staff (id int PRIMARY KEY, mail text UNIQUE, phone text, title text);
INSERT INTO users VALUES (1, 'a@x', '1'); INSERT INTO staff VALUES (2, 'b@x', '2', 'B');
CREATE TABLE employees (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, phone text, title text, user_id int UNIQUE, staff_id int UNIQUE);
"""


@pytest.fixture
def merged(server, migration, rehome):
    url = server.database(MERGE)
    folder = migration(
        {
            "migration.yaml": f"""rehome: 1
name: staff
source: {url}
target: same
entities:
  employees:
    key: [email]
    merge:
      key: email
      sources:
        - {{ from: users, transform: "SELECT id AS user_id, email, phone FROM users" }}
        - {{ from: staff, transform: "SELECT id AS staff_id, mail AS email, phone, title FROM staff" }}
compat:
  users_compat: {{ from: employees, like: users, where: user_id IS NOT NULL }}
  staff_compat: {{ from: employees, like: staff, where: staff_id IS NOT NULL }}
"""
        }
    )
    rehome("run", cwd=folder).succeeds()
    return url


ROWS = "SELECT email, phone, title, user_id, staff_id FROM employees WHERE email IN ('b@x', 'c@x') ORDER BY 1"


def test_inserts_of_two_sources_at_once_become_one_row(merged):
    assert rows_of_second(merged, "INSERT INTO staff_compat VALUES (7, 'c@x', '7', 'C')", "INSERT INTO users_compat VALUES (8, 'c@x', '8')") == 1
    assert query(merged, ROWS) == [("b@x", "2", "B", None, 2), ("c@x", "8", "C", 8, 7)]


def test_an_insert_meets_the_row_as_it_has_become(merged):
    assert rows_of_second(merged, "UPDATE employees SET title = 'BB', phone = NULL WHERE email = 'b@x'", "INSERT INTO users_compat VALUES (8, 'b@x', '8')") == 1
    assert query(merged, ROWS) == [("b@x", "8", "BB", 8, 2)]


@pytest.mark.parametrize("email", ["b@x", "c@x"])
def test_a_second_insert_of_the_same_source_is_a_duplicate(merged, email):
    with both(merged, f"INSERT INTO users_compat VALUES (8, '{email}', '8')", f"INSERT INTO users_compat VALUES (9, '{email}', '9')") as running:
        with pytest.raises(psycopg.errors.UniqueViolation):
            running.result()
    assert query(merged, "SELECT user_id FROM employees WHERE email = %s", email) == [(8,)]
