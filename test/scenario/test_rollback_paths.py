"""However rows have come, `rehome rollback` takes them out again: rejects that were retried, keys that came back, circles, lists, partitions."""

import pytest

from test_rollback import OWN, ROWS, SHOP, shop, state  # noqa: F401

# ---- rejects ----

PICKY = "ALTER TABLE customers ADD CHECK (name <> 'Kundin 7 \u00e4'); ALTER TABLE customers ALTER COLUMN updated SET NOT NULL;"
HOLES = "UPDATE customers SET updated = NULL WHERE id % 40 = 0;"
MENDED = "SELECT id, CASE id WHEN 7 THEN 'seven' ELSE name END AS name, email, coalesce(updated, '2024-01-01') AS updated FROM customers"


@pytest.mark.parametrize("own", ["", OWN.replace("NULL FROM generate_series(100", "'2000-01-01' FROM generate_series(100")], ids=["empty", "rows"])
@pytest.mark.parametrize("undo", ["everything", "entity", "run"])
def test_rows_of_rejects_that_were_retried_go_too(shop, state, psql, rehome, own, undo):
    it = shop(own + PICKY, "{ customers: { from: customers, transform: \"SELECT id, name, email, updated FROM customers\" }, orders: { from: orders } }", source_sql=SHOP + ROWS + HOLES)
    before = state(it.target)
    it.run().ends_with(3)
    assert psql(it.target, "SELECT count(*) FROM rehome.reject WHERE entity = 'customers'") == [(11,)]
    middle = state(it.target)
    it.edit('"SELECT id, name, email, updated FROM customers"', f'"{MENDED}"')
    rehome("rejects", "retry", cwd=it.folder).succeeds()
    assert psql(it.target, "SELECT count(*) FROM rehome.reject") == [(0,)]
    assert state(it.target) != middle
    if undo == "run":
        [(run,)] = psql(it.target, "SELECT max(id) FROM rehome.run")
        it.back("--run", run).ends_with(1 if own else 0)  # what was retried into rows came after the run
        it.back().succeeds()
    elif undo == "entity":
        it.back("--entity", "orders").succeeds()
        it.back("--entity", "customers").succeeds()
    else:
        it.back().succeeds()
    assert state(it.target) == before


def test_rows_between_refused_ones_are_known_one_by_one(shop, state):
    it = shop(OWN.replace("NULL FROM generate_series(100", "'2000-01-01' FROM generate_series(100") + PICKY, "{ customers: { from: customers, write: upsert }, orders: { from: orders, undo: true } }", source_sql=SHOP + ROWS + HOLES)
    before = state(it.target)
    it.run().ends_with(3)
    it.back().succeeds()
    assert state(it.target) == before


# ---- rows that a key took out again when it came back ----


@pytest.mark.parametrize("retry", [False, True])
def test_rows_that_keys_took_out_when_they_came_back(shop, state, psql, rehome, retry):
    it = shop("", "{ customers: { from: customers, transform: \"SELECT id, name, CASE WHEN id IN (5, 6, 9) THEN 'same' ELSE email END AS email FROM customers\" }, orders: { from: orders } }")
    before = state(it.target)
    it.run().ends_with(3)
    assert psql(it.target, "SELECT count(*) > 2 FROM rehome.reject") == [(True,)]
    if retry:
        it.edit("CASE WHEN id IN (5, 6, 9) THEN 'same' ELSE email END AS email", "email")
        rehome("rejects", "retry", cwd=it.folder).succeeds()
    it.back().succeeds()
    assert state(it.target) == before


# ---- foreign keys ----

CIRCLE = """
CREATE TABLE teams (id int PRIMARY KEY, lead int, name text);
CREATE TABLE members (id int PRIMARY KEY, team int NOT NULL REFERENCES teams, buddy int REFERENCES members, name text);
ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES members;
"""
CIRCLE_ROWS = """
INSERT INTO teams SELECT i, NULL, 'team ' || i FROM generate_series(1, 20) i;
INSERT INTO members SELECT i, 1 + i % 20, nullif(i - 1, 0), 'member ' || i FROM generate_series(1, 100) i;
UPDATE teams SET lead = id + 19;
"""
CIRCLE_OWN = "INSERT INTO teams VALUES (3, NULL, 'ours'), (70, NULL, 'ours'); INSERT INTO members VALUES (5, 3, NULL, 'ours'), (800, 70, 5, 'ours'); UPDATE teams SET lead = 800 WHERE id = 70;"


@pytest.mark.parametrize("own", ["", CIRCLE_OWN], ids=["empty", "rows"])
def test_tables_that_refer_to_each_other_and_to_themselves(shop, state, own):
    it = shop(CIRCLE + own, "{ teams: { from: teams }, members: { from: members } }" if not own else
              "{ teams: { from: teams, transform: \"SELECT id, name FROM teams\" }, members: { from: members } }", source_sql=CIRCLE + CIRCLE_ROWS)  # fmt: skip
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


def test_new_tables_that_refer_to_each_other_go(shop, state):
    it = shop("", "{ teams: { from: teams }, members: { from: members } }", more="expand: [ e.sql ]\n", source_sql=CIRCLE + CIRCLE_ROWS, files={"e.sql": CIRCLE})
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("own", ["", OWN], ids=["empty", "rows"])
def test_rows_of_others_that_would_go_in_a_cascade_stay_and_what_they_refer_to(shop, psql, own):
    it = shop(own + "CREATE TABLE notes (id int PRIMARY KEY, customer bigint REFERENCES customers ON DELETE CASCADE);")
    it.run().succeeds()
    psql(it.target, "INSERT INTO notes VALUES (1, 3)")
    ended = it.back().ends_with(4)
    assert '"public"."customers" {"id": "3"}: rows that stay refer to it' in ended.stdout
    assert psql(it.target, "SELECT n.id, c.id FROM notes n JOIN customers c ON c.id = n.customer") == [(1, 3)]
    assert psql(it.target, "SELECT count(*) FROM customers") == [(252 if own else 1,)]


# ---- lists, partitions, load, several entities ----

PARTS = """
CREATE TABLE parted (id bigint, kind text, name text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a'); CREATE TABLE parted_b PARTITION OF parted FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE parted_b1 PARTITION OF parted_b FOR VALUES FROM (0) TO (100); CREATE TABLE parted_b2 PARTITION OF parted_b DEFAULT;
CREATE TABLE refers (id bigint PRIMARY KEY, kind text, FOREIGN KEY (id, kind) REFERENCES parted);
"""


@pytest.mark.parametrize("own", ["", "INSERT INTO parted SELECT i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, 'own' FROM generate_series(50, 150) i; INSERT INTO refers VALUES (60, 'a'), (61, 'b');"], ids=["empty", "rows"])
def test_partitions_of_partitions_and_what_refers_to_them(shop, state, own):
    it = shop(PARTS + own, """
  parted: { for_each: "SELECT k FROM (VALUES ('a'), ('b')) v (k)", from: customers, transform: "SELECT id, :'k' AS kind, name FROM customers WHERE id % 2 = (:'k' = 'b')::int" }
  refers: { from: customers, where: id < 80, transform: "SELECT id, CASE WHEN id % 2 = 0 THEN 'a' ELSE 'b' END AS kind FROM customers" }""")  # fmt: skip
    before = state(it.target)
    it.run().succeeds()
    it.back("--entity", "refers").succeeds()
    it.back().succeeds()
    after = state(it.target)
    # a key to a partitioned table that was validated later is marked as such for its partitions only from PostgreSQL 18 on
    assert [str(one).replace(" NOT VALIDfalse", "true") for one in after[0]] == list(map(str, before[0])) and after[1:] == before[1:]


@pytest.mark.parametrize("own", ["", "INSERT INTO parted SELECT i, 'a', 'own' FROM generate_series(50, 150) i;"], ids=["empty", "rows"])
def test_one_partition_alone(shop, state, own):
    it = shop(PARTS + own, "{ parted_a: { from: customers, transform: \"SELECT id, 'a' AS kind, name FROM customers\" } }")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("own", ["", OWN], ids=["empty", "rows"])
def test_rows_that_load_looked_up_and_a_crosswalk_went_with(shop, state, psql, own):
    it = shop(own + "CREATE TABLE names (id bigint PRIMARY KEY, customer bigint, name text); INSERT INTO names SELECT i, i, 'n' || i FROM generate_series(390, 420) i;", """
  customers: { from: customers, crosswalk: true }
  names: { from: orders, crosswalk: true, transform: "SELECT id, customer FROM orders", load: "SELECT s.id, s.customer, c.name FROM staged s JOIN customers c ON c.id = s.customer" }""")  # fmt: skip
    before = state(it.target)
    it.run().succeeds()
    middle = psql(it.target, "SELECT count(*), sum(hashtextextended(c::text, 0)) FROM customers c")
    it.back("--entity", "names").succeeds()
    assert psql(it.target, "SELECT count(*), sum(hashtextextended(c::text, 0)) FROM customers c") == middle
    assert psql(it.target, "SELECT (SELECT count(*) FROM rehome.crosswalk_customers), (SELECT count(*) FROM rehome.crosswalk_names)") == [(400, 0)]
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


def test_one_of_two_entities_in_a_table_that_was_empty(shop, state, psql):
    entities = "{ a: { from: customers, into: customers, where: id <= 200 }, b: { from: customers, into: customers, where: id > 200 }, orders: { from: orders } }"
    it = shop("", entities)
    before = state(it.target)
    it.run().succeeds()
    whole = state(it.target)
    it.back("--entity", "orders").succeeds()
    it.back("--entity", "a").succeeds()
    assert psql(it.target, "SELECT count(*), min(id) FROM customers") == [(200, 201)]
    it.run().succeeds()
    assert state(it.target)[1] == whole[1]
    it.back().succeeds()
    assert state(it.target) == before


# ---- scripts and entities over the same rows ----


def test_seeded_rows_that_an_entity_changes_go_and_others_rows_get_their_values(shop, state, psql):
    it = shop(OWN, more="seed: [ s.sql ]\n", files={"s.sql": "INSERT INTO customers (id, name) VALUES (1, 'seeded'), (9001, 'seeded'); INSERT INTO orders VALUES (90001, 9001, 1, 'seeded');"})
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT name FROM customers WHERE id = 1") == [("Kundin 1 \u00e4",)]
    it.back("--to", "expand").succeeds()
    assert psql(it.target, "SELECT name FROM customers WHERE id IN (1, 9001)") == [("seeded",)] * 2
    it.back().succeeds()
    assert state(it.target) == before


def test_an_entity_that_was_changed_and_began_anew(shop, state):
    for own in ("", OWN):
        it = shop(own, "{ customers: { from: customers, transform: \"SELECT id, name, email FROM customers\" }, orders: { from: orders, transform: \"SELECT id, customer, total / 0 AS total FROM orders\" } }")
        before = state(it.target)
        it.run("--only", "customers").succeeds()
        it.edit("SELECT id, name, email FROM", "SELECT id, upper(name) AS name, email FROM")
        it.run("--only", "customers").succeeds()
        it.back().succeeds()
        assert state(it.target) == before


def test_what_triggers_write_elsewhere_is_told_and_stays(shop, psql):
    trigger = """
CREATE TABLE history (customer bigint);
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO history VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER remember AFTER INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION remember();
"""
    it = shop(OWN + trigger, "{ customers: { from: customers } }")
    it.run().succeeds()
    it.back().succeeds()
    assert psql(it.target, "SELECT count(*) FROM customers") == [(251,)]
    assert psql(it.target, "SELECT count(*) FROM history") == [(400,)]


def test_names_that_need_quotes_and_keys_of_several_columns(shop, state):
    odd = """
CREATE SCHEMA "Odd one"; CREATE TABLE "Odd one"."Ta""ble" ("Id 1" bigint, "k'2" text, "Wert" text, up text GENERATED ALWAYS AS (upper("Wert")) STORED, n int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY ("Id 1", "k'2"));
INSERT INTO "Odd one"."Ta""ble" ("Id 1", "k'2", "Wert") SELECT i, 'a', 'own' FROM generate_series(100, 500) i;
"""
    it = shop(odd, """
  odd: { from: customers, into: '"Odd one"."Ta""ble"', transform: "SELECT id AS \\"Id 1\\", CASE WHEN id % 2 = 0 THEN 'a' ELSE 'b' END AS \\"k'2\\", name AS \\"Wert\\" FROM customers" }""")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("fault", ["rollback.undone", "rollback.committed"])
@pytest.mark.parametrize("others", [False, True])
def test_a_circle_is_undone_at_once_or_as_far_as_others_let_it(shop, state, psql, fault, others):
    it = shop(CIRCLE + "CREATE TABLE guests (id int PRIMARY KEY, member int REFERENCES members);", "{ teams: { from: teams }, members: { from: members } }", source_sql=CIRCLE + CIRCLE_ROWS)
    before = state(it.target)
    it.run().succeeds()
    if others:
        psql(it.target, "INSERT INTO guests VALUES (1, 90)")
    it.back(fault=f"{fault}:kill").ends_with(-9)
    if not others:
        it.back().succeeds()
        assert state(it.target) == before
        return
    it.back().ends_with(4)
    assert psql(it.target, "SELECT count(*) FROM members m JOIN guests g ON g.member = m.id") == [(1,)]
    psql(it.target, "DELETE FROM guests")
    it.back("--force").succeeds()
    assert state(it.target) == before
