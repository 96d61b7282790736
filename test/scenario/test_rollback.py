"""`rehome rollback` makes the target what it was, byte for byte, and touches nothing that somebody else has changed since."""

import pytest

SHOP = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text, email text UNIQUE, updated timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, total numeric(12, 2), note text);
CREATE INDEX ON orders (customer);
"""
ROWS = """
INSERT INTO customers SELECT i, 'Kundin ' || i || ' \u00e4', 'k' || i || '@example.com', '2024-01-01'::timestamptz + i * interval '1 hour' FROM generate_series(1, 400) i;
INSERT INTO orders SELECT i, 1 + i % 400, i / 7.0, CASE WHEN i % 5 = 0 THEN NULL ELSE repeat('n', i % 50) END FROM generate_series(1, 1000) i;
"""
OWN = """
INSERT INTO customers SELECT i, 'own ' || i, 'own' || i || '@example.org', NULL FROM generate_series(100, 250) i;
INSERT INTO customers SELECT i, 'only here ' || i, NULL, '2020-02-02' FROM generate_series(1001, 1100) i;
INSERT INTO orders SELECT i, 1000 + 1 + i % 100, i, 'own' FROM generate_series(500, 1500) i;
"""
STATE = """
SELECT c.oid::regclass::text, pg_get_userbyid(c.relowner), c.relkind::text,
       (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull || a.attidentity::text
                          || coalesce(pg_get_expr(d.adbin, d.adrelid), ''), ',' ORDER BY a.attnum)
          FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT string_agg(k.conname || pg_get_constraintdef(k.oid) || k.convalidated::text, ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid),
       (SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY pg_get_indexdef(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid),
       (SELECT string_agg(t.tgname || t.tgenabled::text, ',' ORDER BY t.tgname) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1
"""


@pytest.fixture
def state(psql):
    """Everything of a database but the ledger: relations with their columns, keys and indexes, functions, types, and a hash of the rows of each table."""

    def look(url):
        relations = psql(url, STATE)
        rows = {}
        for name, _, kind, *_ in relations:
            if kind == "r" or psql(url, "SELECT relkind = 'm' AND relispopulated FROM pg_class WHERE oid = %s::regclass", name)[0][0]:
                rows[name] = psql(url, f"SELECT count(*), md5(string_agg(md5((t.*)::text), '' ORDER BY (t.*)::text COLLATE \"C\")) FROM {name} t")[0]
            if kind == "S":
                rows[name] = psql(url, f"SELECT last_value, is_called FROM {name}")[0]
        others = psql(url, """
            SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'rehome')
            UNION SELECT t.oid::regtype::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
            UNION SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'rehome' ORDER BY 1""")
        return relations, rows, others

    return look


@pytest.fixture
def shop(server, rehome, migration):
    """`shop(target_sql, entities)` makes two databases and the migration between them; `.run()`, `.back()`, `.target`."""

    class Shop:
        def __init__(self, target_sql="", entities="{ customers: { from: customers }, orders: { from: orders } }", more="", source_sql=SHOP + ROWS, files=None):
            self.source, self.target = server.database(source_sql), server.database(SHOP + target_sql)
            text = f"rehome: 1\nname: shop\nsource: {self.source}\ntarget: {self.target}\nentities: {entities}\n{more}"
            self.folder = migration({"migration.yaml": text, **(files or {})})

        def edit(self, old, new):
            file = self.folder / "migration.yaml"
            file.write_text(file.read_text().replace(old, new))

        def run(self, *arguments, fault=None):
            env = {"REHOME_FAULT": fault} if fault else {}
            return rehome("run", "-q", *arguments, cwd=self.folder, env=env)

        def back(self, *arguments, fault=None):
            env = {"REHOME_FAULT": fault} if fault else {}
            return rehome("rollback", "--yes", *arguments, cwd=self.folder, env=env)

    return Shop


# ---- what comes back ----


@pytest.mark.parametrize("entities", [
    "{ customers: { from: customers }, orders: { from: orders } }",
    "{ customers: { from: customers, update: [name] }, orders: { from: orders, update: [] } }",
    "{ customers: { from: customers, write: skip }, orders: { from: orders, where: id > 1500, write: insert } }",
    "{ customers: { from: customers, where: id < 100, write: insert }, orders: { from: orders, where: id < 90, write: skip } }",
    "{ customers: { from: customers, key: [email], update: [name], transform: \"SELECT id + 5000 AS id, name, 'own' || id || '@example.org' AS email FROM customers\" } }",
])  # fmt: skip
def test_a_table_with_rows_of_its_own_is_what_it_was(shop, state, psql, entities):
    it = shop(OWN, entities)
    before = state(it.target)
    it.run().succeeds()
    assert state(it.target) != before or "write: insert" in entities
    it.back().succeeds()
    assert state(it.target) == before
    assert psql(it.target, "SELECT phase, state FROM rehome.migration") == [("rolled back", "done")]
    assert psql(it.target, "SELECT count(*) FROM rehome.undo") == [(0,)]


def test_tables_that_were_empty_are_empty_again_and_nothing_was_recorded_of_their_rows(shop, state, psql):
    it = shop()
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT DISTINCT kind FROM rehome.undo") == [("empty",)]
    assert psql(it.target, "SELECT relname::text FROM pg_class WHERE relnamespace = 'rehome'::regnamespace AND relname LIKE 'undo_%' AND relkind = 'r'") == []
    it.back("--forget").succeeds()
    assert state(it.target) == before
    assert psql(it.target, "SELECT to_regnamespace('rehome')::text") == [(None,)]


def test_a_parent_with_rows_and_an_empty_child(shop, state):
    it = shop("INSERT INTO customers SELECT i, 'own ' || i, 'o' || i, NULL FROM generate_series(1, 50) i;")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


def test_replaced_rows_come_back(shop, state):
    it = shop(OWN, "{ customers: { from: customers, write: replace }, orders: { from: orders, write: replace } }")
    before = state(it.target)
    it.run().succeeds()
    assert state(it.target) != before
    it.back().succeeds()
    assert state(it.target) == before


def test_a_replaced_scope_comes_back(shop, state):
    it = shop(OWN.replace("1000 + 1 + i % 100", "100 + i % 100"), "{ orders: { from: orders, where: id < 100, transform: \"SELECT id, 1000 + 1 + id % 100 AS customer, total, note FROM orders\", write: replace, scope: \"id < 700\" } }")
    before = state(it.target)
    it.run().succeeds()
    assert state(it.target) != before
    it.back().succeeds()
    assert state(it.target) == before


def test_two_entities_that_fill_one_table(shop, state, psql):
    entities = "{ a: { from: customers, into: customers, where: id <= 300 }, b: { from: customers, into: customers, where: id > 200, transform: \"SELECT id, 'b ' || name AS name, email, updated FROM customers\" } }"
    it = shop("", entities)
    before = state(it.target)
    it.run("--only", "a").succeeds()
    middle = state(it.target)
    it.run().ends_with(4)  # b has overwritten rows of a
    it.back("--entity", "a").ends_with(1)
    it.back("--entity", "b").succeeds()
    assert state(it.target) == middle
    it.run().ends_with(4)
    it.back().succeeds()
    assert state(it.target) == before


def test_rows_without_a_key_go_as_often_as_they_came(shop, state):
    plain = "CREATE TABLE log (who text, what json); INSERT INTO log VALUES ('Kundin 1 \u00e4', '{}'), ('x', '1'), ('x', '1');"
    it = shop(plain, "{ log: { from: customers, transform: \"SELECT CASE WHEN id < 5 THEN 'x' ELSE name END AS who, '1'::json AS what FROM customers\" } }")
    before = state(it.target)
    it.run().ends_with(4)  # their rows are extra
    it.back().succeeds()
    assert state(it.target) == before


def test_sequences_stand_where_they_stood(shop, state, psql):
    serial = "CREATE TABLE numbered (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n text); INSERT INTO numbered (n) VALUES ('a'), ('b');" \
             "CREATE TABLE behind (id bigserial PRIMARY KEY, n text); INSERT INTO behind VALUES (450, 'beyond its sequence');" \
             "CREATE TABLE given (id bigserial PRIMARY KEY, n text UNIQUE NOT NULL); INSERT INTO given (n) VALUES ('Kundin 7 \u00e4');"
    it = shop(serial, "{ numbered: { from: customers, transform: \"SELECT id + 100 AS id, name AS n FROM customers\" }, behind: { from: customers, transform: \"SELECT id, name AS n FROM customers\" }, given: { from: customers, key: [n], write: skip, transform: \"SELECT name AS n FROM customers\" } }")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


def test_a_merge_a_list_and_a_crosswalk(shop, state, psql):
    target = "CREATE TABLE people (email text PRIMARY KEY, name text, seen timestamptz); INSERT INTO people VALUES ('k1@example.com', 'mine', NULL);" \
             "CREATE TABLE lines (kind text, id bigint, PRIMARY KEY (kind, id)); INSERT INTO lines VALUES ('a', 1), ('z', 9);"
    entities = """
  people: { merge: { key: email, sources: [ { name: one, from: customers, transform: "SELECT email, name FROM customers" }, { name: two, from: customers, where: id % 2 = 0, transform: "SELECT email, updated AS seen, name || 'x' AS name FROM customers" } ] } }
  lines: { for_each: "SELECT k FROM (VALUES ('a'), ('b')) v (k)", from: orders, where: "id < 100", transform: "SELECT :'k' AS kind, id FROM orders" }
  customers: { from: customers, crosswalk: true, transform: "SELECT id + 10000 AS id, name, email || 'x' AS email FROM customers" }"""
    it = shop(OWN + target, entities)
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT count(*) FROM rehome.crosswalk_customers") == [(400,)]
    it.back().succeeds()
    assert state(it.target) == before
    assert psql(it.target, "SELECT (SELECT count(*) FROM rehome.crosswalk_customers), (SELECT count(*) FROM rehome.conflict), (SELECT count(*) FROM rehome.reject)") == [(0, 0, 0)]


def test_inside_one_database(server, rehome, migration, state):
    url = server.database(SHOP + ROWS + "CREATE TABLE new_customers (LIKE customers INCLUDING ALL); INSERT INTO new_customers SELECT id, 'own', email, NULL FROM customers WHERE id > 350;"
                          "CREATE TABLE fresh (LIKE orders INCLUDING ALL);")  # fmt: skip
    folder = migration({"migration.yaml": f"rehome: 1\nname: inside\nsource: {url}\ntarget: same\nentities: {{ new_customers: {{ from: customers }}, fresh: {{ from: orders }} }}\n"})
    before = state(url)
    rehome("run", "-q", cwd=folder).succeeds()
    rehome("rollback", "--yes", cwd=folder).succeeds()
    assert state(url) == before


def test_triggers_do_not_touch_what_comes_back(shop, state):
    trigger = """
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated := ''2031-01-01''; RETURN NEW; END';
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION stamp();
"""
    it = shop(OWN + trigger, "{ customers: { from: customers, verify: { except: [updated] } } }")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


def test_a_partitioned_table(shop, state):
    parts = "CREATE TABLE parted (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id); CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (200);" \
            "CREATE TABLE high PARTITION OF parted FOR VALUES FROM (200) TO (9999); INSERT INTO parted SELECT i, 'own' FROM generate_series(150, 250) i;"
    it = shop(parts, "{ parted: { from: customers, transform: \"SELECT id, name FROM customers\" } }")
    before = state(it.target)
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


# ---- expand, seed, compat, flags, refresh ----


EXPAND = """
CREATE SCHEMA crm;
CREATE TYPE crm.mood AS ENUM ('good', 'bad');
CREATE TABLE crm.people (id bigint PRIMARY KEY, mood crm.mood DEFAULT 'good', name text, email text);
CREATE TABLE crm.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person bigint REFERENCES crm.people, parent bigint);
ALTER TABLE crm.people ADD COLUMN last_note bigint REFERENCES crm.notes;
CREATE INDEX ON crm.people (name);
CREATE FUNCTION crm.title(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)';
CREATE VIEW crm.titles AS SELECT crm.title(name) AS title FROM crm.people;
CREATE MATERIALIZED VIEW crm.counts AS SELECT count(*) AS n FROM customers;
ALTER TABLE customers ADD COLUMN extra text DEFAULT 'x';
CREATE INDEX extra_index ON orders (total);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
"""


def test_what_expand_seed_compat_flags_and_refresh_made_goes(shop, state, psql):
    it = shop(OWN + "CREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS sum FROM orders; CREATE MATERIALIZED VIEW unread AS SELECT 1 AS one FROM orders WITH NO DATA;",
              "{ crm_people: { from: customers, into: crm.people, transform: \"SELECT id, name, email FROM customers\" }, orders: { from: orders, where: customer BETWEEN 100 AND 250 } }",
              "expand: [ expand.sql ]\nseed: [ seed.sql ]\nflags: { NEW_CRM: false }\nrefresh: [ totals, unread ]\ncompat: { old_people: { from: crm_people, like: customers } }\n",
              files={"expand.sql": EXPAND, "seed.sql": "INSERT INTO customers (id, name) VALUES (9001, 'seeded'); INSERT INTO crm.people (id, name) VALUES (-1, 'nobody');"})
    before = state(it.target)
    it.run().succeeds()
    assert psql(it.target, "SELECT count(*) FROM crm.people") == [(401,)]
    it.back("--to", "backfill").succeeds()
    assert psql(it.target, "SELECT to_regclass('old_people')::text, (SELECT count(*) FROM crm.people)") == [(None, 401)]
    it.run().succeeds()
    it.back("--to", "expand").succeeds()
    assert psql(it.target, "SELECT (SELECT count(*) FROM crm.people), (SELECT count(*) FROM customers WHERE id = 9001), to_regclass('old_people')::text") == [(1, 1, None)]
    it.run().succeeds()
    it.back().succeeds()
    after = state(it.target)
    assert after == before
    assert psql(it.target, "SELECT count(*) FROM rehome.flag") == [(0,)]
    it.run().succeeds()
    it.back("--forget").succeeds()
    assert state(it.target) == before


def test_what_somebody_else_makes_while_a_script_runs_stays(shop, rehome, psql):
    it = shop(OWN, more="expand: [ expand.sql ]\n",
              files={"expand.sql": "DO $$ BEGIN CREATE TABLE ours (id int); EXCEPTION WHEN division_by_zero THEN NULL; END $$; CREATE INDEX ours_id ON ours (id); SELECT pg_sleep(2);"})
    running, seen = rehome.start("run", "-q", cwd=it.folder), {0}
    for name in ("theirs_1", "theirs"):  # while it is rehearsed, and while it runs
        asleep = f"SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep' AND pid <> ALL ('{seen}')"
        while not (pids := psql(it.target, asleep)):
            assert running.process.poll() is None, running.stderr
        seen.add(pids[0][0])
        psql(it.target, f"CREATE TABLE {name} (id int PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT {name} CHECK (id > 0); SELECT")
    running.wait().succeeds()
    made = "SELECT to_regclass('ours') IS NOT NULL, to_regclass('theirs') IS NOT NULL, EXISTS (SELECT FROM pg_constraint WHERE conname = 'theirs')"
    assert psql(it.target, made) == [(True, True, True)]
    done = it.back().succeeds()
    assert "theirs" not in done.stdout
    assert psql(it.target, made) == [(False, True, True)]


def test_what_expand_changes_is_named_and_stays(shop, state, psql, rehome):
    it = shop(OWN, more="expand: [ expand.sql ]\n", files={"expand.sql": "UPDATE customers SET name = 'changed' WHERE id = 100; ALTER TABLE orders ALTER note SET DEFAULT 'none';"})
    plan = rehome("plan", cwd=it.folder).succeeds().stdout
    assert "changes or removes rows of public.customers" in plan and "changes column public.orders.note" in plan
    it.run().succeeds()
    ended = it.back().succeeds()
    assert "changes column public.orders.note" in ended.stdout


def test_a_table_that_others_use_by_now_stays(shop, psql):
    it = shop("", "{ fresh: { from: customers, transform: \"SELECT id, name FROM customers\" } }", "expand: [ expand.sql ]\n",
              files={"expand.sql": "CREATE TABLE fresh (id bigint PRIMARY KEY, name text); CREATE TABLE viewed (id int);"})  # fmt: skip
    it.run().succeeds()
    psql(it.target, "INSERT INTO fresh VALUES (7777, 'theirs'); CREATE VIEW theirs AS SELECT * FROM viewed;")
    ended = it.back().ends_with(4)
    assert "7777" in ended.stdout and "theirs" in ended.stdout
    assert psql(it.target, "SELECT * FROM fresh") == [(7777, "theirs")]
    psql(it.target, "DROP VIEW theirs")
    it.back("--force").succeeds()
    assert psql(it.target, "SELECT to_regclass('fresh')::text, to_regclass('viewed')::text") == [(None, None)]


# ---- somebody else ----


def test_rows_that_somebody_else_has_changed_are_left_alone(shop, psql, state):
    it = shop(OWN)
    before = state(it.target)
    it.run().succeeds()
    psql(it.target, """
        UPDATE customers SET name = 'theirs' WHERE id = 1;      -- inserted by us
        UPDATE customers SET name = 'theirs' WHERE id = 120;    -- updated by us
        DELETE FROM orders WHERE customer = 130; DELETE FROM customers WHERE id = 130; -- updated by us
        DELETE FROM orders WHERE id = 3;                        -- inserted by us
        DELETE FROM orders WHERE customer = 5; DELETE FROM customers WHERE id = 5;
        INSERT INTO orders VALUES (90001, 10, 1, 'theirs');     -- refers to one of ours
        UPDATE customers SET name = 'theirs' WHERE id = 1050;   -- never ours
        UPDATE orders SET note = 'theirs' WHERE id = 40""")
    ended = it.back().ends_with(4)
    for key in ('{"id": "1"}', '{"id": "120"}', '{"id": "130"}', '{"id": "10"}', '{"id": "40"}'):
        assert key in ended.stdout, f"{key}\n{ended}"
    assert psql(it.target, "SELECT id, name FROM customers WHERE name = 'theirs' OR id IN (10, 41, 130) ORDER BY 1") == [
        (1, "theirs"), (10, "Kundin 10 \u00e4"), (41, "Kundin 41 \u00e4"), (120, "theirs"), (1050, "theirs")]  # fmt: skip
    assert psql(it.target, "SELECT id, note FROM orders WHERE id < 500 OR id > 9000 ORDER BY 1") == [(40, "theirs"), (90001, "theirs")]
    it.back("--force").ends_with(4)  # their order 90001 still needs customer 10
    assert psql(it.target, "SELECT id FROM customers WHERE id < 100") == [(10,)]
    psql(it.target, "DELETE FROM orders WHERE id = 90001; UPDATE customers SET name = 'only here 1050' WHERE id = 1050")
    it.back("--force").succeeds()
    assert state(it.target) == before


def test_rows_of_others_in_a_table_that_was_empty_stay(shop, psql):
    it = shop()
    it.run().succeeds()
    psql(it.target, "INSERT INTO customers VALUES (5000, 'theirs'); UPDATE orders SET note = 'theirs' WHERE id = 17; INSERT INTO orders VALUES (5001, 33, 0, 'theirs')")
    ended = it.back().ends_with(4)
    assert "5000" in ended.stdout and '"17"' in ended.stdout
    assert psql(it.target, "SELECT id FROM orders ORDER BY 1") == [(17,), (5001,)]
    assert psql(it.target, "SELECT id FROM customers ORDER BY 1") == [(18,), (33,), (5000,)]
    it.run().ends_with(0)
    assert psql(it.target, "SELECT count(*) FROM orders") == [(1001,)]


def test_an_entity_without_undo_stays_and_is_told(shop, psql, rehome):
    it = shop(OWN, "{ customers: { from: customers }, orders: { from: orders, undo: false } }")
    assert "`undo: false`" in rehome("plan", cwd=it.folder).succeeds().stdout
    it.run().succeeds()
    ended = it.back()
    assert "nothing was recorded" in ended.stdout
    assert psql(it.target, "SELECT count(*) FROM orders") == [(1500,)]


# ---- parts ----


def test_an_entity_is_moved_again_after_its_rollback(shop, psql, state):
    it = shop(OWN)
    before = state(it.target)
    it.run().succeeds()
    done = state(it.target)
    it.back("--entity", "orders").succeeds()
    assert state(it.target)[1]["orders"] == before[1]["orders"]
    assert state(it.target)[1]["customers"] == done[1]["customers"]
    it.run().succeeds()
    assert state(it.target) == done
    it.back().succeeds()
    assert state(it.target) == before


def test_what_one_run_moved_is_undone(shop, psql, state):
    it = shop(OWN)
    it.run("--only", "customers").succeeds()
    middle = state(it.target)
    it.run().succeeds()
    done = state(it.target)
    run = psql(it.target, "SELECT max(id) FROM rehome.run")[0][0]
    it.back("--run", str(run)).succeeds()
    assert state(it.target) == middle
    it.run().succeeds()
    assert state(it.target) == done


def test_forward_back_and_forward_again(shop, state):
    it = shop(OWN, more="expand: [ expand.sql ]\n", files={"expand.sql": EXPAND})
    before = state(it.target)
    it.run().succeeds()
    done = state(it.target)
    for _ in range(2):
        it.back().succeeds()
        assert state(it.target) == before
        it.run().succeeds()
        assert state(it.target)[1] == done[1]


# ---- kills ----


@pytest.mark.parametrize("point", ["undo.kept", "undo.recorded", "copy.moved", "engine.chunk.before_commit", "engine.chunk.committed:kill:2", "engine.step.committed:kill:3", "engine.step.committed:kill:6"])
def test_a_run_that_was_killed_can_be_undone(shop, state, point):
    it = shop(OWN.split("INSERT INTO orders")[0], more="expand: [ expand.sql ]\n", files={"expand.sql": EXPAND})
    before = state(it.target)
    name, _, action = point.partition(":")
    if it.run(fault=f"{name}:{action or 'kill'}").status == 0:
        pytest.skip("this build has no fault points")
    it.back().succeeds()
    assert state(it.target) == before
    it.run().succeeds()
    it.back().succeeds()
    assert state(it.target) == before


@pytest.mark.parametrize("point", ["rollback.undone:kill:1", "rollback.undone:kill:3", "rollback.committed:kill:1", "rollback.committed:kill:2", "rollback.undone:kill:6", "rollback.before_end:kill"])
def test_a_rollback_that_was_killed_goes_on(shop, state, point):
    it = shop(OWN, more="expand: [ expand.sql ]\n", files={"expand.sql": EXPAND})
    before = state(it.target)
    it.run().succeeds()
    if it.back(fault=point).status == 0:
        pytest.skip("this build has no fault points")
    refused = it.run().ends_with(1)
    assert "rollback" in refused.stderr
    it.back().succeeds()
    assert state(it.target) == before
    it.run().succeeds()


# ---- asking ----


def test_it_asks_before_it_undoes(shop, rehome, state):
    it = shop(OWN)
    it.run().succeeds()
    done = state(it.target)
    ended = rehome("rollback", cwd=it.folder).ends_with(2)
    assert "--yes" in ended.stderr and "rows deleted" in ended.stdout
    rehome("rollback", "--dry-run", cwd=it.folder).succeeds()
    assert state(it.target) == done
    assert rehome("rollback", "--yes", "--json", cwd=it.folder).succeeds().json["left"] == 0


def test_there_is_nothing_to_undo_before_the_first_run(shop, rehome):
    assert "nothing was run yet" in rehome("rollback", "--yes", cwd=shop().folder).ends_with(1).stderr
