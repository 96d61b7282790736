"""Materialised views show what was copied: a run refreshes those that the manifest lists, and `rehome refresh` does it again."""

import json
import threading
import time

import pytest

from support.server import connect, query

OLD = "CREATE TABLE sales (id int PRIMARY KEY, day date, amount int); INSERT INTO sales SELECT i, date '2024-01-01' + i % 60, i FROM generate_series(1, 600) i; CREATE TABLE note (id int PRIMARY KEY); INSERT INTO note VALUES (1)"
TABLES = "CREATE TABLE sales (id int PRIMARY KEY, day date, amount int); CREATE TABLE note (id int PRIMARY KEY);"
VIEWS = """
CREATE SCHEMA l2;
CREATE MATERIALIZED VIEW daily AS SELECT day, sum(amount) AS total FROM sales GROUP BY day;
CREATE UNIQUE INDEX ON daily (day);
CREATE VIEW months AS SELECT date_trunc('month', day)::date AS month, total FROM daily;
CREATE MATERIALIZED VIEW l2.monthly AS SELECT month, sum(total) AS total FROM months GROUP BY month WITH NO DATA;
"""
TOTAL = 600 * 601 // 2


@pytest.fixture
def moved(server, migration):
    """`moved()`: a migration's folder whose manifest lists the views in the wrong order, and its target."""

    def make(new=TABLES + VIEWS, refresh=("l2.monthly", "daily"), **more):
        source, target = server.database(OLD), server.database(new)
        made = {
            "rehome": 1, "name": "m", "source": source, "target": target, "refresh": list(refresh),
            "entities": {"sales": {"from": "sales"}, "note": {"from": "note"}}, **more,
        }
        return migration({"migration.yaml": json.dumps(made)}), source, target

    return make


def totals(target):
    return query(target, "SELECT (SELECT sum(total) FROM daily), (SELECT sum(total) FROM l2.monthly)")


def refreshed_at(target):
    return dict(query(target, "SELECT name, done_at::text FROM rehome.step WHERE kind = 'refresh'"))


def test_a_run_refreshes_views_in_their_order_before_the_checks(moved, rehome):
    check = {"name": "total", "sql": "SELECT sum(total) FROM l2.monthly", "expect": str(TOTAL)}
    folder, _, target = moved(checks={"target": [check]})
    rehome("run", cwd=folder).succeeds()
    assert totals(target) == [(TOTAL, TOTAL)]
    actions = query(target, "SELECT name, action FROM rehome.step WHERE kind = 'refresh' ORDER BY position")
    assert actions == [
        ("refresh daily", 'REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."daily";\n'),
        ("refresh l2.monthly", 'REFRESH MATERIALIZED VIEW "l2"."monthly";\n'),
    ]
    before = refreshed_at(target)
    assert "nothing was left to do" in rehome("run", cwd=folder).succeeds().stdout
    assert refreshed_at(target) == before


def test_views_that_expand_makes_are_found(moved, rehome):
    folder, _, target = moved(new="", expand=[TABLES + VIEWS])
    rehome("plan", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    assert totals(target) == [(TOTAL, TOTAL)]


def test_plan_shows_them_and_warns_of_those_that_are_not_listed(moved, rehome):
    folder, _, _ = moved(refresh=["daily"])
    shown = rehome("plan", cwd=folder).succeeds().stdout
    assert "daily: it reads sales; CONCURRENTLY: it can be read meanwhile" in shown
    assert "materialised view l2.monthly reads sales and is not under `refresh`" in shown
    assert "materialised view daily" not in shown


def test_a_later_copy_into_what_it_reads_refreshes_it_again(moved, rehome):
    rows = "INSERT INTO sales VALUES (0, '2024-01-01', 0); INSERT INTO note VALUES (0);"  # so that all is upserted again when it changes
    folder, _, target = moved(new=TABLES + rows + VIEWS)
    rehome("run", "--only", "note", cwd=folder).succeeds()
    assert query(target, "SELECT count(*) FROM daily") == [(1,)]
    assert refreshed_at(target) == {}
    rehome("run", cwd=folder).succeeds()
    assert totals(target) == [(TOTAL, TOTAL)]

    manifest = json.loads((folder / "migration.yaml").read_text())
    manifest["entities"]["sales"]["transform"] = "SELECT id, day, amount * 2 AS amount FROM sales"
    (folder / "migration.yaml").write_text(json.dumps(manifest))
    rehome("run", cwd=folder).succeeds()
    assert totals(target) == [(2 * TOTAL, 2 * TOTAL)]

    before = refreshed_at(target)
    manifest["entities"]["note"]["transform"] = "SELECT id + 1 AS id FROM note"
    (folder / "migration.yaml").write_text(json.dumps(manifest))
    rehome("run", cwd=folder).succeeds()
    assert refreshed_at(target) == before


def test_a_view_that_is_listed_later_is_refreshed_by_the_next_run(moved, rehome):
    folder, _, target = moved(refresh=["daily"])
    rehome("run", cwd=folder).succeeds()
    manifest = json.loads((folder / "migration.yaml").read_text())
    manifest["refresh"].append("l2.monthly")
    (folder / "migration.yaml").write_text(json.dumps(manifest))
    rehome("run", cwd=folder).succeeds()
    assert totals(target) == [(TOTAL, TOTAL)]


def test_a_wrong_name_is_told_before_anything_is_written(moved, rehome):
    folder, _, target = moved(refresh=["dayly", "sales"])
    told = rehome("run", cwd=folder).ends_with(2).stderr
    assert "migration.yaml:1:" in told and "no materialised view dayly on the target; did you mean daily?" in told
    assert "sales on the target is a table, not a materialised view" in told
    assert query(target, "SELECT to_regnamespace('rehome')::text") == [(None,)]


def test_refresh_does_it_again_at_any_time(moved, rehome):
    folder, _, target = moved()
    rehome("run", cwd=folder).succeeds()
    query(target, "INSERT INTO sales VALUES (1000, '2024-01-01', 1000)")
    told = rehome("refresh", cwd=folder).succeeds()
    assert "✓ daily" in told.stderr and "✓ l2.monthly" in told.stderr
    assert totals(target) == [(TOTAL + 1000, TOTAL + 1000)]

    query(target, "INSERT INTO sales VALUES (1001, '2024-01-01', 1000)")
    refreshed = rehome("refresh", "DAILY", "--json", cwd=folder).succeeds().json["refreshed"]
    assert [(one["name"], one["state"], one["concurrently"]) for one in refreshed] == [("daily", "done", True)]
    assert totals(target) == [(TOTAL + 2000, TOTAL + 1000)]

    wrong = rehome("refresh", "dayly", cwd=folder).ends_with(2).stderr
    assert '"dayly" is not under `refresh` of migration.yaml' in wrong and 'Did you mean "daily"?' in wrong


def test_one_view_that_fails_keeps_no_other_from_its_turn(moved, rehome):
    views = VIEWS + "CREATE MATERIALIZED VIEW ratio AS SELECT 1 / count(*) AS r FROM note;"
    folder, _, target = moved(new=TABLES + "INSERT INTO note VALUES (7);" + views, refresh=["ratio", "daily", "l2.monthly"])
    rehome("run", cwd=folder).succeeds()
    query(target, "INSERT INTO sales VALUES (1000, '2024-01-01', 1000); TRUNCATE note")
    failed = rehome("refresh", "--json", cwd=folder).ends_with(1)
    assert "refreshing ratio: division by zero" in failed.stderr
    assert [(one["name"], one["state"]) for one in failed.json["refreshed"]] == [("ratio", "failed"), ("daily", "done"), ("l2.monthly", "done")]
    assert totals(target) == [(TOTAL + 1000, TOTAL + 1000)]


def test_readers_go_on_while_a_view_is_refreshed(moved, rehome):
    """CONCURRENTLY lets them; a reader's own lock is waited for politely."""
    folder, _, target = moved(refresh=["daily"])
    rehome("run", cwd=folder).succeeds()
    with connect(target, autocommit=False) as reader:
        reader.execute("SELECT * FROM daily")
        rehome("refresh", cwd=folder).succeeds()


def test_refresh_waits_for_a_lock_that_goes(moved, rehome):
    folder, _, target = moved(refresh=["daily"])
    rehome("run", cwd=folder).succeeds()
    with connect(target, autocommit=False) as holder:
        holder.execute("LOCK TABLE sales IN ACCESS EXCLUSIVE MODE")
        waiting = threading.Timer(3, holder.rollback)
        waiting.start()
        started = time.monotonic()
        rehome("refresh", cwd=folder).succeeds()
        assert time.monotonic() - started > 2
        waiting.join()


def test_nothing_to_refresh_is_said(moved, rehome):
    folder, _, _ = moved(refresh=["daily"])
    manifest = json.loads((folder / "migration.yaml").read_text())
    del manifest["refresh"]
    (folder / "migration.yaml").write_text(json.dumps(manifest))
    assert "lists no materialised view" in rehome("refresh", cwd=folder).succeeds().stderr
