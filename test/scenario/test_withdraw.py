"""Rows that a key refuses when it comes back are taken out again: the first of several stays, the others are rejects, and everything agrees."""

import json

import pytest
from support.server import query

WAYS = ["stream", "inside"]


@pytest.fixture
def migrate(server, migration):
    """`migrate(way, legacy, new, entities)` writes a migration between two databases or inside one; returns folder and target."""

    def make(way, legacy, new, entities, files=(), **more):
        inside = way == "inside"
        source = server.database(legacy + new if inside else legacy)
        target = source if inside else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if inside else target, "entities": entities} | more
        return migration({"migration.yaml": json.dumps(manifest)} | dict(files)), target

    return make


def rejects(target, columns="entity, reason, source_key"):
    return query(target, f"SELECT {columns} FROM rehome.reject ORDER BY entity COLLATE \"C\", (source_key->>'id')::bigint, id")


def is_settled(rehome, folder, target):
    """Books, proof and another run agree with what was set aside."""
    unbalanced = """
        SELECT e.name, (SELECT sum(rejected) FROM rehome.chunk c WHERE (c.migration, c.entity) = (e.migration, e.name)),
               (SELECT count(*) FROM rehome.reject r WHERE (r.migration, r.entity) = (e.migration, e.name)) FROM rehome.entity e"""
    for name, rejected, count in query(target, unbalanced):
        assert rejected == count, name
    assert query(target, "SELECT name FROM rehome.step WHERE state <> 'done'") == []
    rehome("verify", cwd=folder).ends_with(0)
    before = query(target, "SELECT count(*), max(id) FROM rehome.reject"), query(target, "SELECT count(*) FROM rehome.chunk")
    again = rehome("run", cwd=folder).ends_with(3)
    assert "nothing was left to do" in again.stdout, again
    assert before == (query(target, "SELECT count(*), max(id) FROM rehome.reject"), query(target, "SELECT count(*) FROM rehome.chunk"))


CUSTOMERS = """
CREATE TABLE customers (id int PRIMARY KEY, email text, name text);
INSERT INTO customers SELECT i, 'c' || i || '@x', 'name ' || i FROM generate_series(1, 3000) i;
UPDATE customers SET email = 'c1@x' WHERE id IN (7, 2900);
UPDATE customers SET email = 'c50@x' WHERE id = 51;
"""
NEW_CUSTOMERS = "CREATE TABLE clients (id int PRIMARY KEY, email text UNIQUE, name text);"
CLIENTS = {"clients": {"from": "customers", "transform": "SELECT id, email, name FROM customers"}}


@pytest.mark.parametrize("way", WAYS)
def test_the_first_of_several_stays_and_the_others_are_rejects(way, migrate, rehome):
    folder, target = migrate(way, CUSTOMERS, NEW_CUSTOMERS, CLIENTS)
    ended = rehome("run", "--jobs", "2", cwd=folder).ends_with(3)
    assert "unique:clients_email_key" in ended.stdout, ended
    assert rejects(target) == [("clients", "unique:clients_email_key", {"id": str(key)}) for key in (7, 51, 2900)]
    columns = "source_row, driving_row, sqlstate, constraint_name, budgeted, parked, fingerprint IS NOT NULL, message"
    row = {"id": 7, "email": "c1@x", "name": "name 7"}
    said = 'duplicate key value violates unique constraint "clients_email_key"'
    assert rejects(target, columns)[0] == (row, row, "23505", "clients_email_key", True, None, True, said)
    assert query(target, "SELECT count(*), min(id) FILTER (WHERE email = 'c1@x') FROM clients") == [(2997, 1)]
    assert query(target, "SELECT read, written, rejected, state FROM rehome.chunk WHERE method = 'keys'") == [(0, -3, 3, "done")]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("way", WAYS)
def test_rows_that_the_transform_fails_for_are_not_asked_for_again(way, migrate, rehome):
    """The transform would fail for them once more when the others' driving rows are looked for."""
    entities = {"clients": {"from": "customers", "transform": "SELECT id, email, 10 / (id % 500) || name AS name FROM customers"}}
    folder, target = migrate(way, CUSTOMERS, NEW_CUSTOMERS, entities)
    rehome("run", "--jobs", "2", cwd=folder).ends_with(3)
    expected = [(7, "unique:clients_email_key"), (51, "unique:clients_email_key"), *((key, "refused:22012") for key in range(500, 2501, 500)),
                (2900, "unique:clients_email_key"), (3000, "refused:22012")]
    assert rejects(target) == [("clients", reason, {"id": str(key)}) for key, reason in expected]
    is_settled(rehome, folder, target)


def test_of_two_entities_the_earlier_one_stays_whoever_is_quicker(migrate, rehome):
    legacy = CUSTOMERS + """
        CREATE TABLE leads (id int PRIMARY KEY, email text);
        INSERT INTO leads SELECT i, 'c' || i || '@x' FROM generate_series(2990, 3010) i;"""
    entities = {
        "clients": {"from": "customers", "transform": "SELECT id, email, name FROM customers"},
        "prospects": {"from": "leads", "into": "clients", "transform": "SELECT id + 10000 AS id, email FROM leads"},
    }
    folder, target = migrate("stream", legacy, NEW_CUSTOMERS, entities)
    rehome("run", "--jobs", "2", cwd=folder).ends_with(3)
    found = rejects(target, "entity, (source_key->>'id')::int")
    assert found == [("clients", 7), ("clients", 51), ("clients", 2900)] + [("prospects", key) for key in range(2990, 3001)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "index, name, gone",
    [
        ("ALTER TABLE things ADD UNIQUE (kind, code)", "things_kind_code_key", [3]),
        ("CREATE UNIQUE INDEX folded ON things (lower(code))", "folded", [2, 3, 4, 8]),
        ("CREATE UNIQUE INDEX folded ON things (code) WHERE live", "folded", [4]),
        ("ALTER TABLE things ADD UNIQUE NULLS NOT DISTINCT (kind, code)", "things_kind_code_key", [3, 7]),
        ("CREATE UNIQUE INDEX folded ON things (code COLLATE blind)", "folded", [2, 3, 4, 8]),
    ],
    ids=["composite", "expression", "partial", "equal nulls", "collation"],
)
def test_every_kind_of_unique_index_is_understood(way, index, name, gone, migrate, rehome):
    legacy = """
        CREATE TABLE stuff (id int PRIMARY KEY, kind text, code text, live bool);
        INSERT INTO stuff VALUES (1, 'a', 'X', true), (2, 'b', 'x', true), (3, 'a', 'X', false), (4, 'b', 'X', true), (5, 'a', NULL, true),
                                 (6, 'c', NULL, true), (7, 'c', NULL, true), (8, 'd', 'x', NULL), (9, 'Ü', 'ü', true);"""
    new = "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);" if "blind" in index else ""
    new += "CREATE TABLE things (id int PRIMARY KEY, kind text, code text, live bool);" + index
    entities = {"things": {"from": "stuff", "transform": "SELECT id, kind, code, live FROM stuff"}}
    folder, target = migrate(way, legacy, new, entities)
    rehome("run", cwd=folder).ends_with(3)
    assert rejects(target, "reason, (source_key->>'id')::int") == [(f"unique:{name}", key) for key in gone]
    assert query(target, "SELECT array_agg(id ORDER BY id) FROM things") == [([key for key in range(1, 10) if key not in gone],)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize(
    "kind, values, gone",
    [
        ("numeric", ["1.0", "1.00", "2", None, None, "1"], [2, 6]),
        ("money", ["1", "2", "1", None, None, "3"], [3]),
        ("tsvector", ["a b", "c", "b a", None, None, "a"], [3]),
        ("pair", ["(1,)", "(1,2)", "(1,)", "(,)", "(,)", None], [3, 5]),
        ("int[]", ["{1,2}", "{1,NULL}", "{2,1}", "{1,NULL}", "{}", "{}"], [4, 6]),
    ],
    ids=["equal but not the same", "without a hash", "without a hash either", "composite", "array"],
)
def test_values_of_every_type_are_compared_as_the_index_does(kind, values, gone, migrate, rehome):
    types = "CREATE TYPE pair AS (a int, b int);"
    quoted = ["NULL" if value is None else f"'{value}'" for value in values]
    rows = ", ".join(f"({key}, {value})" for key, value in enumerate(quoted, 1))
    legacy = f"{types} CREATE TABLE stuff (id int PRIMARY KEY, v {kind}); INSERT INTO stuff VALUES {rows};"
    folder, target = migrate("inside", legacy, f"CREATE TABLE things (id int PRIMARY KEY, v {kind} UNIQUE);",
                             {"things": {"from": "stuff", "transform": "SELECT id, v FROM stuff"}})
    rehome("run", cwd=folder).ends_with(3)
    assert rejects(target, "reason, (source_key->>'id')::int") == [("unique:things_v_key", key) for key in gone]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_several_indexes_take_out_the_same_rows_whichever_comes_first(jobs, migrate, rehome):
    legacy = """
        CREATE TABLE stuff (id int PRIMARY KEY, a int, b int, c int);
        INSERT INTO stuff SELECT i, i, i, i FROM generate_series(1, 2000) i;
        INSERT INTO stuff VALUES (2001, 1, 3001, 3001), (2002, 3002, 3001, 2), (2003, 3003, 3003, 3001);"""
    new = "CREATE TABLE things (id int PRIMARY KEY, c int UNIQUE, b int UNIQUE, a int UNIQUE);"
    folder, target = migrate("stream", legacy, new, {"things": {"from": "stuff", "transform": "SELECT id, a, b, c FROM stuff"}})
    rehome("run", "--jobs", jobs, cwd=folder).ends_with(3)
    found = rejects(target, "reason, (source_key->>'id')::int")
    assert found == [("unique:things_a_key", 2001), ("unique:things_c_key", 2002)]
    is_settled(rehome, folder, target)


def test_rows_that_are_alike_in_everything_but_one_column_are_told_apart(migrate, rehome):
    legacy = """
        CREATE TABLE orders (id int PRIMARY KEY, items jsonb);
        INSERT INTO orders SELECT i, '[{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]' FROM generate_series(1, 500) i;
        UPDATE orders SET items = '[{"sku": "a", "n": 1}, {"sku": "a", "n": 1}, {"sku": "a", "n": 2}, {"sku": "c", "n": 2}]' WHERE id IN (3, 400);"""
    new = "CREATE TABLE lines (order_id int, sku text, n int, PRIMARY KEY (order_id, sku));"
    transform = "SELECT o.id AS order_id, x->>'sku' AS sku, (x->>'n')::int AS n FROM orders o, jsonb_array_elements(o.items) x"
    folder, target = migrate("stream", legacy, new, {"lines": {"from": "orders", "transform": transform}})
    rehome("run", cwd=folder).ends_with(3)
    found = rejects(target, "reason, (source_key->>'id')::int, source_row->>'sku'")
    assert found == [("unique:lines_pkey", key, "a") for key in (3, 3, 400, 400)]
    assert query(target, "SELECT count(*), count(*) FILTER (WHERE order_id IN (3, 400)) FROM lines") == [(1000, 4)]
    is_settled(rehome, folder, target)


SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, email text);
CREATE TABLE orders (id int PRIMARY KEY, customer int);
CREATE TABLE items (id int PRIMARY KEY, order_id int);
CREATE TABLE notes (id int PRIMARY KEY, item_id int);
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 500) i;
INSERT INTO orders SELECT i, 1 + i % 500 FROM generate_series(1, 2000) i;
INSERT INTO items SELECT i, 1 + i % 2000 FROM generate_series(1, 4000) i;
INSERT INTO notes SELECT i, 1 + i % 4000 FROM generate_series(1, 4000) i;
UPDATE customers SET email = 'c1' WHERE id = 9;
UPDATE orders SET customer = 9999 WHERE id = 77;
"""
NEW_SHOP = """
CREATE TABLE clients (id int PRIMARY KEY, email text UNIQUE);
CREATE TABLE purchases (id int PRIMARY KEY, client_id int NOT NULL REFERENCES clients ON DELETE CASCADE);
CREATE TABLE lines (id int PRIMARY KEY, purchase_id int REFERENCES purchases);
CREATE TABLE remarks (id int PRIMARY KEY, line_id int REFERENCES lines ON DELETE SET NULL);
"""
SHOP_ENTITIES = {
    "remarks": {"from": "notes", "transform": "SELECT id, item_id AS line_id FROM notes"},
    "lines": {"from": "items", "transform": "SELECT id, order_id AS purchase_id FROM items"},
    "purchases": {"from": "orders", "transform": "SELECT id, customer AS client_id FROM orders"},
    "clients": {"from": "customers", "transform": "SELECT id, email FROM customers"},
}


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("way", WAYS)
def test_what_refers_to_a_row_that_is_gone_goes_too_over_all_levels(way, jobs, migrate, rehome):
    folder, target = migrate(way, SHOP, NEW_SHOP, SHOP_ENTITIES)
    rehome("run", "--jobs", jobs, cwd=folder).ends_with(3)
    counts = query(target, "SELECT entity, reason, count(*)::int, count(parked)::int FROM rehome.reject GROUP BY 1, 2 ORDER BY 1")
    assert counts == [
        ("clients", "unique:clients_email_key", 1, 0),
        ("lines", "foreign_key:lines_purchase_id_fkey", 10, 10),
        ("purchases", "foreign_key:purchases_client_id_fkey", 5, 4),
        ("remarks", "foreign_key:remarks_line_id_fkey", 10, 10),
    ]
    parked = query(target, "SELECT source_key, parked FROM rehome.reject WHERE entity = 'purchases' ORDER BY (source_key->>'id')::int LIMIT 2")
    assert parked == [({"id": "8"}, {"id": "9"}), ({"id": "77"}, None)]
    keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace"
    assert query(target, keys) == [(3,)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("way", WAYS)
def test_a_table_that_refers_to_itself_loses_whole_families(way, migrate, rehome):
    legacy = """
        CREATE TABLE old (id int PRIMARY KEY, boss int);
        INSERT INTO old SELECT i, CASE WHEN i > 20 THEN i - 20 END FROM generate_series(1, 2000) i;
        UPDATE old SET boss = 5555 WHERE id = 1941;"""
    new = "CREATE TABLE staff (id int PRIMARY KEY, boss_id int REFERENCES staff ON DELETE CASCADE, code int);"
    entities = {"staff": {"from": "old", "transform": "SELECT id, boss AS boss_id FROM old"}}
    folder, target = migrate(way, legacy, new, entities)
    rehome("run", cwd=folder).ends_with(3)
    assert rejects(target, "(source_key->>'id')::int, parked->>'id'") == [(1941, None), (1961, "1941"), (1981, "1961")]
    assert query(target, "SELECT count(*) FROM staff") == [(1997,)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("jobs", [1, 3])
def test_keys_in_a_circle_are_looked_at_until_nothing_is_missing(jobs, migrate, rehome):
    legacy = """
        CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int);
        INSERT INTO a SELECT i, i FROM generate_series(1, 1000) i;
        INSERT INTO b SELECT i, CASE WHEN i % 10 = 0 THEN i ELSE i + 1 END FROM generate_series(1, 1000) i;
        UPDATE a SET b = 9000 WHERE id IN (10, 605);"""
    new = """
        CREATE TABLE x (id int PRIMARY KEY, y_id int); CREATE TABLE y (id int PRIMARY KEY, x_id int REFERENCES x);
        ALTER TABLE x ADD FOREIGN KEY (y_id) REFERENCES y;"""
    entities = {"x": {"from": "a", "transform": "SELECT id, b AS y_id FROM a"}, "y": {"from": "b", "transform": "SELECT id, a AS x_id FROM b"}}
    folder, target = migrate("stream", legacy, new, entities)
    rehome("run", "--jobs", jobs, cwd=folder).ends_with(3)
    # y 10 and y 9 refer to x 10, x 9 refers to y 9, y 8 to that one, and so on; of the others' tens 601 to 605
    gone = [[*range(1, 11), *range(601, 606)], [*range(1, 11), *range(601, 605)]]
    for table, ids in zip("xy", gone):
        assert query(target, f"SELECT array_agg(i ORDER BY i) FROM generate_series(1, 1000) i WHERE i NOT IN (SELECT id FROM {table})") == [(ids,)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("way", WAYS)
def test_of_bookings_that_overlap_those_stay_that_meet_none_before_them(way, migrate, rehome):
    legacy = """
        CREATE TABLE stays (id int PRIMARY KEY, room int, first int, last int);
        INSERT INTO stays SELECT i, i % 7, i * 10, i * 10 + 9 FROM generate_series(1, 1000) i;
        INSERT INTO stays VALUES (2001, 5, 50, 125), (2002, 5, 120, 121), (2003, 0, 20000, 20010), (2004, 0, 20010, 20020), (2005, 0, 20020, 20030);"""
    new = """
        CREATE TABLE bookings (id int PRIMARY KEY, room int, during int4range,
          CONSTRAINT one_at_a_time EXCLUDE USING gist (int4range(room, room, '[]') WITH &&, during WITH &&));"""
    transform = "SELECT id, room, int4range(first, last, '[]') AS during FROM stays"
    folder, target = migrate(way, legacy, new, {"bookings": {"from": "stays", "transform": transform}})
    rehome("run", cwd=folder).ends_with(3)
    found = rejects(target, "reason, (source_key->>'id')::int, sqlstate")
    assert found == [("exclusion:one_at_a_time", key, "23P01") for key in (2001, 2002, 2004)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_a_table_without_a_key_are_told_by_their_place(way, migrate, rehome):
    legacy = """
        CREATE TABLE mails (email text, name text);
        INSERT INTO mails SELECT 'm' || i % 990, CASE WHEN i < 995 THEN 'same' ELSE 'other ' || i END FROM generate_series(1, 1000) i;"""
    new = "CREATE TABLE contacts (email text PRIMARY KEY, name text);"
    entities = {"contacts": {"from": "mails", "transform": "SELECT email, name FROM mails", "write": "insert"}}
    folder, target = migrate(way, legacy, new, entities)
    rehome("run", cwd=folder).ends_with(3)
    assert query(target, "SELECT reason, count(*)::int, count(source_key->>'ctid')::int FROM rehome.reject GROUP BY 1") == [("unique:contacts_pkey", 10, 10)]
    assert query(target, "SELECT count(*), count(DISTINCT name) FROM contacts") == [(990, 1)]
    is_settled(rehome, folder, target)


def test_rows_of_a_load_are_told_by_their_mapped_key(migrate, rehome):
    legacy = """
        CREATE TABLE posts (region text, id int, author text, PRIMARY KEY (region, id));
        INSERT INTO posts SELECT 'eu', i, 'user' || i % 50 FROM generate_series(1, 1000) i;"""
    new = """
        CREATE TABLE authors (id int PRIMARY KEY, name text); INSERT INTO authors SELECT i, 'user' || i FROM generate_series(0, 49) i;
        CREATE TABLE threads (id int PRIMARY KEY);
        INSERT INTO threads SELECT i FROM generate_series(1, 1008) i; DELETE FROM threads WHERE id IN (17, 30);
        CREATE TABLE entries (id int PRIMARY KEY, author_id int, thread_id int REFERENCES threads);"""
    load = "SELECT s.id + 1000 AS id, a.id AS author_id, s.id AS thread_id FROM staged s JOIN authors a ON a.name = s.author"
    entities = {"entries": {"from": "posts", "transform": "SELECT id, author FROM posts", "load": load}}
    folder, target = migrate("stream", legacy, new, entities)
    rehome("run", cwd=folder).ends_with(3)
    found = rejects(target, "reason, source_key, source_row")
    row = {"id": 1017, "author_id": 17, "thread_id": 17}
    assert len(found) == 2 and found[0] == ("foreign_key:entries_thread_id_fkey", {"id": "1017"}, row)
    is_settled(rehome, folder, target)


def test_rows_of_a_merge_are_told_by_their_key(migrate, rehome):
    legacy = """
        CREATE TABLE users (id int PRIMARY KEY, email text, phone text); CREATE TABLE people (id int PRIMARY KEY, email text, phone text);
        INSERT INTO users SELECT i, 'u' || i, 'p' || i FROM generate_series(1, 1000) i;
        INSERT INTO people SELECT i, 'u' || i, 'p' || i FROM generate_series(900, 1100) i;
        UPDATE users SET phone = 'p1' WHERE id IN (500, 501);"""
    new = "CREATE TABLE staff (email text PRIMARY KEY, phone text UNIQUE);"
    sources = [{"from": name, "transform": f"SELECT email, phone FROM {name}"} for name in ("users", "people")]
    folder, target = migrate("stream", legacy, new, {"staff": {"merge": {"key": "email", "sources": sources}}})
    rehome("run", cwd=folder).ends_with(3)
    found = rejects(target, "reason, source_key")
    assert found == [("unique:staff_phone_key", {"email": "u500"}), ("unique:staff_phone_key", {"email": "u501"})]
    is_settled(rehome, folder, target)


def test_new_keys_of_rows_that_are_gone_are_forgotten(migrate, rehome):
    entities = {"clients": {"from": "customers", "transform": "SELECT id + 100 AS id, email, name FROM customers", "crosswalk": True}}
    folder, target = migrate("stream", CUSTOMERS, NEW_CUSTOMERS, entities)
    rehome("run", cwd=folder).ends_with(3)
    gone = "SELECT array_agg(i ORDER BY i) FROM generate_series(1, 3000) i WHERE i NOT IN (SELECT old_id FROM rehome.crosswalk_clients)"
    assert query(target, gone) == [([7, 51, 2900],)]
    is_settled(rehome, folder, target)


def test_items_of_a_list_are_told_apart(migrate, rehome):
    tables = "".join(f"CREATE TABLE card_{n} (id int PRIMARY KEY, code text); INSERT INTO card_{n} SELECT i, 'c' || i * {n} FROM generate_series(1, 300) i;" for n in (1, 2, 3))
    legacy = tables + "CREATE TABLE cards (name text PRIMARY KEY); INSERT INTO cards VALUES ('card_1'), ('card_2'), ('card_3');"
    new = "CREATE TABLE answers (card text, id int, code text UNIQUE, PRIMARY KEY (card, id));"
    entity = {"into": "answers", "for_each": "SELECT name FROM cards ORDER BY 1", "from": ':"name"', "transform": "SELECT :'name' AS card, id, code FROM :\"name\""}
    folder, target = migrate("stream", legacy, new, {"answers": entity})
    rehome("run", "--jobs", "3", cwd=folder).ends_with(3)
    found = query(target, "SELECT entity, count(*)::int FROM rehome.reject GROUP BY 1 ORDER BY 1")
    assert found == [("answers[card_2]", 150), ("answers[card_3]", 150)]
    is_settled(rehome, folder, target)


@pytest.mark.parametrize("fault", ["engine.withdraw.deleted:kill", "engine.step.before_commit:kill:6", "engine.step.before_commit:kill:7"])
def test_a_run_that_is_killed_while_rows_are_taken_out_is_taken_up_again(fault, migrate, rehome):
    folder, target = migrate("stream", SHOP, NEW_SHOP, SHOP_ENTITIES)
    killed = rehome("run", "--jobs", "2", cwd=folder, env={"REHOME_FAULT": fault})
    assert killed.status == -9, killed
    rehome("run", cwd=folder).ends_with(3)
    assert query(target, "SELECT entity, count(*)::int FROM rehome.reject GROUP BY 1 ORDER BY 1") == [("clients", 1), ("lines", 10), ("purchases", 5), ("remarks", 10)]
    is_settled(rehome, folder, target)


def test_a_row_that_nobody_gives_any_more_stays_and_the_step_fails(migrate, rehome):
    folder, target = migrate("inside", CUSTOMERS, NEW_CUSTOMERS, CLIENTS)
    fault = {"REHOME_FAULT": "engine.step.before_commit:kill:4"}
    assert rehome("run", "--jobs", "1", cwd=folder, env=fault).status == -9
    if query(target, "SELECT count(*) FROM clients") == [(3000,)]:
        query(target, "UPDATE customers SET name = 'another' WHERE id = 7")
        ended = rehome("run", cwd=folder).ends_with(1)
        assert "clients_email_key" in ended.stderr and "the transforms do not give" in ended.stderr, ended
        assert query(target, "SELECT count(*) FROM clients") == [(3000,)]
        assert query(target, "SELECT count(*) FROM rehome.reject") == [(0,)]
        query(target, "UPDATE customers SET name = 'name 7' WHERE id = 7")
    rehome("run", cwd=folder).ends_with(3)
    is_settled(rehome, folder, target)


def test_a_table_of_others_that_would_lose_rows_is_left_alone(migrate, rehome):
    new = NEW_CUSTOMERS + "CREATE TABLE visits (client_id int REFERENCES clients ON DELETE CASCADE); INSERT INTO visits VALUES (NULL);"
    folder, target = migrate("stream", CUSTOMERS, new, CLIENTS)
    ended = rehome("run", cwd=folder).ends_with(1)
    assert "visits_client_id_fkey" in ended.stderr and "would change rows there" in ended.stderr, ended
    assert query(target, "SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM rehome.reject)") == [(1, 0)]
