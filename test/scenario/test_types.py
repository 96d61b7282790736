"""Values arrive exactly, of every type and in every shape of table, in each of the three ways.

One migration per way moves a table for each kind of value in support/kinds.py; what arrived is compared by PostgreSQL's own text and bytes."""

import pytest

from support.kinds import KINDS, SETUP, SHAPES
from support.migrated import migrate_all
from support.server import connect, query

CASES = {case.name: case for case in [*KINDS, *SHAPES]}
WAYS = ["inside", "stream", "stage"]
NOT_SURE = ["unlogged", "row_security"]  # what a crash empties, and what another role may not see
# Sent as text, or hashed in the server as a text that is not their binary form.
NOT_SUMMED = set("""
aclitem array_of_domain_over_array bpchar bpchar_any citext citext_array composite composite_array composite_nested cube
domain_array domain_over_array domain_over_composite enum_array hstore hstore_array int2vector json_array key_of_bpchar
key_of_citext ltree oidvector own_multirange own_range refcursor regclass regclass_array regprocedure regtype text_range
tsquery xml
""".split())
PINNED = "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET xmloption = content; "


def declare(schema, fill):
    parts = [PINNED, f"CREATE SCHEMA {schema}"]
    for case in CASES.values():
        parts += [case.table(schema), *[part for part in [fill(case)] if part]]
    return ";".join(parts)


def databases(server, way):
    source = server.database(SETUP + declare("old", lambda case: case.fill("old")))
    if way == "inside":
        query(source, declare("new", lambda case: ""))
        return source, source
    met = (lambda case: case.prefill("new")) if way == "stage" else (lambda case: "")
    return source, server.database(SETUP + declare("new", met))


@pytest.fixture(scope="module", params=WAYS)
def moved(request, shared_server, tmp_path_factory):
    """Everything, moved in one of the ways."""
    entities = {name: {"from": case.sql_name("old"), "into": case.sql_name("new")} for name, case in CASES.items()}
    return migrate_all(*databases(shared_server, request.param), entities, tmp_path_factory.mktemp(request.param))


def binary(url, select):
    with connect(url) as connection, connection.cursor().copy(f"COPY ({select}) TO STDOUT (FORMAT binary)") as copy:
        return b"".join(copy)


def test_the_run_ends_well(moved):
    moved.run.succeeds()
    moved.verified.succeeds()


@pytest.mark.parametrize("name", CASES)
def test_it_arrives_exactly(name, moved):
    case = CASES[name]
    assert query(moved.target, PINNED + case.as_text("new")) == query(moved.source, PINNED + case.as_text("old"))
    if case.as_bytes("old"):
        assert binary(moved.target, case.as_bytes("new")) == binary(moved.source, case.as_bytes("old"))
    entity = moved.entity(moved.status, name)
    assert entity["rejected"] == 0 and entity["read"] == entity["written"] + entity["unchanged"], entity


@pytest.mark.parametrize("name", CASES)
def test_it_is_verified(name, moved):
    verified = moved.entity(moved.verified, name)
    assert (verified["missing"], verified["extra"], verified["different"]) == (0, 0, 0), verified
    assert verified["source_rows"] == len(query(moved.source, CASES[name].as_text("old"))), verified


@pytest.mark.parametrize("name", CASES)
def test_what_was_sent_is_summed_up_as_the_servers_do(name, moved):
    """One hash computed in two places: where it differed, the source would be read again, and the method be another."""
    [(way,)] = query(moved.target, f"SELECT way FROM rehome.entity WHERE name = '{name}'")
    summed = way == "stream" and name not in NOT_SUMMED
    assert moved.methods[name] == ("sent" if summed and name not in NOT_SURE else "rows")
    assert (query(moved.target, f"SELECT DISTINCT row_sum IS NOT NULL FROM rehome.chunk WHERE entity = '{name}'")) == [(summed,)]


@pytest.mark.parametrize("declaration", ['<?xml version="1.0"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>'])
def test_an_xml_document_keeps_its_declaration(declaration, server, rehome, migration):
    document = declaration + "<a>é</a>"
    source = server.database(f"CREATE TABLE t (id int PRIMARY KEY, v xml); INSERT INTO t VALUES (1, '{document}')")
    target = server.database("CREATE TABLE t (id int PRIMARY KEY, v xml)")
    folder = migration({"migration.yaml": f"{{rehome: 1, name: x, source: '{source}', target: '{target}', entities: {{t: {{from: t}}}}}}"})
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT v::text FROM t") == [(document,)]


def test_a_table_without_columns_is_refused(server, rehome, migration):
    source, target = server.database("CREATE TABLE t (); INSERT INTO t DEFAULT VALUES"), server.database("CREATE TABLE t ()")
    folder = migration({"migration.yaml": f"{{rehome: 1, name: x, source: '{source}', target: '{target}', entities: {{t: {{from: t}}}}}}"})
    assert "column" in rehome("run", cwd=folder).ends_with(2).stderr


@pytest.mark.parametrize("name", ["identity_always", "identity_by_default", "identity_not_in_key", "with_serial", "with_bigserial_mixed"])
def test_sequences_go_on_behind_what_arrived(name, moved):
    column = {"identity_not_in_key": "n", "with_bigserial_mixed": "Id"}.get(name, "id")
    table = CASES[name].sql_name("new")
    last, most = query(moved.target, f"""SELECT nextval(pg_get_serial_sequence('{table}', '{column}')), max("{column}") FROM {table}""")[0]
    assert last == most + 1
