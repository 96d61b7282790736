"""What the words of a manifest mean: which rows are written, kept, left out and set aside, and that the books and the verification say so."""

import dataclasses
import json
import time

import psycopg
import pytest

from support.migrated import migrate_all
from support.server import query


def books(entity):
    return {count: entity[count] for count in ("read", "written", "unchanged", "merged", "filtered", "rejected")}


class Migration:
    """A migration between two databases, or inside one when `target` is the same."""

    def __init__(self, rehome, folder, source, target, psql):
        self.rehome, self.folder, self.source, self.target, self._psql = rehome, folder, source, target, psql

    def __call__(self, *arguments):
        return self.rehome(*arguments, cwd=self.folder)

    def run(self, *arguments):
        return self("run", *arguments)

    def entity(self, name):
        return next(one for one in self("status", "--json").succeeds().json["entities"] if one["name"] == name)

    def books(self, name):
        counts = books(self.entity(name))
        assert counts["read"] == sum(counts.values()) - counts["read"], f"the books do not balance: {counts}"
        return counts

    def verified(self, *arguments, status=0):
        return self("verify", "--json", *arguments).ends_with(status).json

    def rows(self, select):
        return self._psql(self.target, select)

    def rejects(self):
        return self.rows("SELECT entity, reason, source_key, source_row FROM rehome.reject ORDER BY id")


@pytest.fixture(params=["stream", "inside"])
def migrate(request, server, rehome, migration, psql):
    """`migrate(old=, new=, entities=)`: schemas old and new in two databases, and then in one: both must mean the same."""

    def make(old, new, entities, **more):
        old, new = f"CREATE SCHEMA old; {old}", f"CREATE SCHEMA new; {new}"
        same = request.param == "inside"
        source = server.database(f"{old}; {new}" if same else old)
        target = source if same else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if same else target, "entities": entities, **more}
        return Migration(rehome, migration({"migration.yaml": json.dumps(manifest)}), source, target, psql)

    return make


T = "CREATE TABLE {}.t (id int PRIMARY KEY, v text)"
OLD = T.format("old") + "; INSERT INTO old.t VALUES (1, 'one'), (2, 'two'), (3, 'three')"
NEW = T.format("new")
MET = NEW + "; INSERT INTO new.t VALUES (1, 'one'), (2, 'before'), (9, 'mine')"


def test_upsert_writes_what_differs_and_leaves_the_rest(migrate):
    m = migrate(OLD, MET, {"t": {"from": "old.t", "into": "new.t", "write": "upsert"}})
    m.run().succeeds()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, "one"), (2, "two"), (3, "three"), (9, "mine")]
    assert m.books("t") == dict(read=3, written=2, unchanged=1, merged=0, filtered=0, rejected=0)


def test_upsert_updates_only_the_columns_named(migrate):
    m = migrate(
        "CREATE TABLE old.t (id int PRIMARY KEY, a int, b int); INSERT INTO old.t VALUES (1, 10, 10), (2, 20, 20)",
        "CREATE TABLE new.t (id int PRIMARY KEY, a int, b int); INSERT INTO new.t VALUES (1, 0, 0)",
        {"t": {"from": "old.t", "into": "new.t", "update": ["a"]}},
    )
    m.run()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, 10, 0), (2, 20, 20)]


def test_skip_keeps_what_is_there(migrate):
    m = migrate(OLD, MET, {"t": {"from": "old.t", "into": "new.t", "write": "skip"}})
    ended = m.run()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, "one"), (2, "before"), (3, "three"), (9, "mine")]
    assert m.books("t")["written"] == 1 and m.books("t")["read"] == 3
    ended.succeeds()


def test_replace_empties_the_table_first(migrate):
    m = migrate(OLD, MET, {"t": {"from": "old.t", "into": "new.t", "write": "replace"}})
    m.run().succeeds()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, "one"), (2, "two"), (3, "three")]
    m.run().succeeds()
    assert m.books("t") == dict(read=3, written=3, unchanged=0, merged=0, filtered=0, rejected=0)


def test_replace_with_a_scope_empties_only_that(migrate):
    m = migrate(
        "CREATE TABLE old.t (id int PRIMARY KEY, v text); INSERT INTO old.t VALUES (1, 'one')",
        "CREATE TABLE new.t (id int PRIMARY KEY, v text, kind text); INSERT INTO new.t VALUES (5, 'stale', 'a'), (6, 'mine', 'b')",
        {"t": {"from": "old.t", "into": "new.t", "transform": "SELECT id, v, 'a' AS kind FROM old.t", "write": "replace", "scope": "kind = 'a'"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, "one", "a"), (6, "mine", "b")]
    assert m.verified()["state"] == "passed"


def test_insert_onto_rows_that_are_there_sets_them_aside(migrate):
    m = migrate(OLD, MET, {"t": {"from": "old.t", "into": "new.t", "write": "insert"}})
    assert m.run().status != 0
    assert (2, "before") in m.rows("SELECT * FROM new.t")


def test_two_entities_fill_one_table(migrate):
    m = migrate(
        "CREATE TABLE old.a (id int PRIMARY KEY); CREATE TABLE old.b (id int PRIMARY KEY);"
        "INSERT INTO old.a SELECT generate_series(1, 10); INSERT INTO old.b SELECT generate_series(1, 5)",
        "CREATE TABLE new.t (kind text, id int, PRIMARY KEY (kind, id)); CREATE INDEX ON new.t (id)",
        {name: {"from": f"old.{name}", "into": "new.t", "transform": f"SELECT '{name}' AS kind, id FROM old.{name}"} for name in "ab"},
    )
    m.run().succeeds()
    assert m.rows("SELECT kind, count(*) FROM new.t GROUP BY 1 ORDER BY 1") == [("a", 10), ("b", 5)]
    assert m.rows("SELECT count(*) FROM pg_indexes WHERE schemaname = 'new'") == [(2,)]
    verified = m.verified()
    assert verified["state"] == "passed" and sum(one["source_rows"] for one in verified["entities"]) == 15


def test_a_load_looks_up_what_only_the_target_knows(migrate):
    m = migrate(
        "CREATE TABLE old.t (id int PRIMARY KEY, author text); INSERT INTO old.t VALUES (1, 'ann'), (2, 'bob'), (3, 'nobody')",
        "CREATE TABLE new.profile (id int PRIMARY KEY, login text); INSERT INTO new.profile VALUES (10, 'ann'), (20, 'bob');"
        "CREATE TABLE new.t (id int PRIMARY KEY, profile_id int NOT NULL REFERENCES new.profile)",
        {"t": {"from": "old.t", "into": "new.t", "transform": "SELECT id, author FROM old.t",
               "load": "SELECT s.id, p.id AS profile_id FROM staged s JOIN new.profile p ON p.login = s.author"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT * FROM new.t ORDER BY 1") == [(1, 10), (2, 20)]
    assert m.books("t") == dict(read=3, written=2, unchanged=0, merged=0, filtered=1, rejected=0)
    assert m.verified()["state"] == "passed"


def test_a_rule_sets_rows_aside_with_key_and_row(migrate):
    m = migrate(OLD, NEW, {"t": {"from": "old.t", "into": "new.t", "rejects": {"too_long": "length(v) > 3"}}})
    m.run().succeeds()
    assert m.rows("SELECT id FROM new.t ORDER BY 1") == [(1,), (2,)]
    assert m.rejects() == [("t", "too_long", {"id": "3"}, {"id": 3, "v": "three"})]
    assert m.books("t") == dict(read=3, written=2, unchanged=0, merged=0, filtered=0, rejected=1)
    assert m.verified()["state"] == "passed"


@dataclasses.dataclass
class Cast:
    """A value that arrives, and one that would lose something on the way or that the type cannot read."""

    before: str
    after: str
    good: str
    bad: str

    def __str__(self):
        return f"{self.before} to {self.after}: {self.bad}"

    def old(self, number):
        return (f"CREATE TABLE old.t{number} (id int PRIMARY KEY, v {self.before});"
                f"INSERT INTO old.t{number} VALUES (1, {self.good}), (2, {self.bad}), (3, NULL)")

    def new(self, number):
        return f"CREATE TABLE new.t{number} (id int PRIMARY KEY, v {self.after})"

    def assert_moved(self, m, number):
        arrived = f"(({self.good})::{self.before})::{self.after}"
        rows = f"SET timezone = 'UTC'; SELECT id, v::text IS NOT DISTINCT FROM {arrived}::text FROM new.t{number} ORDER BY 1"
        assert m.rows(rows) == [(1, True), (3, False)]
        assert m.rows(f"SELECT source_key FROM rehome.reject WHERE entity = 't{number}'") == [({"id": "2"},)]


CASTS = [
    Cast("text", "varchar(3)", "'abc'", "'abcd'"),
    Cast("text", "varchar(3)", "'äöü'", "'abc '"),
    Cast("text", "char(3)", "'abc'", "'abcd'"),
    Cast("int8", "int4", "2147483647", "2147483648"),
    Cast("int4", "int2", "-32768", "-32769"),
    Cast("numeric", "numeric(5,2)", "999.99", "0.001"),
    Cast("numeric", "numeric(5,2)", "'NaN'", "1000"),
    Cast("numeric", "int4", "7.00", "7.5"),
    Cast("numeric", "int4", "0", "'NaN'"),
    Cast("numeric", "float8", "0.1", "0.12345678901234567890123"),
    Cast("float8", "float4", "0.5", "0.1"),
    Cast("float8", "int4", "'-0'", "1e10"),
    Cast("timestamptz", "date", "'2024-02-29 00:00+00'", "'2024-02-29 00:00:01+00'"),
    Cast("timestamptz", "timestamptz(3)", "'2024-02-29 00:00:00.123+00'", "'2024-02-29 00:00:00.1234+00'"),
    Cast("int4", "boolean", "1", "2"),
    Cast("text", "int4", "' 12 '", "'12a'"),
    Cast("text", "int4", "'-2147483648'", "'2147483648'"),
    Cast("text", "uuid", "'00000000-0000-0000-0000-000000000001'", "'x'"),
    Cast("text", "boolean", "'yes'", "'maybe'"),
    Cast("text", "numeric", "'1.50'", "'1,50'"),
    Cast("json", "jsonb", "'{\"a\":   1}'", "'\"\\u0000\"'"),
    Cast("inet", "cidr", "'10.0.0.0/8'", "'10.0.0.1/8'"),
    Cast("text[]", "varchar(3)[]", "ARRAY['abc', NULL]", "ARRAY['abcd']"),
    Cast("int8[]", "int4[]", "ARRAY[1]", "ARRAY[2147483648]"),
    Cast("bit varying", "bit(3)", "B'101'", "B'1011'"),
    Cast("text", "name", "repeat('x', 63)", "repeat('x', 64)"),
]
STOPPING = [
    Cast("text", "date", "'2024-02-29'", "'2023-02-29'"),
    Cast("text", "timestamptz", "'2024-02-29 12:00+02'", "'soon'"),
    Cast("text", "jsonb", "'{\"a\": 1}'", "'{a: 1}'"),
    Cast("text", "inet", "'10.0.0.1'", "'10.0.0.256'"),
    Cast("text", "int4[]", "'{1,2}'", "'1,2'"),
]


@pytest.fixture(scope="module", params=["stream", "inside"])
def cast(request, shared_server, tmp_path_factory):
    """All of CASTS, moved by one migration."""
    old, new = "CREATE SCHEMA old", "CREATE SCHEMA new"
    for number, one in enumerate(CASTS):
        old, new = f"{old}; {one.old(number)}", f"{new}; {one.new(number)}"
    source = shared_server.database(f"SET timezone = 'UTC'; {old}")
    if request.param == "inside":
        query(source, new)
    target = source if request.param == "inside" else shared_server.database(new)
    entities = {f"t{number}": {"from": f"old.t{number}", "into": f"new.t{number}"} for number in range(len(CASTS))}
    return migrate_all(source, target, entities, tmp_path_factory.mktemp(request.param))


def test_a_run_with_values_set_aside_says_so(cast):
    cast.run.ends_with(3)
    assert cast.verified.succeeds().json["state"] == "passed"


@pytest.mark.parametrize("number", range(len(CASTS)), ids=map(str, CASTS))
def test_a_value_that_would_lose_something_is_set_aside(number, cast):
    CASTS[number].assert_moved(cast, number)
    assert books(cast.entity(cast.status, f"t{number}")) == dict(read=3, written=2, unchanged=0, merged=0, filtered=0, rejected=1)


@pytest.mark.parametrize("one", STOPPING, ids=str)
def test_a_value_that_the_server_refuses_is_set_aside(one, migrate):
    m = migrate(one.old(0), one.new(0), {"t0": {"from": "old.t0", "into": "new.t0"}})
    m.run().ends_with(3)
    one.assert_moved(m, 0)


def test_a_loss_is_named_by_its_column(migrate):
    m = migrate(
        "CREATE TABLE old.t (id int PRIMARY KEY, price numeric); INSERT INTO old.t VALUES (1, 1.005)",
        "CREATE TABLE new.t (id int PRIMARY KEY, price numeric(10,2))",
        {"t": {"from": "old.t", "into": "new.t"}},
    )
    m.run().ends_with(3)
    assert m.rejects()[0][:2] == ("t", "lossy:price")


def test_where_speaks_of_the_driving_table_alone(migrate):
    m = migrate(
        OLD + "; CREATE TABLE old.u (id int PRIMARY KEY, v text); INSERT INTO old.u VALUES (1, 'x'), (2, 'y'), (3, 'z')",
        NEW,
        {"t": {"from": "old.t", "into": "new.t", "where": "v LIKE 't%' AND id < 3",
               "transform": "SELECT t.id, u.v FROM old.t JOIN old.u ON u.id = t.id"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT * FROM new.t") == [(2, "y")]
    assert m.books("t")["written"] == 1


def test_params_fill_the_statements(migrate):
    m = migrate(
        OLD.replace("'one'", "'it''s'"), NEW,
        {"t": {"from": "old.t", "into": "new.t", "where": "v = :'what'", "transform": "SELECT id + :plus AS id, :\"column\" AS v FROM old.t"}},
        params={"what": {"required": True}, "plus": {"type": "int", "default": 100}, "column": {"default": "v"}},
    )
    m.run("--param", "what=it's").succeeds()
    assert m.rows("SELECT * FROM new.t") == [(101, "it's")]


def test_from_may_be_none(migrate):
    m = migrate("", NEW, {"t": {"from": "none", "into": "new.t", "transform": "SELECT i AS id, 'v' || i AS v FROM generate_series(1, 4) i"}})
    m.run().succeeds()
    assert m.rows("SELECT count(*), max(v) FROM new.t") == [(4, "v4")]
    assert m.books("t")["read"] == 4
    assert m.verified()["state"] == "passed"


def test_from_may_be_a_list(migrate):
    m = migrate(
        OLD + "; CREATE TABLE old.u (id int PRIMARY KEY, v text); INSERT INTO old.u VALUES (4, 'four')", NEW,
        {"t": {"from": ["old.t", "old.u"], "into": "new.t", "transform": "SELECT * FROM old.t UNION ALL SELECT * FROM old.u"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT count(*) FROM new.t") == [(4,)]
    assert m.verified()["state"] == "passed"


LINES = "CREATE TABLE old.o (id int PRIMARY KEY, tags text[]); INSERT INTO old.o VALUES (1, '{a,b,c}'), (2, '{}'), (3, '{d}')"


def test_one_row_becomes_many(migrate):
    m = migrate(
        LINES, "CREATE TABLE new.tag (o int, n int, tag text, PRIMARY KEY (o, n))",
        {"tag": {"from": "old.o", "into": "new.tag", "transform": "SELECT o.id AS o, u.n::int AS n, u.tag FROM old.o CROSS JOIN LATERAL unnest(o.tags) WITH ORDINALITY u(tag, n)"}},
    )
    m.run().succeeds()
    assert m.entity("tag")["driving"] == 3
    assert m.books("tag") == dict(read=5, written=4, unchanged=0, merged=0, filtered=1, rejected=0)
    assert m.verified()["state"] == "passed"


def test_many_rows_become_one(migrate):
    m = migrate(
        "CREATE TABLE old.line (id int PRIMARY KEY, o int, amount int); INSERT INTO old.line SELECT i, i % 3, i FROM generate_series(1, 10) i",
        "CREATE TABLE new.sum (o int PRIMARY KEY, amount bigint)",
        {"sum": {"from": "old.line", "into": "new.sum", "transform": "SELECT o, sum(amount) AS amount FROM old.line GROUP BY o"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT sum(amount), count(*) FROM new.sum") == [(55, 3)]
    assert m.entity("sum")["driving"] == 10
    m.books("sum")
    assert m.verified()["state"] == "passed"


def test_rows_with_one_key_are_merged_or_refused_but_never_lost_in_silence(migrate):
    m = migrate(
        "CREATE TABLE old.t (id int PRIMARY KEY, k text, v text); INSERT INTO old.t VALUES (1, 'a', 'x'), (2, 'a', 'x'), (3, 'b', 'y')",
        "CREATE TABLE new.t (k text PRIMARY KEY, v text)",
        {"t": {"from": "old.t", "into": "new.t", "transform": "SELECT k, v FROM old.t"}},
    )
    ended = m.run()
    counts = m.books("t")
    assert counts["merged"] + counts["rejected"] + counts["unchanged"] == 1 or ended.status != 0


MANY = 25000


@pytest.mark.parametrize(
    "columns, value",
    [
        pytest.param("k text PRIMARY KEY", "md5(i::text)", id="text"),
        pytest.param('k text COLLATE "und-x-icu" PRIMARY KEY', "CASE i % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'B' ELSE 'ä' END || i || '_' || md5(i::text)", id="text_icu"),
        pytest.param("k uuid PRIMARY KEY", "md5(i::text)::uuid", id="uuid"),
        pytest.param("k bigint PRIMARY KEY", "i * 7 - 50000", id="bigint"),
        pytest.param("k numeric PRIMARY KEY", "i / 10.0 - 100", id="numeric"),
        pytest.param("k timestamptz PRIMARY KEY", "'2024-01-01 00:00+00'::timestamptz + i * interval '1 hour'", id="timestamptz"),
        pytest.param("k int, k2 text, PRIMARY KEY (k, k2)", "i % 5, md5(i::text)", id="composite"),
        pytest.param("k int, k2 text, PRIMARY KEY (k2, k)", "i, CASE i % 2 WHEN 0 THEN 'x' ELSE '' END", id="composite_reversed"),
        pytest.param("k bytea PRIMARY KEY", "decode(md5(i::text), 'hex')", id="bytea"),
        pytest.param("k char(40) PRIMARY KEY", "md5(i::text)", id="bpchar"),
        pytest.param("k date, k2 {}.kind, PRIMARY KEY (k, k2)", "'0001-01-01 BC'::date + i, 'b'", id="date_and_enum"),
        pytest.param("k int", "i % 100", id="nothing"),
    ],
)
def test_a_large_table_is_walked_by_any_key(columns, value, migrate):
    m = migrate(
        f"CREATE TYPE old.kind AS ENUM ('a', 'b'); CREATE TABLE old.t ({columns.format('old')}, v int);"
        f"INSERT INTO old.t SELECT {value}, i FROM generate_series(1, {MANY}) i ORDER BY hashint4(i); ANALYZE old.t",
        f"CREATE TYPE new.kind AS ENUM ('a', 'b'); CREATE TABLE new.t ({columns.format('new')}, v int)",
        {"t": {"from": "old.t", "into": "new.t"}},
    )
    m.run("--jobs", "2").succeeds()
    assert m.entity("t")["chunks"]["total"] > 1
    assert m.rows("SELECT count(*), sum(v), count(DISTINCT v) FROM new.t") == [(MANY, MANY * (MANY + 1) // 2, MANY)]
    assert m.books("t")["written"] == MANY
    assert m.verified()["state"] == "passed"


def test_inheritance_children_are_left_out(migrate):
    m = migrate(OLD + "; CREATE TABLE old.child () INHERITS (old.t); INSERT INTO old.child VALUES (4, 'child')", NEW, {"t": {"from": "old.t", "into": "new.t"}})
    m.run().succeeds()
    assert m.rows("SELECT count(*) FROM new.t") == [(3,)]
    assert m.books("t")["read"] == 3


PLANTED = {
    "missing": "DELETE FROM new.t WHERE id IN (1, 5000)",
    "extra": "INSERT INTO new.t VALUES (-1, 'x'), (20001, 'y'), (20002, NULL)",
    "different": "UPDATE new.t SET v = v || ' ' WHERE id IN (7, 8, 9, 10)",
}


@pytest.mark.parametrize("kinds", [["missing"], ["extra"], ["different"], ["missing", "extra", "different"]], ids="+".join)
def test_verification_counts_what_was_planted(kinds, migrate, psql):
    m = migrate(
        T.format("old") + "; INSERT INTO old.t SELECT i, md5(i::text) FROM generate_series(1, 10000) i", NEW, {"t": {"from": "old.t", "into": "new.t"}}
    )
    m.run().succeeds()
    for kind in kinds:
        psql(m.target, PLANTED[kind])
    report = m.verified(status=4)
    counts = {"missing": 2, "extra": 3, "different": 4}
    found = report["entities"][0]
    assert report["state"] == "failed"
    assert {kind: found[kind] for kind in counts} == {kind: counts[kind] if kind in kinds else 0 for kind in counts}
    m.run().ends_with(4)


@pytest.mark.parametrize("change", ["NULL", "''", "'ONE'", "'one '"])
def test_verification_sees_the_smallest_difference(change, migrate, psql):
    m = migrate(OLD, NEW, {"t": {"from": "old.t", "into": "new.t"}})
    m.run().succeeds()
    psql(m.target, f"UPDATE new.t SET v = {change} WHERE id = 1")
    assert m.verified(status=4)["entities"][0]["different"] == 1


def test_verification_sees_two_values_exchanged(migrate, psql):
    m = migrate(OLD, NEW, {"t": {"from": "old.t", "into": "new.t"}})
    m.run().succeeds()
    psql(m.target, "UPDATE new.t SET v = CASE id WHEN 1 THEN 'two' ELSE 'one' END WHERE id < 3")
    assert m.verified(status=4)["entities"][0]["different"] == 2


def test_verification_sees_a_row_twice_in_a_table_without_key(migrate, psql):
    table = "CREATE TABLE {}.t (a int, b text)"
    m = migrate(table.format("old") + "; INSERT INTO old.t VALUES (1, 'x'), (2, 'y')", table.format("new"), {"t": {"from": "old.t", "into": "new.t"}})
    m.run().succeeds()
    psql(m.target, "INSERT INTO new.t VALUES (1, 'x')")
    found = m.verified(status=4)["entities"][0]
    assert (found["source_rows"], found["target_rows"]) == (2, 3)


def test_columns_left_out_of_verification_are_listed(migrate, psql):
    m = migrate(
        OLD, "CREATE TABLE new.t (id int PRIMARY KEY, v text, w text, at timestamptz)",
        {"t": {"from": "old.t", "into": "new.t", "transform": "SELECT id, v, v AS w, clock_timestamp() AS at FROM old.t", "verify": {"except": ["w"]}}},
    )
    m.run().succeeds()
    psql(m.target, "UPDATE new.t SET w = 'other'")
    report = m.verified()
    assert report["state"] == "passed" and sorted(report["entities"][0]["columns_left_out"]) == ["at", "w"]


COMPANIES = """CREATE TABLE old.company (id int PRIMARY KEY, name text); CREATE TABLE old.lead (id int PRIMARY KEY, company int, v text);
    INSERT INTO old.company SELECT i, 'c' || i FROM generate_series(1, 3) i; INSERT INTO old.lead SELECT i, i % 3 + 1, 'l' || i FROM generate_series(1, 30) i"""
ORGANIZATIONS = "CREATE TABLE new.company (id int PRIMARY KEY, name text); CREATE TABLE new.lead (id int PRIMARY KEY, company int NOT NULL REFERENCES new.company, v text)"


@pytest.mark.parametrize("scoped", [True, False], ids=["scoped", "unscoped"])
def test_a_second_company_comes_beside_the_first(scoped, migrate, psql):
    own = (lambda condition: {"scope": condition}) if scoped else (lambda condition: {})
    m = migrate(
        COMPANIES, ORGANIZATIONS,
        {"company": {"from": "old.company", "into": "new.company", "where": "id = :company", **own("id = :company")},
         "lead": {"from": "old.lead", "into": "new.lead", "where": "company = :company", **own("company = :company")}},
        params={"company": {"type": "int", "required": True}},
        expand=["CREATE TABLE new.once (made text)"],
    )
    for number, company in enumerate((1, 2), 1):
        m.run("--param", f"company={company}").succeeds()
        assert m.rows("SELECT count(*) FROM new.company") == [(number,)]
        assert m.rows("SELECT count(*) FROM new.lead") == [(10 * number,)]
    for company in (1, 2):
        report = m.verified("--param", f"company={company}")
        assert report["state"] == "passed" and {one["name"]: one["source_rows"] for one in report["entities"]} == {"company": 1, "lead": 10}
    psql(m.target, "DELETE FROM new.lead WHERE id = (SELECT min(id) FROM new.lead WHERE company = 1)")
    assert m.verified("--param", "company=2")["state"] == "passed"
    missing = {one["name"]: one["missing"] for one in m.verified("--param", "company=1", status=4)["entities"]}
    assert missing == {"company": 0, "lead": 1}


def test_parents_go_before_children_and_cycles_close(migrate):
    tables = """CREATE TABLE {0}.employee (id int PRIMARY KEY, boss int, dept int);
                CREATE TABLE {0}.dept (id int PRIMARY KEY, head int);"""
    m = migrate(
        tables.format("old") + "INSERT INTO old.dept VALUES (1, 2), (2, NULL); INSERT INTO old.employee VALUES (1, 2, 1), (2, NULL, 1), (3, 1, 2)",
        tables.format("new") + "ALTER TABLE new.employee ADD FOREIGN KEY (boss) REFERENCES new.employee, ADD FOREIGN KEY (dept) REFERENCES new.dept;"
        "ALTER TABLE new.dept ADD FOREIGN KEY (head) REFERENCES new.employee",
        {"employee": {"from": "old.employee", "into": "new.employee"}, "dept": {"from": "old.dept", "into": "new.dept"}},
    )
    m.run().succeeds()
    assert m.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND connamespace = 'new'::regnamespace") == [(3,)]


def test_a_row_without_its_parent_is_set_aside_or_stops_but_never_slips_in(migrate):
    m = migrate(
        "CREATE TABLE old.p (id int PRIMARY KEY); CREATE TABLE old.c (id int PRIMARY KEY, p int); INSERT INTO old.p VALUES (1); INSERT INTO old.c VALUES (1, 1), (2, 99)",
        "CREATE TABLE new.p (id int PRIMARY KEY); CREATE TABLE new.c (id int PRIMARY KEY, p int REFERENCES new.p)",
        {"p": {"from": "old.p", "into": "new.p"}, "c": {"from": "old.c", "into": "new.c"}},
    )
    assert m.run().status in (1, 3)
    assert m.rows("SELECT count(*) FROM new.p") == [(1,)]


def test_generated_columns_are_never_written(migrate):
    with_sum = "CREATE TABLE {}.t (id int PRIMARY KEY, a int, double int GENERATED ALWAYS AS (a * {}) STORED)"
    m = migrate(with_sum.format("old", 2) + "; INSERT INTO old.t VALUES (1, 4)", with_sum.format("new", 3), {"t": {"from": "old.t", "into": "new.t"}})
    ended = m.run()
    assert m.rows("SELECT * FROM new.t") == [(1, 4, 12)], ended


def test_a_database_that_sorts_by_a_language_is_walked_whole(server, rehome, migration, psql):
    """A default collation that is not C, on the source; text keys come out in its order, not that of bytes."""
    source = server.database()
    name = source.split("/")[3].split("?")[0]
    try:
        psql(server.url("postgres"), f"CREATE DATABASE {name}_icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C.UTF-8'")
    except psycopg.Error as error:
        pytest.skip(f"this server has no ICU: {error}")
    server.databases.append(f"{name}_icu")
    source = server.url(f"{name}_icu")
    psql(source, f"""CREATE TABLE t (k text PRIMARY KEY, v int);
        INSERT INTO t SELECT (ARRAY['a', 'B', 'ä', 'Z', 'ß', '-', ' ', '_'])[i % 8 + 1] || substr(md5(i::text), 1, 6) || i, i FROM generate_series(1, {MANY}) i; ANALYZE t""")
    target = server.database("CREATE TABLE t (k text PRIMARY KEY, v int)")
    m = Migration(rehome, migration({"migration.yaml": json.dumps({"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"t": {"from": "t"}}})}),
                  source, target, psql)
    m.run().succeeds()
    assert m.entity("t")["chunks"]["total"] > 1
    assert m.rows("SELECT count(*), sum(v) FROM t") == [(MANY, MANY * (MANY + 1) // 2)]
    assert m.verified()["state"] == "passed"


def test_a_manifest_mended_while_another_process_still_copies_by_the_old_one(server, rehome, migration):
    source = server.database("CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 10)")
    target = server.database("CREATE TABLE a (id int, v text)")  # without a key that would tell doubled rows

    def write(transform, folder=None):
        manifest = {"rehome": 1, "name": "m", "source": source, "target": target, "entities": {"a": {"from": "a", "transform": transform}}}
        return migration({"migration.yaml": json.dumps(manifest)}, folder=folder)

    def wait_for(url, condition):
        for _ in range(600):
            if query(url, f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}")[0][0]:
                return
            time.sleep(0.05)
        raise AssertionError(condition)

    folder = write("SELECT id, 'old' AS v FROM a, (SELECT pg_advisory_xact_lock_shared(7)) AS l")
    with psycopg.connect(source, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(7)")
        old = rehome.start("run", cwd=folder)
        wait_for(source, "wait_event = 'advisory'")
        write("SELECT id, 'new' AS v FROM a", folder)
        new = rehome.start("run", cwd=folder)
        wait_for(target, "wait_event_type = 'Lock'")
    assert "planned anew by another process" in old.wait().stderr
    new.wait().succeeds()
    assert query(target, "SELECT v, count(*) FROM a GROUP BY v") == [("new", 10)]
    rehome("verify", cwd=folder).succeeds()
