"""The report: what the ledger says, and nothing else, as one page and as one document."""

import hashlib

import pytest
from support import shop
from support.server import query


@pytest.fixture
def ran(server, migration, rehome):
    """`ran(**changes)` runs the shop's migration and gives its folder and its target."""

    def run(status=0, **changes):
        target = server.database(changes.pop("new", shop.NEW))
        folder = migration(shop.files(server.database(changes.pop("old", shop.OLD)), target, **changes))
        rehome("run", cwd=folder).ends_with(status)
        return folder, target

    return run


# ---- what the ledger keeps for it ----


def test_a_run_keeps_which_files_it_has_read_and_which_servers_it_met(ran):
    folder, target = ran()
    files, versions, addresses = query(target, "SELECT files, ARRAY[source_version, target_version], ARRAY[source, target] FROM rehome.run")[0]
    assert files[0]["file"] == "migration.yaml"
    for one in files:
        assert one["sha256"] == hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest()
    assert versions == [query(target, "SHOW server_version")[0][0]] * 2
    assert [" (host " in address for address in addresses] == [True, True] and addresses[0] != addresses[1]


def test_entities_tell_what_they_read_and_how_they_write(ran):
    _, target = ran()
    rows = query(target, "SELECT name, reads, write, texts FROM rehome.entity ORDER BY name")
    assert rows == [("book", ["books"], "upsert", ["sql/book.sql"]), ("writer", ["authors"], "upsert", ["sql/writer.sql"])]
    assert query(target, "SELECT DISTINCT verified_by FROM rehome.verification") == [("postgres",)]
