"""What is there is read as it is: every kind of table, column, type, key and right, whoever asks."""

import os
import pathlib
import urllib.parse

import pytest
from support.program import Program

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("REHOME_BINARY", ROOT / "build-test" / "rehome")).resolve().parent

SHOP = """
CREATE SCHEMA crm;
CREATE SCHEMA rehome;
CREATE SCHEMA hidden;
CREATE EXTENSION citext SCHEMA public;
CREATE TABLE rehome.chunk (id int PRIMARY KEY);
CREATE TEMPORARY TABLE passing (id int);

CREATE TYPE crm."Mood" AS ENUM ('calm', 'cross');
CREATE DOMAIN crm.short_text AS varchar(20) CHECK (value <> '');
CREATE DOMAIN crm.code AS crm.short_text DEFAULT 'none' NOT NULL;
CREATE DOMAIN crm.sub_code AS crm.code;
CREATE TYPE crm.wide AS (a int, b text, c date, d numeric, e uuid, f bool, g float8, h bytea, i inet, j interval, k "char", l crm.code);
CREATE TYPE crm.with_json AS (id int, body json);
CREATE DOMAIN crm.json_pair AS crm.with_json;
CREATE TYPE crm.with_acl AS (id int, acl aclitem);
CREATE TYPE crm.span AS RANGE (subtype = int8);

CREATE COLLATION crm.german FROM "C";

CREATE TABLE crm.companies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "Full Name" varchar(80) NOT NULL,
    code crm.sub_code,
    mood crm."Mood" DEFAULT 'calm',
    moods crm."Mood"[],
    wide crm.wide,
    plain char,
    unlimited bpchar,
    gone int,
    price numeric(12,2) DEFAULT 0,
    gross numeric GENERATED ALWAYS AS (price * 1.19) STORED,
    german text COLLATE crm.german,
    parent bigint REFERENCES crm.companies
);
ALTER TABLE crm.companies DROP COLUMN gone;
COMMENT ON TABLE crm.companies IS 'who we sell to';
ALTER TABLE crm.companies ENABLE ROW LEVEL SECURITY;
ALTER TABLE crm.companies ADD CONSTRAINT price_positive CHECK (price >= 0);
CREATE INDEX companies_lower ON crm.companies (lower("Full Name"));
CREATE UNIQUE INDEX companies_calm ON crm.companies ("Full Name") WHERE mood = 'calm';
CREATE UNIQUE INDEX companies_price ON crm.companies (price, id) INCLUDE (mood);
CLUSTER crm.companies USING companies_pkey;
INSERT INTO crm.companies ("Full Name", code) SELECT 'c' || i, 'x' FROM generate_series(1, 1000) i;

CREATE FUNCTION crm.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION crm.dice(sides int DEFAULT 6) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';
CREATE FUNCTION crm.twice(int) RETURNS SETOF int LANGUAGE sql IMMUTABLE AS 'SELECT $1 UNION ALL SELECT $1';
CREATE AGGREGATE crm.product(numeric) (sfunc = numeric_mul, stype = numeric);
CREATE TRIGGER touch BEFORE UPDATE ON crm.companies FOR EACH ROW EXECUTE FUNCTION crm.touch();
ALTER TABLE crm.companies DISABLE TRIGGER touch;

CREATE TABLE public."Order-Items" (
    id serial,
    region text NOT NULL,
    number int NOT NULL,
    slot int4range,
    UNIQUE (region, number) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING gist (slot WITH &&)
);
CREATE SEQUENCE public.free_numbers;

CREATE TABLE public.left_side (id int PRIMARY KEY, right_id int);
CREATE TABLE public.right_side (id int PRIMARY KEY, left_id int NOT NULL REFERENCES public.left_side DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE public.left_side ADD CONSTRAINT to_right FOREIGN KEY (right_id) REFERENCES public.right_side NOT VALID;

CREATE TABLE public.pairs (a int, b int, note text, PRIMARY KEY (b, a));
ALTER TABLE public.pairs REPLICA IDENTITY USING INDEX pairs_pkey;
CREATE TABLE public.pair_users (y int, x int, FOREIGN KEY (x, y) REFERENCES public.pairs (a, b));

CREATE TABLE public.events (id bigint, day date NOT NULL, company bigint REFERENCES crm.companies, body text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
CREATE TABLE public.events_old PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY HASH (id);
CREATE TABLE public.events_old_0 PARTITION OF public.events_old FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE public.events_old_1 PARTITION OF public.events_old FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE public.events_new PARTITION OF public.events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE public.events_new ADD CONSTRAINT only_here FOREIGN KEY (company) REFERENCES crm.companies ON DELETE CASCADE;
INSERT INTO public.events SELECT i, date '2020-01-01' + i % 600, NULL, repeat('x', 100) FROM generate_series(1, 3000) i;

CREATE TABLE public.ancestors (id int PRIMARY KEY, name text);
CREATE TABLE public.descendants (more text) INHERITS (public.ancestors);
CREATE VIEW public.company_names AS SELECT id, "Full Name" FROM crm.companies GROUP BY id;
CREATE MATERIALIZED VIEW public.company_count AS SELECT count(*) FROM crm.companies;
CREATE TABLE public.never_analysed AS SELECT generate_series(1, 10) AS id;
CREATE TABLE public.empty (id int);
CREATE TABLE public.without_columns ();
CREATE TABLE hidden.secrets (id int);

SELECT lo_create(0), lo_create(0);
ANALYZE crm.companies, public.events;
"""

RIGHTS = """
DO $$ BEGIN CREATE ROLE catalog_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA crm TO catalog_reader;
GRANT SELECT, INSERT ON crm.companies TO catalog_reader;
GRANT SELECT (a, b) ON public.pairs TO catalog_reader;
GRANT SELECT (x), SELECT (y), UPDATE ON public.pair_users TO catalog_reader;
GRANT SELECT ON hidden.secrets TO catalog_reader;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC;
REVOKE SELECT ON pg_catalog.pg_largeobject_metadata FROM PUBLIC;
"""


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """`load(url, script=None)`: the catalog, loaded inside a transaction after `script` when there is one."""
    program = Program(BUILD / "print_catalog", tmp_path_factory.mktemp("catalog"))

    def run(url, *script):
        return program(*script, env={"REHOME_TEST_URL": url}).succeeds().json

    return run


@pytest.fixture(scope="module")
def url(shared_server):
    return shared_server.database(SHOP + RIGHTS)


@pytest.fixture(scope="module")
def catalog(url, load):
    return load(url)


@pytest.fixture(scope="module")
def reader(shared_server, url, load):
    """What a role with few rights sees."""
    return load(url.replace("postgres@", "catalog_reader@"))


def relation(catalog, name):
    return catalog["relations"][name]


def column(catalog, table, name):
    return next(c for c in relation(catalog, table)["columns"] if c["name"] == name)


def index(catalog, table, name):
    return next(i for i in relation(catalog, table)["indexes"] if i["name"] == name)


def foreign_keys(catalog, table):
    return {k["name"]: k for k in catalog["foreign_keys"] if k["from"] == table}


COMPANIES = '"crm"."companies"'


def test_the_server_says_what_it_is(catalog, reader):
    server = catalog["server"]
    assert server["server_version"] >= 120000
    assert (server["encoding"], server["collation"], server["role"]) == ("UTF8", "C.UTF-8", "postgres")
    assert server["superuser"] and server["may_create_schema"] and not server["in_recovery"]
    assert server["search_path"] == ["public"]
    assert int(server["system_identifier"]) > 0
    assert server["large_objects"] == 2
    assert not reader["server"]["superuser"] and not reader["server"]["may_create_schema"]
    assert (reader["server"]["system_identifier"], reader["server"]["large_objects"]) == (None, -1)


def test_only_the_users_relations_are_there_each_with_its_kind(catalog):
    kinds = {name: r["kind"] for name, r in catalog["relations"].items()}
    assert kinds == {
        COMPANIES: "r",
        '"hidden"."secrets"': "r",
        '"public"."Order-Items"': "r",
        '"public"."ancestors"': "r",
        '"public"."company_count"': "m",
        '"public"."company_names"': "v",
        '"public"."descendants"': "r",
        '"public"."empty"': "r",
        '"public"."events"': "p",
        '"public"."events_new"': "r",
        '"public"."events_old"': "p",
        '"public"."events_old_0"': "r",
        '"public"."events_old_1"': "r",
        '"public"."left_side"': "r",
        '"public"."never_analysed"': "r",
        '"public"."pair_users"': "r",
        '"public"."pairs"': "r",
        '"public"."right_side"': "r",
        '"public"."without_columns"': "r",
    }
    assert list(kinds) == sorted(kinds)


def test_a_table_has_its_comment_policies_owner_checks_and_triggers(catalog):
    companies = relation(catalog, COMPANIES)
    assert (companies["comment"], companies["row_security"], companies["owner"]) == ("who we sell to", True, "postgres")
    assert companies["checks"] == [{"name": "price_positive", "definition": "CHECK ((price >= (0)::numeric))"}]
    assert companies["triggers"] == [{
        "name": "touch",
        "definition": "CREATE TRIGGER touch BEFORE UPDATE ON crm.companies FOR EACH ROW EXECUTE FUNCTION crm.touch()",
        "enabled": "D",
    }]


def test_live_columns_come_in_order_and_dropped_ones_do_not(catalog):
    columns = relation(catalog, COMPANIES)["columns"]
    assert [c["name"] for c in columns] == [
        "id", "Full Name", "code", "mood", "moods", "wide", "plain", "unlimited", "price", "gross", "german", "parent",
    ]
    assert [c["number"] for c in columns] == [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13]
    assert relation(catalog, '"public"."without_columns"')["columns"] == []
    assert [c["name"] for c in relation(catalog, '"public"."company_names"')["columns"]] == ["id", "Full Name"]


@pytest.mark.parametrize("name, expected", [
    ("id", {"type_name": "bigint", "not_null": True, "identity": "a", "has_default": False, "default": None,
            "sequence_schema": "crm", "sequence": "companies_id_seq", "collation": None, "collation_is_c": False}),
    ("Full Name", {"type_name": "character varying(80)", "not_null": True, "collation": '"pg_catalog"."default"',
                   "collation_is_c": True, "identity": None, "generated": None, "sequence": None}),
    ("code", {"type_name": "crm.sub_code", "not_null": False, "has_default": True, "default": "'none'::character varying"}),
    ("mood", {"type_name": 'crm."Mood"', "has_default": True, "default": "'calm'::crm.\"Mood\""}),
    ("moods", {"type_name": 'crm."Mood"[]', "has_default": False}),
    ("plain", {"type_name": "character(1)"}),
    ("unlimited", {"type_name": "bpchar"}),
    ("price", {"type_name": "numeric(12,2)", "has_default": True, "default": "0"}),
    ("gross", {"generated": "s", "has_default": False, "default": "(price * 1.19)"}),
    ("german", {"collation": '"crm"."german"', "collation_is_c": True}),
])
def test_a_column_is_told_in_full(catalog, name, expected):
    found = column(catalog, COMPANIES, name)
    assert {key: found[key] for key in expected} == expected


def test_a_serial_knows_its_sequence_and_a_free_sequence_has_no_column(catalog):
    found = column(catalog, '"public"."Order-Items"', "id")
    assert found["has_default"] and found["default"] == "nextval('public.\"Order-Items_id_seq\"'::regclass)"
    assert (found["sequence_schema"], found["sequence"]) == ("public", "Order-Items_id_seq")
    owners = {s["name"]: (s["owner_relation"], s["owner_column"]) for s in catalog["sequences"]}
    assert owners == {
        "companies_id_seq": (COMPANIES, "id"),
        "Order-Items_id_seq": ('"public"."Order-Items"', "id"),
        "free_numbers": (None, None),
    }


def test_the_order_of_the_heap_is_known_after_analyze_and_to_whom_may_read(catalog, reader):
    assert column(catalog, COMPANIES, "id")["correlation"] == 1
    assert column(catalog, '"public"."never_analysed"', "id")["correlation"] is None
    assert column(reader, '"public"."events_new"', "id")["correlation"] is None


@pytest.mark.parametrize("name, expected", [
    ("integer", {"kind": "b", "builtin": True, "send": "int4send", "send_schema": "pg_catalog", "receive": True, "equality": True}),
    ("bpchar", {"schema": "pg_catalog", "name": "bpchar", "category": "S"}),
    ("character varying", {"equality": True, "element": None}),
    ("name", {"element": None, "equality": True}),
    ("integer[]", {"category": "A", "element": "integer", "equality": True}),
    ("json", {"equality": False, "send": "json_send"}),
    ("json[]", {"equality": False}),
    ("point", {"equality": False}),
    ("xml", {"equality": False}),
    ("int4range", {"kind": "r", "equality": True}),
    ("aclitem", {"send": None, "receive": False, "equality": True}),
    ("aclitem[]", {"send": None, "receive": False}),
    ('crm."Mood"', {"kind": "e", "equality": True, "builtin": False, "send": "enum_send"}),
    ('crm."Mood"[]', {"element": 'crm."Mood"', "equality": True}),
    ("crm.short_text", {"kind": "d", "base": "character varying", "base_typmod": 24, "not_null": False, "equality": True}),
    ("crm.code", {"base": "character varying", "base_typmod": 24, "not_null": True}),
    ("crm.sub_code", {"base": "character varying", "base_typmod": 24, "not_null": True, "send": "varcharsend"}),
    ("crm.wide", {"kind": "c", "equality": True, "receive": True}),
    ("crm.with_json", {"kind": "c", "equality": False, "send": "record_send"}),
    ("crm.json_pair", {"kind": "d", "base": "crm.with_json", "equality": False}),
    ("crm.with_acl", {"send": None, "receive": False, "equality": True}),
    ("crm.span", {"kind": "r", "equality": True}),
    ("crm.companies", {"kind": "c", "equality": True}),
    ("public.citext", {"kind": "b", "builtin": False, "equality": True}),
])
def test_a_type_says_what_can_be_done_with_it(catalog, name, expected):
    found = catalog["types"][name]
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("table, name, expected", [
    (COMPANIES, "companies_pkey", {"primary": True, "unique": True, "btree": True, "constraint": "companies_pkey",
                                   "constraint_definition": "PRIMARY KEY (id)", "columns": ["id"], "clustered": True, "views_depend": True,
                                   "valid": True, "deferrable": False, "partial": False, "inherited": False}),
    (COMPANIES, "companies_lower", {"unique": False, "has_expression": True, "columns": [""], "constraint": None,
                                    "definition": 'CREATE INDEX companies_lower ON crm.companies USING btree (lower(("Full Name")::text))'}),
    (COMPANIES, "companies_calm", {"unique": True, "partial": True, "columns": ["Full Name"]}),
    (COMPANIES, "companies_price", {"columns": ["price", "id"], "nulls_not_distinct": False}),
    ('"public"."Order-Items"', "Order-Items_region_number_key",
     {"unique": True, "deferrable": True, "columns": ["region", "number"],
      "constraint_definition": "UNIQUE (region, number) DEFERRABLE INITIALLY DEFERRED"}),
    ('"public"."Order-Items"', "Order-Items_slot_excl", {"exclusion": True, "btree": False, "unique": False, "columns": ["slot"]}),
    ('"public"."pairs"', "pairs_pkey", {"columns": ["b", "a"], "replica_identity": True, "views_depend": False}),
    ('"public"."events"', "events_pkey", {"primary": True, "btree": True, "bytes": 0, "inherited": False}),
    ('"public"."events_old"', "events_old_pkey", {"inherited": True}),
    ('"public"."events_old_0"', "events_old_0_pkey", {"inherited": True}),
])
def test_an_index_is_told_in_full(catalog, table, name, expected):
    found = index(catalog, table, name)
    assert {key: found[key] for key in expected} == expected


def test_nulls_not_distinct_is_seen(server, psql, load):
    url = server.database("CREATE TABLE t (id int)")
    if psql(url, "SELECT current_setting('server_version_num')::int")[0][0] < 150000:
        pytest.skip("came with PostgreSQL 15")
    psql(url, "CREATE UNIQUE INDEX one_null ON t (id) NULLS NOT DISTINCT")
    assert index(load(url), '"public"."t"', "one_null")["nulls_not_distinct"]


def test_the_key_to_walk_is_chosen(catalog):
    walked = {name: r["walk_key"] for name, r in catalog["relations"].items() if r["walk_key"]}
    assert walked == {
        COMPANIES: "companies_pkey",
        '"public"."Order-Items"': "Order-Items_region_number_key",
        '"public"."ancestors"': "ancestors_pkey",
        '"public"."events"': "events_pkey",
        '"public"."events_new"': "events_new_pkey",
        '"public"."events_old"': "events_old_pkey",
        '"public"."events_old_0"': "events_old_0_pkey",
        '"public"."events_old_1"': "events_old_1_pkey",
        '"public"."left_side"': "left_side_pkey",
        '"public"."pairs"': "pairs_pkey",
        '"public"."right_side"': "right_side_pkey",
    }


def test_foreign_keys_to_itself_in_a_circle_and_over_two_columns(catalog):
    itself = foreign_keys(catalog, COMPANIES)["companies_parent_fkey"]
    assert (itself["to"], itself["columns"], itself["to_columns"]) == (COMPANIES, ["parent"], ["id"])
    assert itself["definition"] == "FOREIGN KEY (parent) REFERENCES crm.companies(id)"
    there = foreign_keys(catalog, '"public"."left_side"')["to_right"]
    back = foreign_keys(catalog, '"public"."right_side"')["right_side_left_id_fkey"]
    assert (there["to"], there["validated"], there["deferrable"]) == ('"public"."right_side"', False, False)
    assert (back["to"], back["validated"], back["deferrable"], back["deferred"]) == ('"public"."left_side"', True, True, True)
    pair = foreign_keys(catalog, '"public"."pair_users"')["pair_users_x_y_fkey"]
    assert (pair["columns"], pair["to_columns"]) == (["x", "y"], ["a", "b"])


def test_a_partition_tells_its_own_foreign_keys_from_its_parents(catalog):
    assert {n: k["inherited"] for n, k in foreign_keys(catalog, '"public"."events"').items()} == {"events_company_fkey": False}
    assert {n: k["inherited"] for n, k in foreign_keys(catalog, '"public"."events_new"').items()} == {
        "events_company_fkey": True,
        "only_here": False,
    }


def test_partitions_know_their_parent_and_a_partitioned_table_is_their_sum(catalog):
    events, old, new = (relation(catalog, f'"public"."{n}"') for n in ("events", "events_old", "events_new"))
    leaves = [relation(catalog, f'"public"."events_old_{n}"') for n in (0, 1)]
    assert [leaf["parent"] for leaf in leaves] == ['"public"."events_old"'] * 2
    assert (old["parent"], old["is_partition"], events["parent"]) == ('"public"."events"', True, None)
    assert not events["has_children"] and not events["heap"] and new["heap"]
    for size in ("bytes", "pages", "index_bytes", "estimated_rows"):
        assert old[size] == sum(leaf[size] for leaf in leaves) > 0
        assert events[size] == old[size] + new[size]
    assert events["estimated_rows"] == 3000


def test_an_inheritance_parent_is_no_partitioned_table(catalog):
    parent, child = (relation(catalog, f'"public"."{n}"') for n in ("ancestors", "descendants"))
    assert (parent["has_children"], parent["is_partition"]) == (True, False)
    assert (child["has_children"], child["is_partition"], child["parent"]) == (False, False, None)


def test_rows_are_estimated_or_said_to_be_unknown(catalog):
    estimated = {name: r["estimated_rows"] for name, r in catalog["relations"].items()}
    assert estimated[COMPANIES] == 1000
    assert estimated['"public"."never_analysed"'] == -1
    assert estimated['"public"."company_names"'] == -1
    assert estimated['"public"."empty"'] == 0


def test_a_table_that_grew_since_analyze_is_estimated_by_its_pages(server, psql, load):
    url = server.database("CREATE TABLE t AS SELECT generate_series(1, 10000) AS id; ANALYZE t")
    psql(url, "INSERT INTO t SELECT generate_series(1, 10000)")
    assert 19000 < relation(load(url), '"public"."t"')["estimated_rows"] < 21000


def test_a_role_without_rights_sees_names_and_its_few_rights(reader):
    assert [c["name"] for c in relation(reader, '"hidden"."secrets"')["columns"]] == ["id"]
    rights = {
        name: [right for right in ("select", "insert", "update", "delete", "truncate") if r["may_" + right]]
        for name, r in reader["relations"].items()
    }
    assert {name: may for name, may in rights.items() if may} == {
        COMPANIES: ["select", "insert"],
        '"public"."pair_users"': ["select", "update"],  # each column by itself
    }
    assert not any(r["is_owner"] for r in reader["relations"].values())


def test_the_owner_may_do_everything(catalog):
    companies = relation(catalog, COMPANIES)
    assert all(companies["may_" + right] for right in ("select", "insert", "update", "delete", "truncate"))
    assert companies["is_owner"]


def test_routines_are_the_users_own_and_not_an_extensions(catalog):
    assert [(r["schema"], r["name"], r["arguments"]) for r in catalog["routines"]] == [
        ("crm", "dice", "sides integer"), ("crm", "product", "numeric"), ("crm", "touch", ""), ("crm", "twice", "integer"),
    ]


def test_functions_are_known_by_what_they_do(catalog):
    server = catalog["server"]
    assert {"dice", "random", "nextval", "gen_random_uuid", "clock_timestamp"} <= set(server["volatile_functions"])
    assert not {"lower", "now", "touch", "count"} & set(server["volatile_functions"])
    assert {"product", "count", "string_agg"} <= set(server["aggregate_functions"])
    assert {"twice", "generate_series", "unnest"} <= set(server["set_returning_functions"])


def test_an_extensions_tables_and_sequences_are_marked(server, psql, load):
    url = server.database("CREATE TABLE mine (id serial); CREATE TABLE theirs (id serial)")
    psql(url, """CREATE EXTENSION citext;
                 ALTER EXTENSION citext ADD TABLE theirs;
                 ALTER EXTENSION citext ADD SEQUENCE theirs_id_seq""")
    catalog = load(url)
    assert {r["name"]: r["from_extension"] for r in catalog["relations"].values()} == {"mine": False, "theirs": True}
    assert {s["name"]: s["from_extension"] for s in catalog["sequences"]} == {"mine_id_seq": False, "theirs_id_seq": True}


@pytest.mark.parametrize("setting, visible", [
    ("crm, public", ["crm", "public"]), ("public, pg_catalog", ["public", "pg_catalog"]), ('"$user"', []), ("missing", []),
])
def test_definitions_name_everything_in_full_whatever_the_search_path(server, psql, load, setting, visible):
    url = server.database("""
        CREATE SCHEMA crm; CREATE TYPE crm.mood AS ENUM ('calm');
        CREATE TABLE crm.a (id int PRIMARY KEY, mood crm.mood DEFAULT 'calm');
        CREATE TABLE crm.b (id int REFERENCES crm.a);
        CREATE FUNCTION public.format_type(oid, integer) RETURNS text LANGUAGE sql AS $$SELECT 'fooled'$$;
        CREATE FUNCTION public.textne(text, text) RETURNS bool LANGUAGE sql AS $$SELECT false$$;
        CREATE OPERATOR public.<> (leftarg = text, rightarg = text, function = public.textne);
    """)
    catalog = load(url + "&options=" + urllib.parse.quote("-csearch_path=" + setting.replace(" ", "")))
    mood = column(catalog, '"crm"."a"', "mood")
    assert (mood["type_name"], mood["default"]) == ("crm.mood", "'calm'::crm.mood")
    assert foreign_keys(catalog, '"crm"."b"')["b_id_fkey"]["definition"] == "FOREIGN KEY (id) REFERENCES crm.a(id)"
    assert catalog["server"]["search_path"] == visible


def test_a_transaction_under_way_is_seen_and_keeps_its_search_path(server, load):
    url = server.database("CREATE SCHEMA crm")
    catalog = load(url, "CREATE TABLE crm.fresh (id int PRIMARY KEY); SET LOCAL search_path = crm")
    assert relation(catalog, '"crm"."fresh"')["walk_key"] == "fresh_pkey"
    assert catalog["server"]["search_path"] == ["crm"]
    assert catalog["session"] == {"search_path": "crm", "in_transaction": True}
    assert load(url)["relations"] == {}
    assert load(url)["session"] == {"search_path": '"$user", public', "in_transaction": False}


def test_many_tables_take_no_more_statements_than_few(server, psql, load):
    url = server.database()
    psql(url, """
        DO $$ BEGIN
            FOR i IN 1..1000 LOOP
                EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a text, b int UNIQUE, c json, d timestamptz)', i);
            END LOOP;
        END $$
    """)
    before = len(server.log())
    catalog = load(url + "&options=-clog_statement%3Dall")
    assert 10 < server.log()[before:].count("LOG:  ") < 50
    assert len(catalog["relations"]) == 1000
    assert all(len(r["columns"]) == 5 and len(r["indexes"]) == 2 for r in catalog["relations"].values())
