"""`rehome verify --repair` puts right what differs, by key, with undo, and stops at nothing that it cannot account for."""


import pytest

LEADS = "CREATE TABLE leads (id bigint PRIMARY KEY, name text UNIQUE, amount numeric, meta jsonb);"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i, i * 1.10, jsonb_build_object('n', i) FROM generate_series(1, 5000) i;"
DAMAGE = """DELETE FROM leads WHERE id % 50 = 0; UPDATE leads SET amount = amount + 0.01, meta = NULL WHERE id % 50 = 1;
            INSERT INTO leads SELECT i, 'extra ' || i FROM generate_series(9001, 9100) i;"""
CONTENT = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM (SELECT * FROM leads) t"


def manifest(source, target, entities="leads: { from: leads }"):
    return f"rehome: 1\nname: repaired\nsource: {source}\ntarget: {target}\nentities:\n  {entities}\n"


def repair(rehome, folder, status=0):
    return rehome("verify", "--repair", "--yes", "--json", cwd=folder).ends_with(status)


def same(psql, source, target, content=CONTENT):
    return psql(source, content) == psql(target, content)


def test_everything_is_put_right_and_proved(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, DAMAGE)
    told = repair(rehome, folder).json
    assert told["state"] == "passed"
    (one,) = told["repair"]
    assert (one["insert"], one["update"], one["delete"]) == (100, 100, 100)
    assert (one["written"], one["deleted"], one["left"]) == (200, 100, 0)
    assert same(psql, source, target)
    assert psql(target, "SELECT count(*) FROM rehome.repair") == [(0,)]
    assert "repair" not in repair(rehome, folder).json


def test_rows_that_are_right_are_not_touched(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, DAMAGE)
    untouched = "SELECT md5(string_agg(xmin::text || ctid, ',' ORDER BY id)) FROM leads WHERE id % 50 > 1 AND id < 9000"
    before = psql(target, untouched)
    repair(rehome, folder)
    assert psql(target, untouched) == before


def test_dry_run_prints_sql_that_does_it(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, "UPDATE leads SET name = 'it''s' WHERE id = 3; DELETE FROM leads WHERE id = 4; INSERT INTO leads VALUES (9001, 'new', 1, NULL)")
    damaged = psql(target, CONTENT)
    printed = rehome("verify", "--repair", "--dry-run", cwd=folder).ends_with(4).stdout
    assert psql(target, CONTENT) == damaged
    assert "1 to insert, 1 to update, 1 to delete" in printed
    psql(target, printed[printed.index("\n-- leads"):])
    assert same(psql, source, target)


def test_redacted_values_are_not_printed(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS, "leads: { from: leads, redact: [name] }")
    psql(target, "DELETE FROM leads WHERE id = 4")
    printed = rehome("verify", "--repair", "--dry-run", cwd=folder).ends_with(4).stdout
    assert "(redacted)" in printed and "name 4" not in printed


def test_nobody_is_there_to_be_asked(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, "DELETE FROM leads WHERE id = 4")
    refused = rehome("verify", "--repair", cwd=folder).ends_with(2)
    assert "nothing was repaired" in refused.stderr and "--yes" in refused.stderr
    assert psql(target, "SELECT count(*) FROM leads") == [(4999,)]


def test_before_a_run_there_is_nothing_to_repair(server, rehome, migration):
    folder = migration({"migration.yaml": manifest(server.database(LEADS + ROWS), server.database(LEADS))})
    assert "nothing was run yet" in rehome("verify", "--repair", "--yes", cwd=folder).ends_with(1).stderr


def test_what_has_changed_at_the_source_comes_over(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(source, "UPDATE leads SET name = 'renamed' WHERE id = 7; INSERT INTO leads VALUES (6000, 'late', 1, '[]'); DELETE FROM leads WHERE id = 9")
    repair(rehome, folder)
    assert same(psql, source, target)


def test_values_that_stand_in_each_others_way(migrated, rehome, psql):
    """Names are unique: a chain is put right in rounds, an exchange all at once."""
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, """DELETE FROM leads WHERE id = 10; UPDATE leads SET name = 'name 10' WHERE id = 11; UPDATE leads SET name = 'name 11' WHERE id = 12;
                    UPDATE leads SET name = 'x' WHERE id = 20; UPDATE leads SET name = 'name 20' WHERE id = 21; UPDATE leads SET name = 'name 21' WHERE id = 20""")
    repair(rehome, folder)
    assert same(psql, source, target)


def test_parents_and_children(migrated, rehome, psql):
    tables = "CREATE TABLE parents (id int PRIMARY KEY); CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL REFERENCES parents, above int REFERENCES children DEFERRABLE);"
    rows = "INSERT INTO parents SELECT generate_series(1, 100); INSERT INTO children SELECT i, i % 100 + 1, nullif(i - 1, 0) FROM generate_series(1, 300) i;"
    folder, source, target = migrated(tables + rows, tables, "parents: { from: parents }\n  children: { from: children }")
    psql(target, """INSERT INTO parents VALUES (500); INSERT INTO children VALUES (900, 500, NULL), (901, 500, 900); UPDATE children SET parent = 500 WHERE id = 5;
                    DELETE FROM children WHERE parent = 33 AND id NOT IN (SELECT above FROM children WHERE above IS NOT NULL);
                    UPDATE children SET above = NULL WHERE above IN (SELECT id FROM children WHERE parent = 33); DELETE FROM children WHERE parent = 33; DELETE FROM parents WHERE id = 33""")
    repair(rehome, folder)
    for table in ("parents", "children"):
        content = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM (SELECT * FROM {table}) t"
        assert same(psql, source, target, content)


def test_what_refers_to_an_extra_row_is_not_taken_along(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, """CREATE TABLE notes (id int, lead bigint REFERENCES leads ON DELETE CASCADE);
                    INSERT INTO leads VALUES (9001, 'kept', 1, NULL), (9002, 'gone', 1, NULL); INSERT INTO notes VALUES (1, 9001)""")
    told = repair(rehome, folder, 4).json
    (one,) = told["repair"]
    assert (one["deleted"], one["left"]) == (1, 1) and "foreign_key" in one["why_left"]
    assert psql(target, "SELECT id, (SELECT count(*) FROM notes) FROM leads WHERE id > 9000") == [(9001, 1)]


def test_what_the_target_refuses_is_left_and_told(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, "DELETE FROM leads WHERE id IN (5, 6, 7); ALTER TABLE leads ADD CONSTRAINT small CHECK (id <> 6)")
    told = repair(rehome, folder, 4).json
    (one,) = told["repair"]
    assert (one["written"], one["left"], one["why_left"]) == (2, 1, "check:small")
    assert told["entities"][0]["missing"] == 1
    assert "name 6" not in psql(target, "SELECT string_agg(r::text, '') FROM rehome.repair r")[0][0]


def test_strangers_rows_are_not_ours_to_repair(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS + "INSERT INTO leads VALUES (8000, 'theirs', 0, NULL);")
    psql(target, "INSERT INTO leads VALUES (8001, 'theirs too', 0, NULL); DELETE FROM leads WHERE id = 5")
    repair(rehome, folder)
    assert psql(target, "SELECT count(*), count(*) FILTER (WHERE id >= 8000) FROM leads") == [(5002, 2)]


def test_of_shared_tables_only_scopes_say_whose_rows_are_deleted(migrated, rehome, psql):
    source = "CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (id int PRIMARY KEY, v text);"
    rows = "INSERT INTO a SELECT i, 'a' FROM generate_series(1, 50) i; INSERT INTO b SELECT i, 'b' FROM generate_series(101, 150) i;"
    both = "CREATE TABLE both_of (id int PRIMARY KEY, v text);"
    folder, _, target = migrated(source + rows, both, "a: { from: a, into: both_of }\n  b: { from: b, into: both_of }")
    psql(target, "DELETE FROM both_of WHERE id IN (7, 107); INSERT INTO both_of VALUES (900, 'x')")
    told = repair(rehome, folder, 4).json
    assert "scope" in [one["why_left"] for one in told["repair"] if one["left"]][0]
    assert psql(target, "SELECT count(*) FROM both_of WHERE id IN (7, 107, 900)") == [(3,)]
    folder, _, target = migrated(source + rows, both, """a: { from: a, into: both_of, scope: id <= 100 }
  b: { from: b, into: both_of, scope: id > 100 }""")
    psql(target, "DELETE FROM both_of WHERE id IN (7, 107); INSERT INTO both_of VALUES (900, 'x')")
    repair(rehome, folder)
    assert psql(target, "SELECT count(*) FROM both_of WHERE id IN (7, 107, 900)") == [(2,)]


SPLIT = "SELECT o.id * 10 + n AS id, o.id AS of_order, split_part(o.items, ',', n) AS item FROM orders o, generate_series(1, 3) n WHERE split_part(o.items, ',', n) <> ''"
TOTALS = "SELECT customer AS id, count(*) AS orders, sum(length(items)) AS total FROM orders GROUP BY customer"
ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, customer int, items text);"
SOME = "INSERT INTO orders SELECT i, i % 20, CASE i % 3 WHEN 0 THEN 'one' WHEN 1 THEN 'one,two' ELSE 'x,y,z' END FROM generate_series(1, 600) i;"


@pytest.mark.parametrize("table, transform, rest", [
    ("lines (id int PRIMARY KEY, of_order int, item text)", SPLIT, ""),
    ("lines (id int PRIMARY KEY, orders bigint, total bigint)", TOTALS, ""),
    ("lines (id int PRIMARY KEY, of_order int, item text)", SPLIT, ", load: 'SELECT s.id, s.of_order, s.item FROM staged s'"),
    ("lines (id int, of_order int, item text, UNIQUE (id) DEFERRABLE)", SPLIT, ", key: [id], write: insert"),
])
def test_through_any_mapping(migrated, rehome, psql, table, transform, rest):
    entity = f"lines: {{ from: orders, transform: sql/lines.sql{rest} }}"
    content = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM (SELECT * FROM lines) t"
    folder, source, target = migrated(ORDERS + SOME, f"CREATE TABLE {table};", entity, {"sql/lines.sql": transform})
    right = psql(target, content)
    columns = "of_order = 0" if "of_order" in table else "total = 0"
    psql(target, f"DELETE FROM lines WHERE id % 7 = 0; UPDATE lines SET {columns} WHERE id % 7 = 1; INSERT INTO lines SELECT 100000 + i FROM generate_series(1, 10) i")
    repair(rehome, folder)
    assert psql(target, content) == right


def test_a_merge(migrated, rehome, psql):
    source = "CREATE TABLE users (email text PRIMARY KEY, name text); CREATE TABLE people (email text PRIMARY KEY, name text, phone text);"
    rows = "INSERT INTO users SELECT i || '@x', 'u' || i FROM generate_series(1, 300) i; INSERT INTO people SELECT i || '@x', 'p' || i, i FROM generate_series(200, 500) i;"
    entity = "staff: { merge: { key: email, sources: [ { from: users }, { from: people } ] } }"
    folder, source, target = migrated(source + rows, "CREATE TABLE staff (email text PRIMARY KEY, name text, phone text);", entity)
    content = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY email)) FROM (SELECT * FROM staff) t"
    right, disputed = psql(target, content), psql(target, "SELECT count(*) FROM rehome.conflict")
    psql(target, "DELETE FROM staff WHERE email = '250@x'; UPDATE staff SET phone = 'no' WHERE email = '300@x'; INSERT INTO staff VALUES ('stranger@x')")
    repair(rehome, folder)
    assert psql(target, content) == right and psql(target, "SELECT count(*) FROM rehome.conflict") == disputed


def test_a_crosswalk_is_kept_right(migrated, rehome, psql):
    entity = "leads: { from: leads, crosswalk: true }"
    folder, source, target = migrated(LEADS + ROWS, LEADS, entity)
    psql(target, "DELETE FROM leads WHERE id = 5")
    psql(source, "INSERT INTO leads VALUES (6000, 'late', 1, '[]')")
    repair(rehome, folder)
    assert psql(target, "SELECT count(*), count(DISTINCT old_id), count(*) FILTER (WHERE old_id = 6000) FROM rehome.crosswalk_leads") == [(5001, 5001, 1)]


def test_inside_one_database(server, rehome, migration, psql):
    url = server.database("CREATE TABLE old_leads (id bigint PRIMARY KEY, name text);" + LEADS.replace(", amount numeric, meta jsonb", "") +
                          "INSERT INTO old_leads SELECT i, 'name ' || i FROM generate_series(1, 3000) i;")
    folder = migration({"migration.yaml": manifest(url, "same", "leads: { from: old_leads }")})
    rehome("run", "-q", cwd=folder).ends_with(0)
    psql(url, "DELETE FROM leads WHERE id % 30 = 0; UPDATE leads SET name = 'x' || id WHERE id % 30 = 1; INSERT INTO leads VALUES (9001, 'new')")
    repair(rehome, folder)
    assert psql(url, "SELECT count(*) FROM leads l FULL JOIN old_leads o USING (id, name) WHERE l.id IS NULL OR o.id IS NULL") == [(0,)]


@pytest.mark.parametrize("before", ["", "INSERT INTO leads VALUES (8000, 'theirs', 0, NULL), (5, 'their 5', 0, NULL);"])
def test_rollback_undoes_the_repair_too(migrated, rehome, psql, before):
    folder, source, target = migrated(LEADS + ROWS, LEADS + before)
    if not before:
        psql(target, "INSERT INTO leads VALUES (9001, 'stranger', 1, NULL)")
    psql(target, "DELETE FROM leads WHERE id = 17; UPDATE leads SET name = 'x' WHERE id = 18")
    repair(rehome, folder)
    rehome("rollback", "--yes", cwd=folder).ends_with(4 if before else 0)
    left = [(5, "their 5"), (18, "x"), (8000, "theirs")] if before else [(9001, "stranger")]
    assert psql(target, "SELECT id, name FROM leads ORDER BY id") == left  # x is somebody's own change again


@pytest.mark.parametrize("fault", ["repair.page.write", "repair.page.delete", "repair.page.before_commit", "repair.page.committed",
                                   "undo.recorded", "undo.kept"])
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_anywhere_it_ends_the_same(migrated, rehome, psql, fault, nth):
    folder, source, target = migrated(LEADS + ROWS, LEADS + "INSERT INTO leads VALUES (8000, 'theirs', 0, NULL);" if fault.startswith("undo") else LEADS)
    psql(target, "DELETE FROM leads WHERE id < 8000 AND id % 3 = 0; UPDATE leads SET amount = 0 WHERE id < 8000 AND id % 3 = 1")
    if not fault.startswith("undo"):
        psql(target, "INSERT INTO leads SELECT i, 'extra ' || i FROM generate_series(9001, 10500) i")
    killed = rehome("verify", "--repair", "--yes", cwd=folder, env={"REHOME_FAULT": f"{fault}:kill:{nth}"})
    assert killed.status == -9
    repair(rehome, folder)
    assert psql(source, CONTENT) == psql(target, CONTENT.replace("FROM leads)", "FROM leads WHERE id <> 8000)"))


END_SESSIONS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'rehome%'"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"


def test_a_second_process_waits_for_the_first(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, DAMAGE)
    first = rehome.start("verify", "--repair", "--yes", "--json", cwd=folder, env={"REHOME_FAULT": "repair.page.before_commit:pause"})
    first.wait_for("fault: repair.page.before_commit: pause")
    second = rehome.start("verify", "--repair", "--yes", "--json", cwd=folder)
    second.wait_for("another process repairs this migration: waiting for its end")
    first.resume()
    (one,) = first.wait().ends_with(0).json["repair"]
    assert (one["written"], one["deleted"]) == (200, 100)
    assert "repair" not in second.wait().ends_with(0).json
    assert same(psql, source, target)


def test_one_that_slept_past_its_sessions_finds_what_another_has_done(migrated, rehome, psql):
    folder, source, target = migrated(LEADS + ROWS, LEADS)
    psql(target, DAMAGE)
    first = rehome.start("verify", "--repair", "--yes", "--json", cwd=folder, env={"REHOME_FAULT": "repair.page.before_commit:pause"})
    first.wait_for("fault: repair.page.before_commit: pause")
    assert psql(target, END_SESSIONS)[0][0] > 0
    second = rehome.start("verify", "--repair", "--yes", "--json", cwd=folder, env={"REHOME_FAULT": "repair.page.write:pause"})
    second.wait_for("fault: repair.page.write: pause")  # the extra rows are gone, nothing else is done
    first.resume()
    while psql(target, WAITS) == [(0,)]:
        assert first.process.poll() is None, first.stderr
    second.resume()
    second.wait().ends_with(0)
    (one,) = first.wait().ends_with(0).json["repair"]
    assert (one["written"], one["deleted"], one["left"]) == (0, 0, 0)
    assert same(psql, source, target)
