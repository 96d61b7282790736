"""`plan --assess` says which rows a run will reject, and why; the run that follows rejects precisely those."""

import json

import pytest
from support.server import query
from test_refused import BAD, Way, spoil
from test_withdraw import CLIENTS, CUSTOMERS, NEW_CUSTOMERS, NEW_SHOP, SHOP, SHOP_ENTITIES, WAYS, migrate  # noqa: F401

REJECTS = "SELECT entity, reason, source_key, parked, budgeted, sqlstate, constraint_name, column_name, source_row, driving_row, message FROM rehome.reject"


def plain(rejects):
    return sorted(json.dumps(one, sort_keys=True, default=str) for one in rejects)


def told(path):
    names = ["entity", "reason", "source_key", "parked", "budgeted", "sqlstate", "constraint", "column", "source_row", "driving_row", "message"]
    return [[one[name] for name in names] for one in json.loads(path.read_text())]


def foretold(rehome, folder, target, *arguments, env=None):
    """Assesses, runs, and compares: status and every reject. Returns the assessment."""
    path = folder / "foretold.json"
    before = query(target, "SELECT count(*) FROM pg_class"), query(target, "SELECT to_regnamespace('rehome')")
    ended = rehome("plan", "--assess", "--json", "-o", path, *arguments, cwd=folder, env=env)
    assert ended.status in (0, 3), ended
    assert (query(target, "SELECT count(*) FROM pg_class"), query(target, "SELECT to_regnamespace('rehome')")) == before
    run = rehome("run", *arguments, cwd=folder, env=env)
    assert run.status == ended.status, (ended, run)
    assert plain(told(path)) == plain(query(target, REJECTS))
    document = ended.json
    assert document["predicted_status"] == run.status
    books = query(target, "SELECT entity, sum(read)::int, sum(written)::int, sum(unchanged)::int, sum(filtered)::int, sum(rejected)::int FROM rehome.chunk GROUP BY 1 ORDER BY 1")
    columns = ("read", "written", "unchanged", "filtered", "rejected")
    assert sorted((one["name"], *(one["books"][name] for name in columns)) for one in document["entities"]) == [tuple(one) for one in books]
    return document


@pytest.fixture(params=["stream", "upsert", "skip", "load", "inside", "inside upsert"])
def way(request, server, migration):
    return Way(request.param, server, migration)


def test_every_guilty_row_is_foretold(way, rehome):
    spoil(way.source, {17 + 331 * i: what for i, what in enumerate([*BAD, "email = NULL", "age = 2", "age = 3, email = NULL"])})
    document = foretold(rehome, way.folder(), way.target)
    assert {one["reason"] for one in document["rejects"]} == {reason for reason, *_ in BAD.values()}


def test_a_missing_parent_is_foretold(way, rehome):
    query(way.target, "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(18, 77);"
                      "ALTER TABLE lead ADD CONSTRAINT of_parent FOREIGN KEY (age) REFERENCES parent")
    spoil(way.source, {5: "age = 99", 6: "age = 98", 1200: "age = 97", 2999: "age = 1"})
    foretold(rehome, way.folder(), way.target)


def test_a_unique_value_that_comes_twice_is_foretold(way, rehome):
    query(way.target, "CREATE UNIQUE INDEX lead_nick ON lead (nick)")
    spoil(way.source, {500: "nick = 'n3'", 2400: "nick = 'n2399'", 2401: "nick = 'n2399'"})
    foretold(rehome, way.folder(), way.target)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_of_several_stays(way, migrate, rehome):  # noqa: F811
    folder, target = migrate(way, CUSTOMERS, NEW_CUSTOMERS, CLIENTS)
    document = foretold(rehome, folder, target)
    assert [(one["reason"], one["rows"]) for one in document["rejects"]] == [("unique:clients_email_key", 3)]


@pytest.mark.parametrize("way", WAYS)
def test_what_refers_to_a_row_that_is_gone_goes_too(way, migrate, rehome):  # noqa: F811
    folder, target = migrate(way, SHOP, NEW_SHOP, SHOP_ENTITIES)
    document = foretold(rehome, folder, target)
    parked = {one["entity"]: (one["rows"], one["parked"]) for one in document["rejects"]}
    assert parked == {"clients": (1, 0), "purchases": (5, 4), "lines": (10, 10), "remarks": (10, 10)}


@pytest.mark.parametrize("way", WAYS)
def test_a_family_is_lost_as_a_whole(way, migrate, rehome):  # noqa: F811
    legacy = """
        CREATE TABLE old (id int PRIMARY KEY, boss int);
        INSERT INTO old SELECT i, CASE WHEN i > 20 THEN i - 20 END FROM generate_series(1, 2000) i;
        UPDATE old SET boss = 5555 WHERE id = 1941;"""
    new = "CREATE TABLE staff (id int PRIMARY KEY, boss_id int REFERENCES staff, code int);"
    entities = {"staff": {"from": "old", "transform": "SELECT id, boss AS boss_id FROM old"}}
    document = foretold(rehome, *migrate(way, legacy, new, entities))
    assert [(one["reason"], one["rows"], one["parked"]) for one in document["rejects"]] == [("foreign_key:staff_boss_id_fkey", 3, 2)]


def test_of_two_entities_into_one_table_the_earlier_one_stays(migrate, rehome):  # noqa: F811
    legacy = CUSTOMERS + """
        CREATE TABLE leads (id int PRIMARY KEY, email text);
        INSERT INTO leads SELECT i, 'c' || i || '@x' FROM generate_series(2990, 3010) i;"""
    entities = {**CLIENTS, "prospects": {"from": "leads", "into": "clients", "transform": "SELECT id + 10000 AS id, email FROM leads"}}
    document = foretold(rehome, *migrate("stream", legacy, NEW_CUSTOMERS, entities))
    assert {one["entity"]: one["rows"] for one in document["rejects"]} == {"clients": 3, "prospects": 11}


PARTITIONED = """
CREATE TABLE events (id int, region text NOT NULL, at date, code text) PARTITION BY LIST (region);
CREATE TABLE events_eu PARTITION OF events FOR VALUES IN ('eu') PARTITION BY RANGE (at);
CREATE TABLE events_eu_new PARTITION OF events_eu (CHECK (code <> 'bad')) FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
CREATE TABLE events_us PARTITION OF events (UNIQUE (code)) FOR VALUES IN ('us');
CREATE UNIQUE INDEX newest ON events_eu_new (code);
"""
OLD_EVENTS = """
CREATE TABLE old_events (id int PRIMARY KEY, region text, at date, code text);
INSERT INTO old_events SELECT i, CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END, date '2021-01-01' + i, 'c' || i FROM generate_series(1, 500) i;
UPDATE old_events SET region = 'asia' WHERE id = 7; UPDATE old_events SET at = '1999-01-01' WHERE id = 8;
UPDATE old_events SET code = 'bad' WHERE id = 10; UPDATE old_events SET code = 'c12' WHERE id = 400; UPDATE old_events SET code = 'c13' WHERE id = 401;
UPDATE old_events SET region = NULL WHERE id = 20;
"""


@pytest.mark.parametrize("way", WAYS)
def test_partitions_refuse_under_their_own_names(way, migrate, rehome):  # noqa: F811
    entities = {"events": {"from": "old_events", "transform": "SELECT id, region, at, code FROM old_events"}}
    folder, target = migrate(way, OLD_EVENTS, PARTITIONED, entities)
    document = foretold(rehome, folder, target)
    reasons = {one["reason"]: one["rows"] for one in document["rejects"]}
    assert reasons == {"check": 3, "check:events_eu_new_code_check": 1, "unique:newest": 1, "unique:events_us_code_key": 1}


def test_a_partition_alone_refuses_what_is_not_its_own(migrate, rehome):  # noqa: F811
    entities = {"events_us": {"from": "old_events", "transform": "SELECT id, region, at, code FROM old_events WHERE id < 10"}}
    document = foretold(rehome, *migrate("stream", OLD_EVENTS, PARTITIONED, entities))
    assert [(one["reason"], one["rows"]) for one in document["rejects"]] == [("check", 5)]


def test_names_that_several_schemas_have_are_told_as_they_are(migrate, rehome):  # noqa: F811
    new = "CREATE SCHEMA a; CREATE SCHEMA b;" + "".join(
        f"CREATE TABLE {name}.clients (id int PRIMARY KEY, email text UNIQUE, name text);" for name in "ab")
    transform = "SELECT id, email, name FROM customers"
    entities = {f"{name}_clients": {"from": "customers", "into": f"{name}.clients", "transform": transform} for name in "ab"}
    document = foretold(rehome, *migrate("stream", CUSTOMERS, new, entities))
    assert [(one["reason"], one["rows"]) for one in document["rejects"]] == [("unique:clients_email_key", 3)] * 2


def test_rules_and_budgets_decide_about_the_status(migrate, rehome):  # noqa: F811
    entities = {"clients": {**CLIENTS["clients"], "rejects": {"tenth": "id % 10 = 0"}, "budgets": {"unique": 3}}}
    folder, target = migrate("stream", CUSTOMERS, NEW_CUSTOMERS, entities)
    document = foretold(rehome, folder, target)
    assert document["predicted_status"] == 0
    assert [(one["reason"], one["rows"], one["over_budget"]) for one in document["rejects"]] == [
        ("tenth", 300, False), ("unique:clients_email_key", 1, False)]


def test_a_run_that_would_stop_over_its_budget_is_told(migrate, rehome):  # noqa: F811
    legacy = CUSTOMERS + "INSERT INTO customers SELECT i, 'c' || i || '@x', NULL FROM generate_series(3001, 90000) i; ANALYZE customers;"
    new = NEW_CUSTOMERS.replace("name text", "name text NOT NULL")
    folder, _ = migrate("stream", legacy, new, {"clients": {**CLIENTS["clients"], "max_rejects": 5}})
    ended = rehome("plan", "--assess", "--json", cwd=folder).ends_with(3)
    assert ended.json["predicted_status"] == 1 and "of at most 5" in ended.json["entities"][0]["stops"]
    assert {one["reason"]: one["rows"] for one in ended.json["rejects"]} == {"not_null:name": 87000, "unique:clients_email_key": 3}
    rehome("run", "--jobs", "1", cwd=folder).ends_with(1)


def test_a_sample_tells_at_least_so_many(migrate, rehome):  # noqa: F811
    legacy = CUSTOMERS + "INSERT INTO customers SELECT i, 'd' || i || '@x', CASE WHEN i % 10 > 0 THEN 'n' END FROM generate_series(3001, 100000) i; ANALYZE customers;"
    new = NEW_CUSTOMERS.replace("name text", "name text NOT NULL")
    folder, _ = migrate("stream", legacy, new, CLIENTS)
    document = rehome("plan", "--assess", "--json", "--sample", "10%", cwd=folder).ends_with(3).json
    entity = document["entities"][0]
    assert (entity["state"], document["sample"]) == ("sample", 10) and 5000 < entity["books"]["read"] < 20000
    assert abs(sum(one["rows"] for one in document["rejects"]) - entity["books"]["read"] / 10) < entity["books"]["read"] / 50
    assert "at least" in rehome("plan", "--assess", "--sample", "10", cwd=folder).ends_with(3).stdout
    for value in ("0", "101", "x", "5.5"):
        assert "per cent" in rehome("plan", "--assess", "--sample", value, cwd=folder).ends_with(2).stderr


def test_tables_are_only_read_and_sequences_stay(migrate, rehome):  # noqa: F811
    new = """
        CREATE TABLE clients (id int PRIMARY KEY, number serial, twin int GENERATED BY DEFAULT AS IDENTITY, email text UNIQUE, name text);
        INSERT INTO clients (id, email) SELECT -i, 'own' || i FROM generate_series(1, 5) i;"""
    folder, target = migrate("stream", CUSTOMERS, new, CLIENTS)
    sequences = "SELECT (SELECT last_value FROM clients_number_seq), (SELECT last_value FROM clients_twin_seq), (SELECT count(*) FROM clients)"
    assessing = rehome.start("plan", "--assess", cwd=folder, env={"REHOME_FAULT": "copy.moved:stall"})
    assessing.wait_for("copy.moved")
    locks = query(target, """SELECT DISTINCT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                              WHERE c.relname LIKE 'clients%' AND c.relnamespace = 'public'::regnamespace""")
    assert locks == [("AccessShareLock",)]
    query(target, "INSERT INTO clients (id, email) VALUES (-100, 'somebody')")
    assessing.kill()
    query(target, "DELETE FROM clients WHERE id = -100")
    before = query(target, sequences)
    rehome("plan", "--assess", cwd=folder).ends_with(3)
    assert query(target, sequences) == before
    foretold(rehome, folder, target)
    assert query(target, "SELECT count(DISTINCT number), max(number) FROM clients WHERE id > 0")[0][0] == 2997


def test_what_a_trigger_does_is_said_not_to_be_known(migrate, rehome):  # noqa: F811
    new = NEW_CUSTOMERS + """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON clients FOR EACH ROW EXECUTE FUNCTION refuse();"""
    folder, _ = migrate("stream", CUSTOMERS, new, CLIENTS)
    ended = rehome("plan", "--assess", cwd=folder).ends_with(3)
    assert "not foreseen: clients: triggers that fire" in ended.stdout and "refuse" in ended.stdout


def test_expand_files_make_the_tables_that_are_assessed(migrate, rehome):  # noqa: F811
    folder, target = migrate("stream", CUSTOMERS, "", CLIENTS, {"tables.sql": NEW_CUSTOMERS + "CREATE TYPE mood AS ENUM ('x');"}, expand=["tables.sql"])
    foretold(rehome, folder, target)


def test_what_was_moved_before_counts_and_what_is_half_done_is_refused(migrate, rehome):  # noqa: F811
    folder, target = migrate("stream", SHOP, NEW_SHOP, SHOP_ENTITIES)
    rehome("run", "--only", "clients,purchases", cwd=folder).ends_with(3)
    path = folder / "foretold.json"
    document = rehome("plan", "--assess", "--json", "-o", path, cwd=folder).ends_with(3).json
    assert {one["name"]: one["state"] for one in document["entities"]} == {
        "clients": "moved before", "purchases": "moved before", "lines": "all rows", "remarks": "all rows"}
    rehome("run", cwd=folder).ends_with(3)
    assert plain(told(path)) == plain(query(target, REJECTS))
