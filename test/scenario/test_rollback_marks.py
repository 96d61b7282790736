"""Rows that were written beside rows of others are known by the transaction that wrote them, whatever becomes of it."""

import pytest

from test_rollback import OWN, ROWS, SHOP, shop, state  # noqa: F401

PARTS = OWN.replace("INSERT INTO customers", "INSERT INTO parted")
PARTED = """
CREATE TABLE parted (id bigint PRIMARY KEY, name text, email text, updated timestamptz) PARTITION BY RANGE (id);
CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (200);
CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (200) TO (MAXVALUE);
"""
TWICE = """{ first: { from: customers, into: customers },
             second: { from: customers, into: customers, transform: "SELECT id, upper(name) AS name, email, updated FROM customers WHERE id % 3 = 0" } }"""


def images(psql, url, table):
    [(name,)] = psql(url, "SELECT relname::text FROM pg_class WHERE relnamespace = 'rehome'::regnamespace AND relkind = 'r' AND relname LIKE %s", f"undo\\_{table}\\_%")
    return f"rehome.{name}"


# ---- what is recorded ----


def test_of_rows_that_are_new_only_the_keys_are_noted(shop, psql):
    it = shop("INSERT INTO customers SELECT i, 'own ' || i FROM generate_series(1001, 1100) i", "{ customers: { from: customers } }")
    it.run().succeeds()
    assert psql(it.target, f"SELECT count(*) FROM {images(psql, it.target, 'customers')}") == [(0,)]
    assert psql(it.target, "SELECT key::bigint FROM rehome.inserted_keys, unnest(keys) key ORDER BY 1") == [(i,) for i in range(1, 401)]
    assert psql(it.target, "SELECT sum(inserted), sum(updated) FROM rehome.undo WHERE kind = 'rows'") == [(400, 0)]


def test_of_rows_that_are_changed_only_the_image_is_kept(shop, psql):
    it = shop(OWN, "{ customers: { from: customers } }")
    own = psql(it.target, "SELECT id, name FROM customers WHERE id < 1000 ORDER BY 1")
    it.run().succeeds()
    kept = images(psql, it.target, "customers")
    assert psql(it.target, f"SELECT id, name FROM {kept} ORDER BY 1") == own
    assert psql(it.target, "SELECT sum(cardinality(keys)) FROM rehome.inserted_keys") == [(400 - len(own),)]
    assert psql(it.target, "SELECT sum(inserted), sum(updated) FROM rehome.undo WHERE kind = 'rows'") == [(400 - len(own), len(own))]


@pytest.mark.parametrize("share", [0, 20, 80, 100])
def test_whatever_part_of_the_rows_is_changed(shop, state, psql, share):
    own = f"INSERT INTO customers SELECT i, 'own ' || i FROM generate_series(1, 400) i WHERE i % 100 < {share}; INSERT INTO customers VALUES (5000, 'theirs');"
    it = shop(own, "{ customers: { from: customers } }")
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT sum(inserted), sum(updated) FROM rehome.undo WHERE kind = 'rows'") == [(400 - 4 * share, 4 * share)]
    assert psql(it.target, "SELECT count(*) FROM customers WHERE id <= 400 AND name LIKE 'Kundin%'") == [(400,)]
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("own", ["(5000, 'theirs', NULL, NULL)", "(5000, 'theirs', NULL, NULL), (7, 'own', NULL, NULL)"], ids=["new", "there"])
def test_a_row_that_would_be_written_twice_is_refused(shop, state, psql, own):
    it = shop(f"INSERT INTO customers VALUES {own}", '{ customers: { from: customers, transform: "SELECT CASE id WHEN 8 THEN 7 ELSE id END AS id, name, NULL::text AS email, updated FROM customers" } }')
    before = state(it.target)
    it.run().ends_with(3)
    assert psql(it.target, "SELECT sqlstate FROM rehome.reject") == [("21000",)]
    assert psql(it.target, "SELECT count(*) FROM customers WHERE name LIKE 'Kundin%'") == [(399,)]
    it.back().succeeds()
    assert state(it.target) == before


# ---- who wrote a row last ----


@pytest.mark.parametrize("own", ["", OWN], ids=["empty", "rows"])
def test_a_second_run_over_the_same_rows_is_undone_alone(shop, state, psql, own):
    it = shop(own, TWICE)
    before = state(it.target)
    it.run("--only", "first").succeeds()
    middle = state(it.target)
    it.run().ends_with(4)  # the rows of the first are not what its transform gives any more
    [(run,)] = psql(it.target, "SELECT max(id) FROM rehome.run")
    it.back("--run", str(run)).succeeds()
    assert state(it.target) == middle
    it.run().ends_with(4)  # over rows that a rollback has brought back
    assert psql(it.target, "SELECT count(*) FROM customers WHERE name LIKE 'KUNDIN%'") == [(133,)]
    it.back("--entity", "second").succeeds()
    assert state(it.target) == middle
    it.back().succeeds()
    assert state(it.target) == before


def test_two_migrations_over_the_same_rows(shop, state, psql):
    it = shop(OWN)
    before = state(it.target)
    it.run().succeeds()
    middle = state(it.target)
    other = shop(source_sql=SHOP + ROWS.replace("'Kundin '", "'Cliente '"))
    other.edit(other.target, it.target)
    other.edit("name: shop", "name: other")
    other.run().succeeds()
    assert psql(it.target, "SELECT count(*) FROM customers WHERE name LIKE 'Cliente%'") == [(400,)]
    other.back().succeeds()
    assert state(it.target) == middle
    it.back().succeeds()
    assert state(it.target) == before


def test_a_row_that_somebody_changes_between_two_runs_stays(shop, psql):
    it = shop(OWN, TWICE)
    it.run("--only", "first").succeeds()
    psql(it.target, "UPDATE customers SET name = 'theirs' WHERE id IN (1, 3, 102)")
    it.run().ends_with(4)
    [(run,)] = psql(it.target, "SELECT max(id) FROM rehome.run")
    it.back("--run", str(run)).succeeds()
    assert psql(it.target, "SELECT id FROM customers WHERE name = 'theirs' ORDER BY 1") == [(1,), (3,), (102,)]
    ended = it.back().ends_with(4)
    for key in (1, 3, 102):
        assert f'{{"id": "{key}"}}' in ended.stdout, ended
    assert psql(it.target, "SELECT id FROM customers WHERE id < 100 OR name = 'theirs' ORDER BY 1") == [(1,), (3,), (102,)]
    it.back("--force").succeeds()
    assert psql(it.target, "SELECT id, name FROM customers WHERE id IN (1, 3, 102)") == [(102, "own 102")]


# ---- what becomes of transactions ----


@pytest.mark.parametrize("after", ["VACUUM FREEZE customers; VACUUM FREEZE orders; VACUUM FREEZE rehome.undo", "VACUUM (FULL, FREEZE) customers; VACUUM FULL rehome.undo",
                                   "CLUSTER orders USING orders_pkey; CLUSTER customers USING customers_pkey"], ids=["freeze", "full", "cluster"])  # fmt: skip
def test_a_table_that_was_tidied_up(shop, state, psql, after):
    it = shop(OWN)
    before = state(it.target)
    it.run().succeeds()
    for statement in after.split("; "):
        psql(it.target, statement)
    it.back().succeeds()
    assert state(it.target) == before


def test_a_partitioned_table_with_rows_of_others(shop, state, psql):
    it = shop(PARTED + PARTS.split("INSERT INTO orders")[0], "{ parted: { from: customers, into: parted } }")
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT sum(inserted), sum(updated) FROM rehome.undo WHERE kind = 'rows'") == [(249, 151)]
    psql(it.target, "VACUUM FREEZE parted")
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("strange", ["ALTER TABLE customers ALTER COLUMN updated TYPE timestamp", "UPDATE rehome.undo SET home = 1", "UPDATE rehome.undo SET transaction = transaction - 4000000000"],
                         ids=["rewritten", "restored", "old"])  # fmt: skip
def test_rows_whose_transaction_says_nothing_are_left_alone(shop, psql, strange):
    it = shop(OWN, "{ customers: { from: customers } }")
    it.run().succeeds()
    psql(it.target, "UPDATE rehome.undo SET wrote = xmin")
    psql(it.target, strange)
    rows = psql(it.target, "SELECT id, name FROM customers ORDER BY id")
    it.back().ends_with(4)
    assert psql(it.target, "SELECT id, name FROM customers ORDER BY id") == rows
    it.back("--force").succeeds()
    assert psql(it.target, "SELECT count(*), count(*) FILTER (WHERE name LIKE 'own%') FROM customers") == [(251, 151)]


def test_what_a_trigger_changes_beside_it_is_not_ours(shop, psql):
    it = shop(OWN + """
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE customers SET name = name || ''!'' WHERE id = 1000 + new.id % 5 + 1; RETURN NULL; END';
        CREATE TRIGGER touch AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION touch()""", "{ customers: { from: customers } }")  # fmt: skip
    it.run().succeeds()
    it.back().succeeds()
    assert psql(it.target, "SELECT count(*), count(*) FILTER (WHERE name LIKE 'own%') FROM customers") == [(251, 151)]


# ---- what an older rehome has recorded ----

OLDER = """
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY';
INSERT INTO {images} (rehome_undo, rehome_hash, id)
SELECT k.undo, hashtextextended(ROW(t.id, t.name, t.email, t.updated)::text, 0), t.id FROM rehome.inserted_keys k, unnest(k.keys) key JOIN customers t ON t.id = key::bigint;
DELETE FROM rehome.inserted_keys;
INSERT INTO {images} (rehome_undo, rehome_hash, id)
SELECT i.rehome_undo, hashtextextended(ROW(t.id, t.name, t.email, t.updated)::text, 0), t.id FROM {images} i JOIN customers t USING (id) WHERE i.rehome_xmin IS NOT NULL;
UPDATE {images} SET rehome_hash = NULL WHERE rehome_xmin IS NOT NULL;
UPDATE rehome.undo SET home = NULL, transaction = NULL, wrote = '3'
"""


def test_rows_that_an_older_rehome_has_noted_by_their_hash(shop, state, psql):
    it = shop(OWN, TWICE)
    before = state(it.target)
    it.run("--only", "first").succeeds()
    psql(it.target, OLDER.format(images=images(psql, it.target, "customers")))
    middle = state(it.target)
    it.run().ends_with(4)
    it.back("--entity", "second").succeeds()
    assert state(it.target) == middle
    psql(it.target, "UPDATE customers SET email = 'theirs' WHERE id = 3")
    assert '{"id": "3"}' in it.back().ends_with(4).stdout
    psql(it.target, "DELETE FROM customers WHERE id = 3")
    assert state(it.target)[1]["customers"] == before[1]["customers"]
