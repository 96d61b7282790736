"""rehome.token(), rehome.uuid() and rehome.nanoid(): the same values on both sides, from a key that nobody gets to see."""

import base64
import hashlib
import hmac
import json
import re
import uuid

import psycopg
import pytest

from support.pooler import Pooler
from support.server import query

KEY = "correct horse battery staple"
ENV = {"REHOME_TOKEN_KEY": KEY}


def mac(scope, value, key=KEY):
    return hmac.new(key.encode(), scope.encode() + b"\0" + str(value).encode(), hashlib.sha256).digest()


def token(scope, value, key=KEY):
    return mac(scope, value, key)[:16].hex()


def keyed_uuid(scope, value, key=KEY):
    bytes_ = bytearray(mac(scope, value, key)[:16])
    bytes_[6] = bytes_[6] & 0x0F | 0x80
    bytes_[8] = bytes_[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(bytes_))


def nanoid(scope, value, key=KEY):
    return base64.urlsafe_b64encode(mac(scope, value, key)).decode()[:21]


PEOPLE = """
CREATE TABLE {schema}users (id int PRIMARY KEY, mail text, code char(5));
INSERT INTO {schema}users SELECT i, CASE i % 10 WHEN 0 THEN NULL WHEN 1 THEN 'żółć' || i || '@exämple.org' ELSE 'u' || i || '@example.org' END, 'c' || i % 7
  FROM generate_series(1, 500) i;
"""
PERSONS = """
CREATE TABLE {schema}persons (id uuid PRIMARY KEY, old int UNIQUE, mail text, short text, code text, big text);
"""
TRANSFORM = """SELECT rehome.uuid('person', id) AS id, id AS old,
       rehome.token('mail:a, (b)', mail) AS mail, -- lower(
       rehome.nanoid('perßon', rehome.token('inner', id + 1)) AS short,
       rehome.token('code', code) AS code, rehome.token('big', (id::numeric * 1000000000000000000000)) AS big
  FROM {schema}users"""


def expected(i):
    mail = None if i % 10 == 0 else f"żółć{i}@exämple.org" if i % 10 == 1 else f"u{i}@example.org"
    return (
        keyed_uuid("person", i), i, token("mail:a, (b)", mail) if mail else None, nanoid("perßon", token("inner", i + 1)),
        token("code", f"c{i % 7}"), token("big", i * 10**21),
    )


def manifest(source, target, **entity):
    return {"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"persons": {"from": "users", "transform": TRANSFORM.format(schema=""), **entity}}}


@pytest.fixture
def between(server, migration, psql):
    """`between(**entity)`: a migration's folder between two databases; the target's URL is its `target`."""

    def make(target_rows="", **entity):
        source = server.database(PEOPLE.format(schema=""))
        target = server.database(PERSONS.format(schema="") + target_rows)
        return migration({"migration.yaml": json.dumps(manifest(source, target, **entity))}), target

    return make


def rows(target, table="persons"):
    return query(target, f"SELECT id, old, mail, short, code, big FROM {table} ORDER BY old")


def check_run(rehome, folder, target, table="persons"):
    rehome("run", cwd=folder, env=ENV).succeeds()
    assert rows(target, table) == [expected(i) for i in range(1, 501)]
    verified = rehome("verify", "--json", cwd=folder, env=ENV).succeeds().json
    assert [one["columns_left_out"] for one in verified["entities"]] == [[]]
    again = rehome("run", cwd=folder, env=ENV).succeeds()
    assert "Everything was done before" in again.stdout
    assert rows(target, table) == [expected(i) for i in range(1, 501)]


def test_streamed_values_are_those_of_hmac(between, rehome):
    check_run(rehome, *between())


def test_staged_values_are_those_of_hmac(between, rehome):
    check_run(rehome, *between(f"INSERT INTO persons VALUES ('{keyed_uuid('person', 7)}', 7, 'before')"))


def test_values_inside_one_database_are_those_of_hmac(server, rehome, migration):
    source = server.database("CREATE SCHEMA old; CREATE SCHEMA new;" + PEOPLE.format(schema="old.") + PERSONS.format(schema="new."))
    made = manifest(source, "same", **{"from": "old.users", "into": "new.persons", "transform": TRANSFORM.format(schema="old.")})
    check_run(rehome, migration({"migration.yaml": json.dumps(made)}), source, "new.persons")


def test_load_computes_on_the_target_what_the_source_would(between, rehome):
    load = """SELECT rehome.uuid('person', old) AS id, old, rehome.token('mail:a, (b)', mail) AS mail,
                     rehome.nanoid('perßon', rehome.token('inner', old + 1)) AS short, rehome.token('code', code) AS code,
                     rehome.token('big', big) AS big FROM staged"""
    folder, target = between(
        transform="SELECT id AS old, mail, code, (id::numeric * 1000000000000000000000) AS big FROM users", load=load
    )
    check_run(rehome, folder, target)


def test_parallel_workers_of_the_server_know_the_key(other_server, rehome, migration):
    other_server.reload(force_parallel_mode="on", parallel_setup_cost=0, parallel_tuple_cost=0, min_parallel_table_scan_size=0)
    source, target = other_server.database(PEOPLE.format(schema="")), other_server.database(PERSONS.format(schema=""))
    check_run(rehome, migration({"migration.yaml": json.dumps(manifest(source, target))}), target)


def test_every_piece_of_sql_may_use_it(server, rehome, migration):
    """where, rejects, checks on both sides, balance, expand and scope."""
    source = server.database("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)")
    target = server.database()
    made = {
        "rehome": 1, "name": "m", "source": source, "target": target,
        "expand": ["CREATE TABLE t (id int PRIMARY KEY, k text); INSERT INTO t SELECT 9, rehome.token('s', 9)"],
        "entities": {
            "t": {
                "from": "t", "where": f"rehome.token('s', id) <> '{token('s', 2)}'", "transform": "SELECT id, rehome.token('s', id) AS k FROM t",
                "rejects": {"three": f"k = '{token('s', 3)}'"}, "scope": f"k <> rehome.token('s', '9')",
            }
        },
        "checks": {
            "source": [{"name": "a", "sql": "SELECT rehome.uuid('s', 1)", "expect": str(keyed_uuid("s", 1))}],
            "target": [{"name": "b", "sql": "SELECT rehome.nanoid('s', 1)", "expect": nanoid("s", 1)}],
            "balance": [{"name": "c", "source": "SELECT rehome.token('s', max(id)) FROM t WHERE id < 2", "target": "SELECT rehome.token('s', min(id)) FROM t"}],
        },
    }
    folder = migration({"migration.yaml": json.dumps(made)})
    rehome("plan", cwd=folder, env=ENV).succeeds()
    rehome("run", cwd=folder, env=ENV).succeeds()
    rehome("verify", cwd=folder, env=ENV).succeeds()
    assert query(target, "SELECT * FROM t ORDER BY id") == [(1, token("s", 1)), (9, token("s", 9))]
    assert query(target, "SELECT reason FROM rehome.reject") == [("three",)]


def test_a_long_key_is_hashed_as_rfc_2104_says(server, rehome, migration):
    key = "long" * 40
    source, target = server.database("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"), server.database("CREATE TABLE t (id int PRIMARY KEY, k text)")
    made = {"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"t": {"from": "t", "transform": "SELECT id, rehome.token('s', id) AS k FROM t"}}}
    rehome("run", cwd=migration({"migration.yaml": json.dumps(made)}), env={"REHOME_TOKEN_KEY": key}).succeeds()
    assert query(target, "SELECT k FROM t") == [(token("s", 1, key),)]


def test_another_key_is_refused(between, rehome):
    folder, target = between()
    rehome("run", cwd=folder, env=ENV).succeeds()
    for command in ("run", "verify", "plan"):
        refused = rehome(command, cwd=folder, env={"REHOME_TOKEN_KEY": "another horse battery"}).ends_with(1)
        assert "REHOME_TOKEN_KEY is another key than the one that this migration has used so far" in refused.stderr
        assert "set the key of the first run" in refused.stderr
    assert rows(target)[0] == expected(1)
    check = hmac.new(KEY.encode(), b"rehome key check", hashlib.sha256).hexdigest()[:8]
    assert query(target, "SELECT key_check FROM rehome.migration") == [(check,)]


def test_without_a_key_the_place_is_told(between, rehome):
    folder, target = between(transform="sql/persons.sql")
    (folder / "sql").mkdir()
    (folder / "sql/persons.sql").write_text("SELECT\n  " + TRANSFORM.format(schema="").partition("SELECT ")[2])
    refused = rehome("run", cwd=folder).ends_with(2)
    assert "sql/persons.sql:2:3: this needs the key" in refused.stderr and "REHOME_TOKEN_KEY" in refused.stderr
    refused = rehome("run", cwd=folder, env={"REHOME_TOKEN_KEY": "short"}).ends_with(2)
    assert "sql/persons.sql:2:3: REHOME_TOKEN_KEY has only 5 bytes" in refused.stderr
    assert "short" not in refused.stderr
    rehome("status", cwd=folder).succeeds()  # reads the ledger alone


def test_the_key_is_shown_nowhere(other_server, rehome, migration):
    """Not in the servers' logs however much they log, not in pg_stat_activity, not in the ledger, not in what rehome says."""
    other_server.reload(log_statement="all", log_min_duration_statement=0, log_parameter_max_length=-1, log_parameter_max_length_on_error=-1, log_duration="on", log_connections="on", debug_print_plan="on", debug_print_parse="on")
    source, target = other_server.database(PEOPLE.format(schema="")), other_server.database(PERSONS.format(schema="") + "INSERT INTO persons VALUES (gen_random_uuid(), 7)")
    folder = migration({"migration.yaml": json.dumps(manifest(source, target))})
    block = KEY.encode().ljust(64, b"\0")
    secrets = [KEY, KEY.encode().hex(), bytes(b ^ 0x36 for b in block).hex(), bytes(b ^ 0x5C for b in block).hex()]

    said = [rehome(*words, cwd=folder, env=ENV) for words in (["plan", "-v"], ["plan", "--json"], ["run", "-v"], ["run", "--json"], ["verify", "-v"], ["status", "--json"])]
    activity = repr(query(target, "SELECT (a.*)::text FROM pg_stat_activity a"))
    tables = query(target, "SELECT relname FROM pg_class WHERE relnamespace = 'rehome'::regnamespace AND relkind = 'r'")
    ledger = "".join(repr(query(target, f"SELECT (x.*)::text FROM rehome.{name} x")) for (name,) in tables)
    log = other_server.log()
    assert said[2].status in (0, 3) and "fastpath function call" in log and "current_setting" in log
    for place in [log, activity, ledger] + [one.stdout + one.stderr for one in said]:
        for secret in secrets:
            for part in (secret, secret[:32]):
                assert part not in place


def test_a_session_under_way_shows_no_key(between, rehome):
    folder, target = between()
    running = rehome.start("run", cwd=folder, env={**ENV, "REHOME_FAULT": "copy.moved:stall"})
    running.wait_for("fault: copy.moved")
    shown = repr(query(target, "SELECT (a.*)::text FROM pg_stat_activity a WHERE application_name LIKE 'rehome:%'")) + repr(query(target, "SELECT setting FROM pg_settings"))
    running.kill()
    assert "rehome:m" in shown
    block = KEY.encode().ljust(64, b"\0")
    for secret in (KEY, bytes(b ^ 0x36 for b in block).hex(), bytes(b ^ 0x5C for b in block).hex()):
        assert secret[:32] not in shown


def test_a_plain_role_that_may_only_read_is_enough(other_server, rehome, migration):
    """As on a standby: the source's role can write nothing, not even a temporary table."""
    source, target = other_server.database(PEOPLE.format(schema="")), other_server.database()
    query(source, f"""CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on; GRANT SELECT ON users TO reader;
                      REVOKE ALL ON DATABASE {other_server.databases[0]} FROM PUBLIC; GRANT CONNECT ON DATABASE {other_server.databases[0]} TO reader""")
    query(target, "CREATE ROLE writer LOGIN; CREATE SCHEMA AUTHORIZATION writer; GRANT CREATE ON DATABASE %s TO writer" % other_server.databases[1])
    query(target, "SET ROLE writer;" + PERSONS.format(schema="writer."))
    made = manifest(source.replace("postgres@", "reader@"), target.replace("postgres@", "writer@"))
    folder = migration({"migration.yaml": json.dumps(made)})
    check_run(rehome, folder, target, "writer.persons")


@pytest.mark.skipif(not Pooler.is_installed(), reason="pgbouncer is not installed")
def test_the_key_goes_through_a_pooler_and_does_not_stay_there(other_server, rehome, migration):
    source, target = other_server.database(PEOPLE.format(schema="")), other_server.database(PERSONS.format(schema=""))
    pooler = Pooler(other_server, "session", default_pool_size=20)
    try:
        through = [pooler.url(name) for name in other_server.databases[:2]]
        pooler.wait_until_ready(other_server.databases[0])
        check_run(rehome, migration({"migration.yaml": json.dumps(manifest(*through))}), target)
        for url in through:
            for _ in range(3):
                with psycopg.connect(url) as connection:
                    assert not connection.execute("SELECT current_setting('rehome.inner', true)").fetchone()[0]
    finally:
        pooler.close()
