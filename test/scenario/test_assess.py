"""`plan --assess` says which rows a run will reject, and why; the run that follows rejects precisely those."""

import json
import threading
import time

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
    legacy = CUSTOMERS + "INSERT INTO customers SELECT i, 'c' || i || '@x', CASE WHEN i BETWEEN 7001 AND 86000 THEN 'n' END FROM generate_series(3001, 90000) i; ANALYZE customers;"
    new = NEW_CUSTOMERS.replace("name text", "name text NOT NULL")
    folder, _ = migrate("stream", legacy, new, {"clients": {**CLIENTS["clients"], "max_rejects": 5}})
    ended = rehome("plan", "--assess", "--json", cwd=folder).ends_with(3)
    assert ended.json["predicted_status"] == 1 and "of at most 5" in ended.json["entities"][0]["stops"]
    assert {one["reason"]: one["rows"] for one in ended.json["rejects"]} == {"not_null:name": 8000, "unique:clients_email_key": 3}
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


LOOKED_UP = """
CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users SELECT i, 'user' || i FROM generate_series(1, 100) i;
UPDATE users SET name = NULL WHERE id IN (7, 8);
CREATE TABLE posts (id int PRIMARY KEY, author text); INSERT INTO posts SELECT i, 'user' || (1 + i % 110) FROM generate_series(1, 500) i;
"""
NEW_LOOKED_UP = """
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE entries (id int PRIMARY KEY, author_id int NOT NULL, twin_id int);
"""


@pytest.mark.parametrize("table", ["people", "public.people", "ONLY people"])
def test_rows_of_other_entities_are_found_where_load_looks_them_up(table, migrate, rehome):  # noqa: F811
    load = f"SELECT s.id, p.id AS author_id, (SELECT min(q.id) FROM {table} AS q WHERE q.name > p.name) AS twin_id FROM staged s LEFT JOIN {table} p ON p.name = s.author"
    entities = {"people": {"from": "users"}, "entries": {"from": "posts", "load": load, "transform": "SELECT id, author FROM posts"}}
    document = foretold(rehome, *migrate("stream", LOOKED_UP, NEW_LOOKED_UP, entities))
    assert {one["entity"]: one["rows"] for one in document["rejects"]} == {"people": 2, "entries": 50}
    assert [one["warnings"] for one in document["entities"]] == [[], []]


def test_rows_of_other_entities_are_found_where_a_transform_looks_them_up(migrate, rehome):  # noqa: F811
    transform = "SELECT s.id, people.id AS author_id FROM posts s LEFT JOIN public.people ON people.name = s.author"
    entities = {"people": {"from": "users"}, "entries": {"from": "posts", "transform": transform}}
    document = foretold(rehome, *migrate("inside", LOOKED_UP, NEW_LOOKED_UP, entities))
    assert {one["entity"]: one["rows"] for one in document["rejects"]} == {"people": 2, "entries": 50}


def test_what_a_view_looks_up_is_said_not_to_be_known(migrate, rehome):  # noqa: F811
    load = "SELECT s.id, p.id AS author_id FROM staged s LEFT JOIN seen p ON p.name = s.author"
    entities = {"people": {"from": "users"}, "entries": {"from": "posts", "load": load, "transform": "SELECT id, author FROM posts"}}
    folder, _ = migrate("stream", LOOKED_UP, NEW_LOOKED_UP + "CREATE VIEW seen AS SELECT * FROM people;", entities)
    document = rehome("plan", "--assess", "--json", cwd=folder).ends_with(3).json
    assert "its load reads \"public\".\"people\" as it is now" in document["entities"][1]["warnings"][0]


PEOPLE = """
CREATE TABLE users (id int PRIMARY KEY, mail text, born text, score numeric, secret text, nick varchar(9), at timestamp);
INSERT INTO users SELECT i, 'User' || i || '@X', '2001-02-' || lpad((1 + i % 28)::text, 2, '0'), i / 10.0, 's' || i, nullif('n' || i % 5, 'n3'), '2024-01-01'
  FROM generate_series(1, 1000) i;
UPDATE users SET mail = '  ' WHERE id <= 10; UPDATE users SET mail = NULL WHERE id BETWEEN 11 AND 15;
"""
NEW_PEOPLE = """
CREATE TABLE people (id bigint PRIMARY KEY, email text, born date, score int, secret text, nick text, city text, at date, number serial);
"""
MAPPED = "SELECT id, lower(trim(mail)) AS email, born::date AS born, score::int AS score, secret, nick, mail AS city, at::date AS at FROM users"


@pytest.mark.parametrize("way", WAYS)
def test_columns_are_shown_before_and_after(way, migrate, rehome):  # noqa: F811
    folder, target = migrate(way, PEOPLE, NEW_PEOPLE, {"people": {"from": "users", "transform": MAPPED, "redact": ["secret"]}})
    document = foretold(rehome, folder, target)
    columns = {one["name"]: one for one in document["entities"][0]["columns"]}
    email = columns["email"]
    assert (email["from"], email["computed"], email["changed"], email["comes_back"]) == ("mail", True, 995, "counted")
    before, after = email["before"], email["after"]
    assert (before["rows"], before["nulls"], before["blanks"], before["distinct"], before["longest"]) == (1000, 5, 10, 986, 10)
    assert (after["nulls"], after["blanks"], after["distinct"], after["min"]) == (5, 10, 986, "")
    score = columns["score"]
    assert (score["changed"], score["example"], score["before"]["max"], score["after"]["max"]) == (900, {"id": "1"}, "100.0000000000000000", "100")
    assert (columns["born"]["changed"], columns["at"]["changed"], columns["born"]["after"]["min"]) == (0, 0, "2001-02-01")
    assert (columns["id"]["comes_back"], columns["nick"]["comes_back"], columns["nick"]["after"]["nulls"]) == ("by type", "by type", 200)
    assert columns["secret"]["redacted"] and columns["secret"]["before"]["min"] == columns["secret"]["after"]["max"] == "(redacted)"
    assert "s1" not in json.dumps(columns["secret"])
    assert columns["score"]["odd"] == ["900 of old values cannot be had back", "101 values where there were 1,000"]


def test_odd_columns_are_told_and_others_with_v(migrate, rehome):  # noqa: F811
    transform = MAPPED.replace("mail AS city", "NULL::text AS city").replace("nick,", "'me' AS nick,")
    folder, _ = migrate("stream", PEOPLE, NEW_PEOPLE, {"people": {"from": "users", "transform": transform, "redact": ["secret"]}})
    said = rehome("plan", "--assess", cwd=folder).ends_with(0).stdout
    assert "nothing but nulls" in said and "people, before → after:" in said
    assert "nothing is odd" in said and "2001-02-28" not in said and "s100" not in said
    said = rehome("plan", "--assess", "-v", cwd=folder).ends_with(0).stdout
    assert "2001-02-28" in said and "nothing is odd" not in said and "(redacted)" in said and "s100" not in said


def test_of_a_table_with_rows_the_columns_are_those_of_the_new_ones(migrate, rehome):  # noqa: F811
    new = NEW_PEOPLE + "INSERT INTO people (id, email) SELECT -i, 'own' || i FROM generate_series(1, 50) i;"
    folder, _ = migrate("stream", PEOPLE, new, {"people": {"from": "users", "transform": MAPPED}})
    document = rehome("plan", "--assess", "--json", cwd=folder).ends_with(0).json
    column = document["entities"][0]["columns"][0]
    assert (column["after"]["rows"], column["after"]["min"], column["after"]["max"]) == (1000, "1", "1000")


def test_it_gives_way_to_who_waits_for_what_expand_has_locked(migrate, rehome):  # noqa: F811
    legacy = CUSTOMERS + "INSERT INTO customers SELECT i, 'd' || i || '@x', 'n' FROM generate_series(3001, 60000) i; ANALYZE customers;"
    new = "CREATE TABLE used (id int PRIMARY KEY); INSERT INTO used VALUES (1);"
    expand = NEW_CUSTOMERS + "ALTER TABLE used ADD COLUMN more int;"
    folder, target = migrate("stream", legacy, new, CLIENTS, {"tables.sql": expand}, expand=["tables.sql"])
    calm = rehome("plan", "--assess", cwd=folder).ends_with(3)
    assert "expand and seed files lock used (AccessExclusiveLock)" in calm.stdout and "clients (" not in calm.stdout
    assessing = rehome.start("plan", "--assess", cwd=folder, env={"REHOME_FAULT": "copy.moved:pause"})
    assessing.wait_for("copy.moved")
    waiting = threading.Thread(target=query, args=(target, "SELECT count(*) FROM used"))
    waiting.start()
    while query(target, "SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        time.sleep(0.05)
    assessing.resume()
    assert "the assessment gives way" in assessing.wait().ends_with(1).stderr
    waiting.join(timeout=30)
    assert not waiting.is_alive() and query(target, "SELECT to_regclass('clients')") == [(None,)]
