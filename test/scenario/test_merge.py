"""`merge:` makes the rows of several sources that have one key one row, by a rule per column, and keeps every disagreement."""

import json

import pytest

USERS = """
CREATE TABLE old.users (id int PRIMARY KEY, email text, full_name text, phone text, role text, tax_id text, seen timestamptz);
INSERT INTO old.users VALUES
  (2,  'ANN@example.org ', 'Ann',      '+49 30 1', 'agent', 'T1', '2024-01-01 10:00+00'),
  (10, 'bob@example.org',  'Bob',      NULL,       'agent', NULL, '2024-02-01 10:00+00'),
  (11, 'cem@example.org',  'Cem Öztürk', '1',      NULL,    'T3', NULL),
  (12, NULL,               'Nobody',   '0',        'agent', NULL, NULL),
  (13, 'eve@example.org',  'Eve',      NULL,       'admin', 'T5', NULL);
"""
PEOPLE = """
CREATE TABLE old.people (code text PRIMARY KEY, mail text, name text, phone text, tax_id text, department text, seen timestamptz, active boolean);
INSERT INTO old.people VALUES
  ('p1', 'ann@example.org', 'Ann Müller', '+49 30 123 456', 'T1', 'sales', '2024-03-01 10:00+00', true),
  ('p2', 'bob@example.org', 'Bob',        '17',             NULL, 'it',    '2023-01-01 10:00+00', true),
  ('p3', 'dan@example.org', 'Dan',        NULL,             NULL, NULL,    '2023-01-01 10:00+00', true),
  ('p4', 'dan@example.org', 'Daniel',     '5',              NULL, 'it',    '2022-01-01 10:00+00', true),
  ('p5', 'eve@example.org', 'Eve',        NULL,             'T9', 'hr',    NULL,                  true),
  ('p6', 'gone@example.org', 'Gone',      NULL,             NULL, NULL,    NULL,                  false);
"""
EMPLOYEES = """
CREATE TABLE new.employees (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, full_name text NOT NULL,
                            phone text, role text, tax_id text, department text, seen timestamptz, origin text)
"""
FROM_USERS = "SELECT lower(btrim(email)) AS email, full_name, phone, role, tax_id, seen, 'user' AS origin FROM old.users"
FROM_PEOPLE = "SELECT lower(mail) AS email, name AS full_name, phone, tax_id, department, seen, 'person' AS origin FROM old.people"
RULES = {"full_name": "last", "phone": "longest", "tax_id": "error", "seen": "newest(seen)", "origin": "newest(seen)"}


def merge(key="email", rules=RULES, sources=None):
    users, people = {"name": "users", "from": "old.users", "transform": FROM_USERS}, {
        "name": "people", "from": "old.people", "where": "active", "transform": FROM_PEOPLE}
    return {"key": key, "sources": sources or [users, people], "columns": rules}


class Merge:
    def __init__(self, rehome, migration, source, target, manifest, psql):
        self.rehome, self.migration, self.source, self.target, self.psql = rehome, migration, source, target, psql
        self.manifest = manifest
        self.write(manifest)

    def write(self, manifest):
        self.folder = self.migration({"migration.yaml": json.dumps(manifest, ensure_ascii=False)}, folder=getattr(self, "folder", None))

    def __call__(self, *arguments):
        return self.rehome(*arguments, cwd=self.folder)

    def rows(self, select):
        return self.psql(self.target, select)

    def entity(self, name="employees"):
        return next(one for one in self("status", "--json").succeeds().json["entities"] if one["name"] == name)

    def books(self, name="employees"):
        return {count: self.entity(name)[count] for count in ("driving", "read", "written", "unchanged", "merged", "filtered", "rejected")}


@pytest.fixture(params=["stream", "inside"])
def merged(request, server, rehome, migration, psql):
    """`merged(old, new, entity)`: between two databases, and inside one."""

    def make(old=USERS + PEOPLE, new=EMPLOYEES, entity=None, own_types=""):
        old, new = f"CREATE SCHEMA old; {old}", f"CREATE SCHEMA new; {new}"
        same = request.param == "inside"
        source = server.database(f"{own_types}; {old}; {new}" if same else f"{own_types}; {old}")
        target = source if same else server.database(f"{own_types}; {new}")
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if same else target,
                    "entities": {"employees": {"into": "new.employees", **(entity or {"merge": merge()})}}}
        return Merge(rehome, migration, source, target, manifest, psql)

    return make


WINNERS = "SELECT email, full_name, phone, role, tax_id, department, to_char(seen AT TIME ZONE 'UTC', 'YYYY-MM'), origin FROM new.employees ORDER BY email"
MERGED = [
    ("ann@example.org", "Ann Müller", "+49 30 123 456", "agent", "T1", "sales", "2024-03", "person"),
    ("bob@example.org", "Bob", "17", "agent", None, "it", "2024-02", "user"),
    ("cem@example.org", "Cem Öztürk", "1", None, "T3", None, None, "user"),
    ("dan@example.org", "Daniel", "5", None, None, "it", "2023-01", "person"),
]


def test_each_rule_chooses_its_value(merged):
    m = merged()
    m("run").ends_with(3)
    assert m.rows(WINNERS) == MERGED


def test_every_row_of_every_source_is_in_the_books(merged):
    m = merged()
    m("run").ends_with(3)
    # 10 rows: 4 written, bob and ann and dan took one more each, eve's two disagree and one user has no key
    assert m.books() == dict(driving=10, read=10, written=4, unchanged=0, merged=3, filtered=0, rejected=3)
    again = m("run", "--json")
    again.ends_with(3)
    assert m.rows(WINNERS) == MERGED
    assert m("verify", "--json").succeeds().json["entities"][0]["source_rows"] == 4


def test_rows_without_a_key_and_rows_of_an_error_rule_are_set_aside_one_by_one(merged):
    m = merged()
    m("run").ends_with(3)
    assert m.rows("SELECT reason, budgeted, source, source_key, source_row, column_name FROM rehome.reject ORDER BY reason, source DESC") == [
        ("conflict:tax_id", True, "users", {"id": "13"},
         {"email": "eve@example.org", "full_name": "Eve", "phone": None, "role": "admin", "tax_id": "T5", "seen": None, "origin": "user"}, "tax_id"),
        ("conflict:tax_id", True, "people", {"code": "p5"},
         {"email": "eve@example.org", "full_name": "Eve", "phone": None, "tax_id": "T9", "department": "hr", "seen": None, "origin": "person"},
         "tax_id"),
        ("no_key", True, "users", {"id": "12"},
         {"email": None, "full_name": "Nobody", "phone": "0", "role": "agent", "tax_id": None, "seen": None, "origin": "user"}, None),
    ]


def test_every_disagreement_is_kept_with_all_values_and_the_winner(merged):
    m = merged()
    ended = m("run")
    found = {(key["email"].split("@")[0], column): rest for key, column, *rest in m.rows(
        "SELECT key, column_name, rule, candidates, winner, winner_source FROM rehome.conflict WHERE migration = 1 AND entity = 'employees'")}
    assert found["ann", "full_name"] == ["last", [
        {"source": "users", "key": {"id": "2"}, "value": "Ann"},
        {"source": "people", "key": {"code": "p1"}, "value": "Ann Müller"}], "Ann Müller", "people"]
    assert found["dan", "full_name"] == ["last", [
        {"source": "people", "key": {"code": "p3"}, "value": "Dan"},
        {"source": "people", "key": {"code": "p4"}, "value": "Daniel"}], "Daniel", "people"]
    assert found["eve", "tax_id"][0] == "error" and found["eve", "tax_id"][2:] == [None, None]
    assert found["bob", "origin"][0] == "newest(seen)" and found["bob", "origin"][2:] == ["user", "users"]
    assert sorted(found) == [("ann", "full_name"), ("ann", "origin"), ("ann", "phone"), ("ann", "seen"), ("bob", "origin"), ("bob", "seen"),
                             ("dan", "full_name"), ("dan", "seen"), ("eve", "origin"), ("eve", "tax_id")]
    assert m.entity()["conflicts"] == 4
    assert "sources of employees disagree on 4 keys: origin 3, seen 3, full_name 2, phone 1, tax_id 1\n" in ended.stdout


def test_a_rule_of_the_manifest_takes_all_rows_of_a_key(merged):
    m = merged(entity={"merge": merge(rules={**RULES, "tax_id": "first"}), "rejects": {"no_mail": "email IS NULL", "short": "length(phone) < 2"}})
    m("run").succeeds()
    assert m.rows("SELECT reason, budgeted, source, source_key FROM rehome.reject ORDER BY reason, id") == [
        ("no_mail", False, "users", {"id": "12"}),
        ("short", False, "users", {"id": "11"}),
        ("short", False, "people", {"code": "p3"}),
        ("short", False, "people", {"code": "p4"}),
    ]
    assert m.books() == dict(driving=10, read=10, written=3, unchanged=0, merged=3, filtered=0, rejected=4)


def test_a_value_that_would_lose_something_sets_its_rows_aside(merged):
    m = merged(new=EMPLOYEES.replace("full_name text", "full_name varchar(8)"), entity={"merge": merge(rules={**RULES, "tax_id": "first"}), "rejects": {"none": "email IS NULL"}})
    m("run").ends_with(3)
    assert m.rows("SELECT reason, source, column_name FROM rehome.reject WHERE budgeted ORDER BY id") == [
        ("lossy:full_name", "users", "full_name"), ("lossy:full_name", "users", "full_name"), ("lossy:full_name", "people", "full_name")]


def test_rows_that_a_transform_leaves_out_are_filtered(merged):
    users = {"name": "users", "from": "old.users", "transform": FROM_USERS + " WHERE email IS NOT NULL"}
    people = {"name": "people", "from": "old.people", "transform": FROM_PEOPLE + " JOIN (VALUES (1), (2)) AS twice (n) ON active"}
    m = merged(entity={"merge": merge(rules={}, sources=[users, people])})
    m("run").succeeds()
    # users: 4 of 5; people: 5 of 6 give two rows each
    assert m.books() == dict(driving=11, read=16, written=5, unchanged=0, merged=9, filtered=2, rejected=0)
    assert m("verify", "--json").succeeds().json["state"] == "passed"


def test_a_key_of_several_columns_and_one_source(merged):
    m = merged(
        old="CREATE TABLE old.t (id int PRIMARY KEY, region text, number int, note text);"
            "INSERT INTO old.t VALUES (1, 'eu', 1, NULL), (2, 'eu', 1, 'b'), (9, 'eu', 2, 'i'), (10, 'eu', 2, 'j'), (11, 'us', 1, 'u'), (12, NULL, 1, 'n'), (13, NULL, 1, 'm')",
        new="CREATE TABLE new.employees (region text, number int, note text, PRIMARY KEY (region, number))",
        entity={"merge": {"key": ["region", "number"], "sources": [{"from": "old.t", "transform": "SELECT region, number, note FROM old.t"}]}},
    )
    m("run").ends_with(3)
    assert m.rows("SELECT * FROM new.employees ORDER BY 1, 2") == [("eu", 1, "b"), ("eu", 2, "i"), ("us", 1, "u")]
    assert m.rows("SELECT key, winner, candidates FROM rehome.conflict") == [
        ({"region": "eu", "number": "2"}, "i", [{"source": "old.t", "key": {"id": "9"}, "value": "i"}, {"source": "old.t", "key": {"id": "10"}, "value": "j"}])]
    assert m.books() == dict(driving=7, read=7, written=3, unchanged=0, merged=2, filtered=0, rejected=2)


def test_a_second_run_has_nothing_to_do(merged):
    m = merged(entity={"merge": merge(), "rejects": {"no_mail": "email IS NULL", "two_numbers": "tax_id = 'T5'"}})
    m("run").succeeds()
    look = ["SELECT xmin::text, e::text FROM new.employees e ORDER BY 2", "SELECT c::text FROM rehome.conflict c ORDER BY id"]
    before = [m.rows(select) for select in look]
    m("run").succeeds()
    assert before == [m.rows(select) for select in look]


def test_load_sees_merged_rows(merged):
    m = merged(
        new="CREATE TABLE new.role (id int PRIMARY KEY, name text); INSERT INTO new.role VALUES (1, 'agent'), (2, 'admin');"
            "CREATE TABLE new.employees (email text PRIMARY KEY, full_name text, role_id int)",
        entity={"merge": merge(rules={"full_name": "last"}),
                "load": "SELECT s.email, s.full_name, r.id AS role_id FROM staged s JOIN new.role r ON r.name = s.role"},
    )
    m("run").ends_with(3)
    assert m.rows("SELECT * FROM new.employees ORDER BY email") == [("ann@example.org", "Ann Müller", 1), ("bob@example.org", "Bob", 1), ("eve@example.org", "Eve", 2)]
    assert m.books() == dict(driving=10, read=10, written=3, unchanged=0, merged=4, filtered=2, rejected=1)
    assert m("verify", "--json").succeeds().json["state"] == "passed"


TYPES = {  # type: (value of the first source, value of the second): the second wins
    "numeric": ("1.0", "1.00"),
    "numeric(10,2)": ("1.10", "1.20"),
    "varchar(20)": ("'a'", "'b '"),
    "char(5)": ("'a'", "'b'"),
    "json": ("""'{"a": 1}'""", """'{"a":1}'"""),
    "jsonb": ("""'{"a": 1}'""", """'{"a": 1.0}'"""),
    "text[]": ("'{a,NULL}'", """'{{"b,c"},{d}}'"""),
    "numeric(6,2)[]": ("'{1}'", "'{2,3}'"),
    "bytea": ("'\\x00ff'", "'\\x0100'"),
    "timestamptz": ("'2020-01-01 00:00+00'", "'2020-01-01 00:00:00.000001+00'"),
    "interval": ("'30 days'", "'1 month'"),
    "float8": ("0.1", "'NaN'"),
    "uuid": ("'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"),
    "boolean": ("true", "false"),
    "xml": ("'<a/>'", "'<b/>'"),
    "int4range": ("'[1,2)'", "'[1,3)'"),
    "point": ("'(1,2)'", "'(2,3)'"),
    "public.mood": ("'sad'", "'glad'"),
    "public.mail": ("'a@x'", "'b@x'"),
    "public.pair": ("'(1,a)'", "'(2,b)'"),
    "public.mood[]": ("'{sad}'", "'{glad,sad}'"),
}
OWN_TYPES = ("CREATE TYPE public.mood AS ENUM ('sad', 'glad'); CREATE DOMAIN public.mail AS varchar(20) NOT NULL CHECK (value LIKE '%@%');"
             "CREATE TYPE public.pair AS (n int, t text);")


def test_values_of_all_types_are_merged_as_they_are(merged):
    names = {name: f"c{number}" for number, name in enumerate(TYPES)}
    columns = ", ".join(f"{column} {name}" for name, column in names.items())
    loose = columns.replace("public.mail", "varchar(20)")  # its null is one
    m = merged(
        old=f"CREATE TABLE old.a (id int PRIMARY KEY, {columns}); CREATE TABLE old.b (LIKE old.a INCLUDING ALL); CREATE TABLE old.c (id int PRIMARY KEY, note text);"
            f"INSERT INTO old.a VALUES (1, {', '.join(first for first, _ in TYPES.values())}); INSERT INTO old.b VALUES (1, {', '.join(last for _, last in TYPES.values())});"
            "INSERT INTO old.c VALUES (1, 'c'), (2, 'only here')",
        new=f"CREATE TABLE new.employees (id int PRIMARY KEY, {loose}, note text)",
        entity={"merge": {"key": "id", "sources": [{"from": "old.c"}, {"from": "old.a"}, {"from": "old.b"}], "columns": {column: "last" for column in names.values()}}},
        own_types=OWN_TYPES,
    )
    m("run").succeeds()
    assert m("verify", "--json").succeeds().json["state"] == "passed"
    for name, column in names.items():
        value = TYPES[name][1]
        assert m.rows(f"SELECT {column}::text, ({value})::{name}::text FROM new.employees WHERE id = 1")[0] == m.rows(
            f"SELECT ({value})::{name}::text, {column}::text FROM new.employees WHERE id = 1")[0], name
        assert m.rows(f"SELECT count(*) FROM rehome.conflict WHERE column_name = '{column}'") == [(1,)], name
    assert m.rows("SELECT note, c0 FROM new.employees ORDER BY id") == [("c", m.rows("SELECT c0 FROM new.employees WHERE id = 1")[0][0]), ("only here", None)]
    assert m.entity()["conflicts"] == 1


def test_a_composite_value_with_a_null_in_it_is_a_value(merged):
    m = merged(
        old="CREATE TABLE old.a (id int PRIMARY KEY, p public.pair); CREATE TABLE old.b (LIKE old.a);"
            "INSERT INTO old.a VALUES (1, (5, NULL)), (2, (NULL, NULL)), (3, NULL); INSERT INTO old.b VALUES (1, (6, NULL)), (3, (7, NULL))",
        new="CREATE TABLE new.employees (id int PRIMARY KEY, p public.pair)",
        entity={"merge": {"key": "id", "sources": [{"from": "old.a"}, {"from": "old.b"}]}},
        own_types=OWN_TYPES,
    )
    m("run").succeeds()
    assert m.rows("SELECT id, p::text FROM new.employees ORDER BY id") == [(1, "(5,)"), (2, "(,)"), (3, "(7,)")]
    assert m.rows("SELECT key, jsonb_array_length(candidates), winner FROM rehome.conflict") == [({"id": "1"}, 2, "(5,)")]


def test_columns_may_be_called_as_rehome_calls_its_own(merged):
    m = merged(
        old="CREATE TABLE old.a (id int PRIMARY KEY, k text, r int, s int, q int, t int, j int, n int); INSERT INTO old.a VALUES (1, NULL, 1, 2, 3, 4, 5, 6), (2, 'k', 1, 2, 3, 4, 5, 6)",
        new="CREATE TABLE new.employees (k text PRIMARY KEY, r int, s int, q int, t int, j int, n int)",
        entity={"merge": {"key": "k", "sources": [{"from": "old.a", "transform": "SELECT k, r, s, q, t, j, n FROM old.a"}]}},
    )
    m("run").ends_with(3)
    assert m.rows("SELECT * FROM new.employees") == [("k", 1, 2, 3, 4, 5, 6)]
    assert m.rows("SELECT source_row FROM rehome.reject") == [({"k": None, "r": 1, "s": 2, "q": 3, "t": 4, "j": 5, "n": 6},)]


def test_keys_that_are_equal_but_not_the_same_are_one(merged):
    m = merged(
        old="CREATE TABLE old.a (id int PRIMARY KEY, k numeric, v text); CREATE TABLE old.b (LIKE old.a); INSERT INTO old.a VALUES (1, 1.0, 'a'); INSERT INTO old.b VALUES (5, 1.00, 'b')",
        new="CREATE TABLE new.employees (k numeric PRIMARY KEY, v text)",
        entity={"merge": {"key": "k", "sources": [{"from": "old.a"}, {"from": "old.b"}], "columns": {"v": "last"}}},
    )
    m("run").succeeds()
    assert m.rows("SELECT k::text, v FROM new.employees") == [("1.0", "b")]
    assert m.books() == dict(driving=2, read=2, written=1, unchanged=0, merged=1, filtered=0, rejected=0)


def test_sources_may_have_other_collations_and_other_keys_or_none(merged):
    m = merged(
        old="""CREATE TABLE old.a (mail text COLLATE "C", v text COLLATE "POSIX"); CREATE TABLE old.b (x numeric, y date, mail text, v text, PRIMARY KEY (x, y));
               INSERT INTO old.a VALUES ('m', NULL), ('m', 'z'), ('m', 'a'); INSERT INTO old.b VALUES (10, '2020-01-01', 'm', 'x'), (9, '2021-01-01', 'm', 'nine')""",
        new="CREATE TABLE new.employees (mail text PRIMARY KEY, v text, w text)",
        entity={"merge": {"key": "mail", "sources": [{"from": "old.a", "transform": "SELECT mail, v, v AS w FROM old.a"}, {"from": "old.b", "transform": "SELECT mail, v, v AS w FROM old.b"}],
                          "columns": {"w": "last"}}, "rejects": {"same": "v = mail"}},
    )
    m("run").succeeds()
    assert m.rows("SELECT * FROM new.employees") == [("m", "a", "x")]
    assert [one["key"] for one in m.rows("SELECT candidates FROM rehome.conflict WHERE column_name = 'v'")[0][0]][2:] == [{"x": "9", "y": "2021-01-01"}, {"x": "10", "y": "2020-01-01"}]


@pytest.mark.parametrize("change, message", [
    ({"key": "mail"}, 'source "users" does not give column "mail", the key that its rows are merged by'),
    ({"columns": {"phon": "last"}}, 'no source of the merge gives column "phon"; did you mean "phone"?'),
    ({"columns": {"phone": "newest(sen)"}}, 'no source of the merge gives column "sen", which is to say which row is the newest; did you mean "seen"?'),
    ({"sources": [{"from": "old.users", "transform": FROM_USERS}, {"from": "old.people", "transform": "SELECT mail AS email, name AS full_name, 7 AS phone FROM old.people"}]},
     'column "phone" is integer in source "old.people" and text in "old.users"; cast it in one of them (UNION types text and integer cannot be matched)'),
    ({"sources": [{"from": "old.users", "transform": FROM_USERS}, {"from": "old.people", "transform": "SELECT mail AS email, name AS full_name, 1 AS wage FROM old.people"}]},
     'entity "employees": the merge gives a column "wage" that "new"."employees" does not have'),
    ({"sources": [{"from": "old.users", "transform": "SELECT email, email FROM old.users"}]}, 'source "old.users" gives column "email" twice'),
    ({"sources": [{"from": "old.users", "transform": FROM_USERS}, {"from": "old.peopel"}]}, 'no table old.peopel on the source; did you mean old.people?'),
    ({"sources": [{"from": "old.users", "transform": "SELECT emial FROM old.users"}]}, 'column "emial" does not exist'),
    ({"sources": [{"from": "old.users", "where": "actve", "transform": FROM_USERS}]}, 'column "actve" does not exist'),
    ({"sources": [{"from": "old.users", "transform": FROM_USERS + ", (SELECT 1) x"}], "columns": {"seen": "newest(doc)"}, "key": "email"}, 'no source of the merge gives column "doc"'),
])
def test_mistakes_are_told_with_their_place(server, rehome, migration, psql, change, message):
    """Each source's SQL is a file of its own, so that the file that is named tells which one is meant."""
    url = server.database(f"CREATE SCHEMA old; CREATE SCHEMA new; {USERS} {PEOPLE} {EMPLOYEES}")
    wanted, files = {**merge(rules={}), **change}, {}
    for number, source in enumerate(wanted["sources"]):
        if "transform" in source:
            files[f"sql/{number + 1}.sql"] = source["transform"] + "\n"
            wanted["sources"][number] = {**source, "transform": f"sql/{number + 1}.sql"}
    manifest = {"rehome": 1, "name": "m", "source": url, "target": "same", "entities": {"employees": {"into": "new.employees", "merge": wanted}}}
    ended = rehome("plan", cwd=migration({"migration.yaml": json.dumps(manifest), **files})).ends_with(2)
    assert message in ended.stderr
    if "wage" in message or "integer" in message:
        assert "sql/2.sql:1:1: " in ended.stderr


def test_plan_shows_sources_and_rules(merged):
    m = merged()
    plan = m("plan").succeeds().stdout
    assert "by (email)" in plan and "1. users" in plan and "2. people" in plan and "full_name: last, phone: longest" in plan
    assert "one: rows with the same key may be anywhere in its sources" in plan
    assert "no_key, conflict:tax_id" in plan
    described = m("plan", "--json").succeeds().json["entities"][0]["merge"]
    assert described == {"key": ["email"], "sources": ["users", "people"], "columns": RULES}


def content(m):
    return (m.rows("SELECT (to_jsonb(e) - 'id')::text FROM new.employees e ORDER BY email"),
            m.rows("SELECT key, column_name, rule, candidates, winner FROM rehome.conflict ORDER BY key::text, column_name"),
            m.rows("SELECT reason, source, source_key FROM rehome.reject ORDER BY reason, source, source_key::text"))


def test_a_changed_row_and_rule_give_what_a_fresh_run_gives(merged):
    changes = "UPDATE old.people SET name = 'Robert', phone = NULL WHERE code = 'p2'; INSERT INTO old.users (id, email, full_name) VALUES (20, 'dan@example.org', 'D')"
    rules = {"full_name": "longest", "phone": "first", "tax_id": "error"}
    m = merged(entity={"merge": merge(), "write": "upsert", "key": ["email"]})
    m("run").ends_with(3)
    m.psql(m.source, changes)
    m.manifest["entities"]["employees"]["merge"] = merge(rules=rules)
    m.write(m.manifest)
    m("run").ends_with(3)
    fresh = merged(entity={"merge": merge(rules=rules), "write": "upsert", "key": ["email"]})
    fresh.psql(fresh.source, changes)
    fresh("run").ends_with(3)
    assert content(m) == content(fresh)
    assert m.books() == fresh.books()


def test_an_upsert_onto_rows_that_are_there(merged):
    m = merged(new=EMPLOYEES + "; INSERT INTO new.employees (email, full_name, role) VALUES ('ann@example.org', 'old', 'boss'), ('zoe@example.org', 'Zoe', NULL)",
               entity={"merge": merge(rules={**RULES, "tax_id": "first"}), "update": ["full_name"], "rejects": {"none": "email IS NULL"}})
    m("run").succeeds()
    assert m.rows("SELECT email, full_name, role FROM new.employees WHERE email ~ '^(ann|eve|zoe)' ORDER BY email") == [
        ("ann@example.org", "Ann Müller", "boss"), ("eve@example.org", "Eve", "admin"), ("zoe@example.org", "Zoe", None)]
    assert m.books() == dict(driving=10, read=10, written=5, unchanged=0, merged=4, filtered=0, rejected=1)
    assert m("verify", "--json").succeeds().json["state"] == "passed"


def test_a_dry_run_tells_what_a_run_would_do(merged):
    m = merged()
    told = m("run", "--dry-run", "--json").json
    assert {name: told["entities"][0]["books"][name] for name in ("written", "merged", "rejected")} == dict(written=4, merged=3, rejected=3)
    assert [one["reason"] for one in told["entities"][0]["rejects"]] == ["conflict:tax_id", "no_key"]
    assert m.rows("SELECT count(*) FROM new.employees") == [(0,)]
