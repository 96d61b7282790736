"""What a run takes away of the target to be fast comes back as it was, what others rely on is never taken away, and
sequences go on behind the rows."""

import pytest

LEADS = "CREATE TABLE leads (id bigint PRIMARY KEY, name text);"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i FROM generate_series(1, 300) i;"


@pytest.fixture
def migrate(server, rehome, migration):
    """`migrate(source_sql, target_sql)` runs a migration of the leads and returns the target's URL. With `killed_at` a
    first run ends there, so that the second one plans while things are away."""

    def run(source_sql, target_sql, killed_at=None):
        source, target = server.database(source_sql), server.database(target_sql)
        text = f"rehome: 1\nname: held\nsource: {source}\ntarget: {target}\nentities: {{ leads: {{ from: leads }} }}\n"
        folder = migration({"migration.yaml": text})
        if killed_at and rehome("run", "-q", cwd=folder, env={"REHOME_FAULT": f"{killed_at}:kill"}).status == 0:
            pytest.skip("this build has no fault points")
        rehome("run", "-q", cwd=folder).succeeds()
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


@pytest.mark.parametrize("killed_at", [None, "copy.moved"])
def test_an_index_comes_back_with_its_statistics_targets(migrate, psql, killed_at):
    index = "CREATE INDEX by_word ON leads (id, lower(name), upper(name)); ALTER INDEX by_word ALTER COLUMN 2 SET STATISTICS 500;"
    target = migrate(LEADS + ROWS, LEADS + index, killed_at)
    assert psql(target, "SELECT coalesce(attstattarget, -1) FROM pg_attribute WHERE attrelid = 'by_word'::regclass ORDER BY attnum") == [
        (-1,), (500,), (-1,)
    ]  # fmt: skip
