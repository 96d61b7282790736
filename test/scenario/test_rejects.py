"""Rows that were not written are listed, shown, exported and waived; none of them is lost."""

import csv
import io
import json
import os
import stat

import pytest

from support import shop
from support.server import query

# titles of ids from 100 on are too long; ids 1, 2 and 3 are cheap
SHORT = shop.NEW.replace("title text", "title varchar(8)")
CHEAP = "rejects: { cheap: price < 1 }"


@pytest.fixture
def rejected(server, migration, rehome):
    """A shop with 301 rejects over their budget and 3 of a rule; its folder and target."""
    source, target = server.database(shop.OLD), server.database(SHORT)
    folder = migration(shop.files(source, target, book=CHEAP))
    rehome("run", cwd=folder).ends_with(3)
    return folder, target


def test_rejects_are_listed_by_reason(rejected, rehome):
    folder, _ = rejected
    listed = rehome("rejects", "--json", cwd=folder).succeeds().json["rejects"]
    assert [(one["entity"], one["reason"], one["rows"], one["over_budget"], one["waived"], one["parked"]) for one in listed] == [
        ("book", "lossy:title", 301, True, 0, 0),
        ("book", "cheap", 3, False, 0, 0),
    ]
    assert listed[0]["keys"] == [{"id": "100"}, {"id": "101"}, {"id": "102"}]
    lines = rehome("rejects", cwd=folder).succeeds().stdout.splitlines()
    assert lines[2].split()[:3] == ["book", "301", "over"] and '{"id": "100"}' in lines[2]
    assert "none set" in lines[3]
    assert [one["reason"] for one in rehome("rejects", "--reason", "lossy", "--json", cwd=folder).json["rejects"]] == ["lossy:title"]
    assert rehome("rejects", "--entity", "writer", "--json", cwd=folder).json["rejects"] == []


def test_one_is_shown_whole(rejected, rehome):
    folder, _ = rejected
    for key in ("101", "id=101", '{"id": 101}', '{"id": "101"}'):
        (one,) = rehome("rejects", "show", key, "--json", cwd=folder).succeeds().json
        assert (one["entity"], one["reason"], one["source_key"], one["column"]) == ("book", "lossy:title", {"id": "101"}, "title")
        assert one["source_row"]["title"] == "title 101" and one["source_row"]["price"] == 25.25 and one["attempt"] == 1
    assert rehome("rejects", "show", f"#{one['id']}", "--json", cwd=folder).succeeds().json == [one]
    shown = rehome("rejects", "show", "1", cwd=folder).succeeds().stdout
    assert " of book: cheap\n" in shown and '"title": "title 1"' in shown
    refused = rehome("rejects", "show", "400000", cwd=folder).ends_with(2)
    assert "there is no such reject" in refused.stderr


def test_all_are_exported(rejected, rehome):
    folder, target = rejected
    rows = list(csv.DictReader(io.StringIO(rehome("rejects", "export", cwd=folder).succeeds().stdout)))
    assert len(rows) == 304
    assert json.loads(rows[5]["source_row"])["id"] and rows[5]["message"] == ""
    documents = rehome("rejects", "export", "--format", "json", "--reason", "cheap", cwd=folder).succeeds().json
    assert [one["source_key"] for one in documents] == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert documents[0]["created_at"].endswith("Z")
    assert rehome("rejects", "export", "--json", "--reason", "none", cwd=folder).succeeds().json == []


def test_many_and_wide_ones_come_page_by_page_each_once(rejected, rehome):
    folder, target = rejected
    query(target, """
        INSERT INTO rehome.reject (migration, entity, chunk, reason, budgeted, source_key, source_row)
        SELECT m.id, 'book', 1, 'wide', false, jsonb_build_object('id', i::text), jsonb_build_object('id', i, 'title', repeat('x', i % 97 * 1000))
          FROM rehome.migration m, generate_series(1, 2500) i""")
    ids = [str(id) for id, in query(target, "SELECT id FROM rehome.reject ORDER BY id")]
    rows = csv.DictReader(io.StringIO(rehome("rejects", "export", cwd=folder).succeeds().stdout))
    assert [row["id"] for row in rows] == ids
    documents = rehome("rejects", "export", "--format", "json", cwd=folder).succeeds().json
    assert [str(one["id"]) for one in documents] == ids
    shown = rehome("rejects", "show", "--entity", "book", "--json", cwd=folder).succeeds()
    assert [str(one["id"]) for one in shown.json] == ids[:1000] and "the first 1000" in shown.stderr


def test_an_exported_file_is_closed_to_others(rejected, rehome):
    folder, _ = rejected
    path = folder / "rejects.csv"
    path.write_text("old")
    path.chmod(0o644)
    assert "304 rejects in" in rehome("rejects", "export", "-o", path, cwd=folder).succeeds().stderr
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and len(path.read_text().splitlines()) == 305
    assert "cannot write" in rehome("rejects", "export", "-o", folder / "no" / "file", cwd=folder).ends_with(1).stderr


def test_what_is_exported_is_read_by_copy(rejected, rehome, server):
    folder, target = rejected
    path = folder / "rejects.csv"
    query(target, """UPDATE rehome.reject SET message = E'a "quoted",\\nlong word', waived_because = '' WHERE reason = 'cheap'""")
    rehome("rejects", "export", "-o", path, cwd=folder).succeeds()
    rows = list(csv.DictReader(path.open(newline="")))
    assert rows[-1]["message"] in ("", 'a "quoted",\nlong word') and sum(row["message"] != "" for row in rows) == 3


def test_a_person_takes_responsibility(rejected, rehome):
    folder, target = rejected
    rehome("run", cwd=folder).ends_with(3)
    assert "--because" in rehome("rejects", "waive", "--entity", "book", cwd=folder).ends_with(2).stderr
    assert "Say which" in rehome("rejects", "waive", "--because", "tired", cwd=folder).ends_with(2).stderr
    one = rehome("rejects", "waive", "101", "--because", "a test row", "--json", cwd=folder).succeeds()
    assert one.json == {"waived": 1}
    rehome("run", cwd=folder).ends_with(3)
    rehome("rejects", "waive", "--reason", "lossy:title", "--because", "titles are not needed", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT waived_by, waived_because, count(*) FROM rehome.reject WHERE waived_at <= now() GROUP BY 1, 2 ORDER BY 3") == [
        ("postgres", "a test row", 1),
        ("postgres", "titles are not needed", 300),
    ]
    assert query(target, "SELECT entity, message FROM rehome.event WHERE event = 'rejects.waived' ORDER BY id") == [
        ("book", "1 waived by postgres (lossy:title): a test row"),
        ("book", "300 waived by postgres (lossy:title): titles are not needed"),
    ]
    listed = rehome("rejects", "--json", cwd=folder).succeeds().json["rejects"]
    assert (listed[0]["waived"], listed[0]["over_budget"]) == (301, False)
    status = rehome("status", cwd=folder).succeeds().stdout
    assert "waived" in status and "rehome verify" in status
    rehome("verify", cwd=folder).succeeds()


def test_before_the_first_run_there_are_none(server, migration, rehome):
    folder = migration(shop.files(server.database(shop.OLD), server.database(SHORT)))
    assert "nothing was run yet" in rehome("rejects", cwd=folder).ends_with(1).stderr
    assert "does not know" in rehome("rejects", "list", cwd=folder).ends_with(2).stderr


def test_a_ledger_of_an_older_rehome_is_read_by_status(rejected, rehome):
    folder, target = rejected
    query(target, "ALTER TABLE rehome.reject DROP parked, DROP attempt, DROP waived_at; ALTER TABLE rehome.entity DROP budgets")
    query(target, "DELETE FROM rehome.version WHERE version > 4")
    assert "lossy:title" in rehome("status", cwd=folder).succeeds().stdout
    assert "`rehome run` brings it up to date" in rehome("rejects", cwd=folder).ends_with(1).stderr


# ---- budgets ----


@pytest.fixture
def shop_with(server, migration):
    """`shop_with(more="", book="")`: a shop of 10 chunks at least, whose long titles do not fit; its folder and target."""
    old = """
        CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE books (id int PRIMARY KEY, author_id int, title text, price numeric, sold text);
        INSERT INTO authors VALUES (1, 'a');
        INSERT INTO books SELECT i, 1, CASE WHEN i % 100 = 0 THEN 'a long title' ELSE 'short' END, i, '2024-01-01' FROM generate_series(1, 200000) i;
        ANALYZE
    """

    def make(more="", book="", target=None):
        target = target or server.database(SHORT)
        return migration(shop.files(server.database(old), target, more=more, book=book)), target

    return make


def counted(target):
    return query(target, "SELECT coalesce(sum(rejected), 0)::int, count(*) FILTER (WHERE state = 'pending') > 0 FROM rehome.chunk WHERE entity = 'book'")[0]


@pytest.mark.parametrize(
    "more, book, named",
    [
        ("max_rejects: 5", "", "(max_rejects: 5)"),
        ("", "max_rejects: 0.1%", "of at most 200 (max_rejects: 0.1%)"),
        ("max_rejects: 100%", "budgets: { lossy: 7 }", "(budget of lossy: 7)"),
        ("max_rejects: 100%", "budgets: { 'lossy:title': 7, lossy: 100% }", "(budget of lossy:title: 7)"),
        ("", "rejects: { long: { when: length(title) > 8, budget: 5 } }", "(budget of long: 5)"),
    ],
)
def test_an_entity_over_its_budget_stops_at_its_next_chunk(shop_with, rehome, more, book, named):
    folder, target = shop_with(more, book)
    ended = rehome("run", "--jobs", "1", cwd=folder).ends_with(1)
    assert 'entity "book" has more rejects than its budget: ' in ended.stderr and named in ended.stderr and "rehome rejects" in ended.stderr
    rejected, pending = counted(target)
    assert 0 < rejected < 2000 and pending
    assert query(target, "SELECT count(*) FROM writer") == [(1,)]
    rehome("run", "--jobs", "1", cwd=folder).ends_with(1)
    assert counted(target) == (rejected, pending)


def test_a_budget_that_is_raised_lets_the_run_go_on(shop_with, rehome, migration):
    folder, target = shop_with("max_rejects: 5")
    rehome("run", "--jobs", "1", cwd=folder).ends_with(1)
    manifest = folder / "migration.yaml"
    manifest.write_text(manifest.read_text().replace("max_rejects: 5", "max_rejects: 1%"))
    rehome("run", cwd=folder).succeeds()
    assert counted(target) == (2000, False)
    (group,) = rehome("rejects", "--json", cwd=folder).succeeds().json["rejects"]
    assert (group["rows"], group["allowed"], group["budget"], group["over_budget"]) == (2000, 2000, "1%", False)
    assert "within: 2,000 of at most 2,000 (max_rejects: 1%)" in rehome("rejects", cwd=folder).stdout


def test_waived_rejects_let_the_run_go_on(shop_with, rehome):
    folder, target = shop_with("max_rejects: 1000")
    rehome("run", "--jobs", "1", cwd=folder).ends_with(1)
    rehome("rejects", "waive", "--entity", "book", "--because", "they may", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    assert counted(target) == (2000, False)


def test_rejects_within_their_budget_are_no_failure(rehome, server, migration):
    target = server.database(SHORT)
    folder = migration(shop.files(server.database(shop.OLD), target, book="max_rejects: 301, rejects: { cheap: { when: price < 1, budget: 2 } }"))
    ended = rehome("run", cwd=folder).ends_with(3)
    assert "3 of at most 2 (budget of cheap: 2)" in ended.stderr
    manifest = folder / "migration.yaml"
    manifest.write_text(manifest.read_text().replace("budget: 2", "budget: 3"))
    rehome("run", cwd=folder).succeeds()


def test_a_dry_run_knows_the_budgets(rehome, server, migration):
    folder = migration(shop.files(server.database(shop.OLD), server.database(SHORT), book="max_rejects: 301"))
    rehome("run", "--dry-run", cwd=folder).succeeds()
    manifest = folder / "migration.yaml"
    manifest.write_text(manifest.read_text().replace("301", "300"))
    rehome("run", "--dry-run", cwd=folder).ends_with(3)
