"""Four published databases, re-modelled: every row arrives, whichever way the source comes in.

The databases and what must come out of them are data beside the repository (REHOME_DATA names another folder): dumps, and expected.json
with rows, distinct keys and a fingerprint per table, made by PostgreSQL alone. Without them these scenarios are skipped."""

import gzip
import json
import os
import pathlib
import subprocess

import pytest

from conftest import ROOT
from support.server import query

DATA = pathlib.Path(os.environ.get("REHOME_DATA", ROOT.parent / "shared" / "data"))
MIGRATIONS = pathlib.Path(__file__).parent / "datasets"
SCHEMAS = {"pagila": "shop", "northwind": "trade", "employee": "hr", "netflix": "catalogue"}
TABLES = {
    "pagila": ["people", "payment_ledger", "rental_event", "address_flat", "title"],
    "northwind": ["party", "order_fact", "order_delivery_pii", "order_line", "employee_tree"],
    "employee": ["person_pii", "person_fact", "employment_event", "department_v2"],
    "netflix": ["title", "credit", "person", "title_facets"],
}

pytestmark = pytest.mark.skipif(
    not (DATA / "expected.json").exists(), reason=f"no databases to migrate: {DATA}/expected.json is not there"
)


def restore(server, dump):
    """Restores a dump in custom format into a fresh database and returns its URL."""
    url = server.database()
    subprocess.run(
        [server.binaries / "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-d", url],
        stdin=open(dump, "rb"), check=True,
    )
    query(url, "ANALYZE")  # as a database in use is
    return url


def expected(database):
    everything = json.loads((DATA / "expected.json").read_text())
    return {table: everything[f"{database}.{table}"] for table in TABLES[database]}


def arrived(url, schema, expectations):
    """What expected.json says of each table, of the tables that are there."""
    return {
        table: {"key": one["key"], **fingerprint(url, f"{schema}.{table}", one["key"])}
        for table, one in expectations.items()
    }


def fingerprint(url, table, key):
    settings = ("SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; "
                "SET extra_float_digits = 1; SET bytea_output = 'hex'; ")
    rows, keys, md5 = query(
        url,
        f"{settings} SELECT count(*), count(DISTINCT ({key})),"
        f" md5(string_agg(md5((t.*)::text), '' ORDER BY md5((t.*)::text))) FROM {table} t",
    )[0]
    return {"rows": rows, "distinct_keys": keys, "fingerprint": md5}


def assert_verified_and_balanced(rehome, folder, env, *arguments):
    status = rehome("status", "--json", *arguments, cwd=folder, env=env).succeeds().json
    assert status["balanced"]
    for entity in status["entities"]:
        accounted = sum(entity[count] for count in ("written", "unchanged", "merged", "filtered", "rejected"))
        assert entity["read"] == accounted and entity["rejected"] == 0, entity
    verified = rehome("verify", "--json", *arguments, cwd=folder, env=env).succeeds().json
    assert verified["state"] == "passed"
    for entity in verified["entities"]:
        assert entity["source_rows"] == entity["target_rows"], entity
        assert (entity["missing"], entity["extra"], entity["different"]) == (0, 0, 0), entity
        assert entity["columns_left_out"] == [], entity


def assert_nothing_is_left_to_do(rehome, folder, env, *arguments):
    before = rehome("status", "--json", *arguments, cwd=folder, env=env).succeeds().json
    rehome("run", *arguments, cwd=folder, env=env).succeeds()
    assert rehome("status", "--json", *arguments, cwd=folder, env=env).succeeds().json == before


@pytest.mark.parametrize("database", TABLES)
def test_a_published_database_arrives_as_described(database, server, rehome):
    env = {"SOURCE_URL": restore(server, DATA / f"{database}.dump"), "TARGET_URL": server.database()}
    folder = MIGRATIONS / database
    rehome("run", cwd=folder, env=env).succeeds()
    assert arrived(env["TARGET_URL"], SCHEMAS[database], expected(database)) == expected(database)
    assert_verified_and_balanced(rehome, folder, env)
    assert_nothing_is_left_to_do(rehome, folder, env)


def test_the_source_is_as_it_was_before(server, rehome):
    source = restore(server, DATA / "employee.dump")
    everything = """SELECT md5(string_agg(md5((t.*)::text), '' ORDER BY md5((t.*)::text))), (SELECT count(*) FROM audit),
                           (SELECT string_agg((c.relname, c.relkind, c.relhastriggers)::text, ';' ORDER BY c.oid) FROM pg_class c)
                      FROM salary t"""
    before = query(source, everything)
    rehome("run", cwd=MIGRATIONS / "employee", env={"SOURCE_URL": source, "TARGET_URL": server.database()}).succeeds()
    assert query(source, everything) == before


def test_a_published_database_is_remodelled_in_place(server, rehome):
    folder = MIGRATIONS / "pagila"
    env = {"SOURCE_URL": restore(server, DATA / "pagila.dump"), "TARGET_URL": "same"}
    rehome("run", cwd=folder, env=env).succeeds()
    assert arrived(env["SOURCE_URL"], "shop", expected("pagila")) == expected("pagila")
    assert_verified_and_balanced(rehome, folder, env)


@pytest.fixture(scope="module")
def dumps(shared_server, tmp_path_factory):
    """One database in the forms in which dumps come: {"custom": path, "directory": path, "plain": path}."""
    folder = tmp_path_factory.mktemp("dumps")
    source = restore(shared_server, DATA / "pagila.dump")
    pg_dump = [shared_server.binaries / "pg_dump", "--no-owner", "-d", source]
    subprocess.run([*pg_dump, "-Fd", "-f", folder / "directory"], check=True)
    plain = subprocess.run(pg_dump, check=True, stdout=subprocess.PIPE).stdout
    (folder / "plain.sql.gz").write_bytes(gzip.compress(plain))
    return {"custom": DATA / "pagila.dump", "directory": folder / "directory", "plain": folder / "plain.sql.gz"}


@pytest.mark.parametrize("form", ["custom", "directory", "plain"])
def test_a_published_database_arrives_out_of_a_dump(form, dumps, server, rehome):
    folder, env = MIGRATIONS / "pagila", {"SOURCE_URL": "dbname=unused", "TARGET_URL": server.database()}
    source = ("--source", f"dump:{dumps[form]}")
    rehome("run", *source, cwd=folder, env=env).succeeds()
    assert arrived(env["TARGET_URL"], "shop", expected("pagila")) == expected("pagila")
    assert_verified_and_balanced(rehome, folder, env, *source)
    assert_nothing_is_left_to_do(rehome, folder, env, *source)
