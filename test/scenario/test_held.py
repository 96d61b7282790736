"""What a run takes away of the target to be fast comes back as it was, what others rely on is never taken away, and
sequences go on behind the rows."""

import pytest

LEADS = "CREATE TABLE leads (id bigint PRIMARY KEY, name text);"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i FROM generate_series(1, 300) i;"


@pytest.fixture
def migrate(server, rehome, migration):
    """`migrate(source_sql, target_sql)` runs a migration of the leads and returns the target's URL."""

    def run(source_sql, target_sql):
        source, target = server.database(source_sql), server.database(target_sql)
        text = f"rehome: 1\nname: held\nsource: {source}\ntarget: {target}\nentities: {{ leads: {{ from: leads }} }}\n"
        rehome("run", "-q", cwd=migration({"migration.yaml": text})).succeeds()
        return target

    return run


@pytest.mark.parametrize("dependent", [
    "CREATE VIEW named AS SELECT id, name FROM leads GROUP BY id;",
    "CREATE MATERIALIZED VIEW named AS SELECT id, name FROM leads GROUP BY id;",
    "CREATE TABLE log (id bigint); CREATE RULE r AS ON UPDATE TO log DO ALSO INSERT INTO leads VALUES (1, 'x') ON CONFLICT ON CONSTRAINT leads_pkey DO NOTHING;",
])  # fmt: skip
def test_a_key_that_a_view_or_rule_needs_stays(migrate, psql, dependent):
    target = migrate(LEADS + ROWS, LEADS + "CREATE INDEX by_name ON leads (name);" + dependent)
    assert psql(target, "SELECT count(*) FROM leads") == [(300,)]
    assert psql(target, "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'leads'::regclass AND indisvalid ORDER BY 1") == [
        ("by_name",), ("leads_pkey",)
    ]  # fmt: skip


@pytest.mark.parametrize("type, next", [("int", 301), ("numeric(12, 2)", 301), ("real", 301), ("text", 1)])
def test_a_sequence_goes_on_behind_the_numbers_of_its_column(migrate, psql, type, next):
    owned = f"CREATE TABLE leads (id {type} PRIMARY KEY, name text); CREATE SEQUENCE numbers OWNED BY leads.id;"
    target = migrate(LEADS.replace("bigint", type) + ROWS.replace("i,", f"i::{type},", 1), owned)
    assert psql(target, "SELECT nextval('numbers')") == [(next,)]
