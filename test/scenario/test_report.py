"""The report: what the ledger says, and nothing else, as one page and as one document."""

import hashlib
import json
import pathlib

import pytest
from support import report, shop
from support.server import query

LEDGER = pathlib.Path(__file__).resolve().parents[2] / "src" / "sql" / "ledger"


@pytest.fixture
def ran(server, migration, rehome):
    """`ran(**changes)` runs the shop's migration and gives its folder and its target."""

    def run(status=0, **changes):
        target = server.database(changes.pop("new", shop.NEW))
        folder = migration(shop.files(server.database(changes.pop("old", shop.OLD)), target, **changes))
        rehome("run", cwd=folder).ends_with(status)
        return folder, target

    return run


# ---- what the ledger keeps for it ----


def test_a_run_keeps_which_files_it_has_read_and_which_servers_it_met(ran):
    folder, target = ran()
    files, versions, addresses = query(target, "SELECT files, ARRAY[source_version, target_version], ARRAY[source, target] FROM rehome.run")[0]
    assert files[0]["file"] == "migration.yaml"
    for one in files:
        assert one["sha256"] == hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest()
    assert versions == [query(target, "SHOW server_version")[0][0]] * 2
    assert [" (host " in address for address in addresses] == [True, True] and addresses[0] != addresses[1]


def test_entities_tell_what_they_read_and_how_they_write(ran):
    _, target = ran()
    rows = query(target, "SELECT name, reads, write, texts FROM rehome.entity ORDER BY name")
    assert rows == [("book", ["books"], "upsert", ["sql/book.sql"]), ("writer", ["authors"], "upsert", ["sql/writer.sql"])]
    assert query(target, "SELECT DISTINCT verified_by FROM rehome.verification") == [("postgres",)]


# ---- what it tells ----


def told(rehome, folder, *arguments, **options):
    return rehome("report", "--json", *arguments, cwd=folder, **options).succeeds().json


def shown(rehome, folder, browser, *arguments):
    """The page, opened by a browser at both sizes."""
    path = folder / "page.html"
    rehome("report", "-o", path, *arguments, cwd=folder).succeeds()
    return report.opens(browser, path)


def test_of_a_migration_that_went_well(ran, rehome, browser):
    folder, target = ran(book="rejects: { cheap: price < 1 }", more="params: { edition: { type: text, default: 'first <b>' } }")
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    report.is_faithful(page, document, target)
    assert document["verdict"]["word"] == "Complete and verified"
    assert page.texts(".verdict .word") == ["Complete and verified"] and page.texts("h1") == ["shop"]
    assert document["params"] == [{"name": "edition", "value": "first <b>"}] and page.rows("params") == [{"Parameter": "edition", "Value": "first <b>"}]
    run = document["runs"][0]
    assert (run["role"], run["state"], run["program"]) == ("postgres", "done", "rehome 0.1.0") and run["pid"] > 0 and run["seconds"] >= 0
    assert [(one["name"], one["reads"], one["into"], one["write"], one["texts"]) for one in document["mapping"]] == [
        ("writer", ["authors"], "writer", "upsert", ["sql/writer.sql"]), ("book", ["books"], "book", "upsert", ["sql/book.sql"])]
    assert [one["file"] for one in document["files"]] == ["migration.yaml", "sql/book.sql", "sql/writer.sql"]
    assert [(link["from"], link["into"], link["arrived"], link["rejected"]) for link in document["flow"]] == [("authors", "writer", 50, 0), ("books", "book", 397, 3)]
    assert [one["keys"] for one in document["rejects"]] == [[{"id": "1"}, {"id": "2"}, {"id": "3"}]]
    assert "title 1" not in json.dumps(document), "a reject's row is in the report"
    assert document["left_out"] == {} and len(page.texts("figure svg.wide")) == 2 and len(page.texts("figure svg.narrow")) == 2
    assert b"/Type /Page" in page.pdf() or page.pdf().startswith(b"%PDF")


def test_it_needs_neither_the_source_nor_the_key_nor_to_write(ran, rehome, server, migration):
    folder, target = ran()
    before = query(target, "SELECT xmin, m::text FROM rehome.migration m")
    text = (folder / "migration.yaml").read_text().replace("source: ", "source: postgresql://nobody@127.0.0.1:1/gone #")
    query(target, f"ALTER DATABASE {query(target, 'SELECT current_database()')[0][0]} SET default_transaction_read_only = on")
    document = told(rehome, migration({"migration.yaml": text, **shop_files(folder)}))
    for source in ("${NOWHERE}", "{ dump: gone.dump }"):
        again = migration({"migration.yaml": text.replace("source: postgresql://nobody@127.0.0.1:1/gone", f"source: {source}"), **shop_files(folder)})
        assert told(rehome, again)["entities"] == document["entities"]
        rehome("status", cwd=again).succeeds()
        assert "${NOWHERE}" not in source or "NOWHERE is not set" in rehome("plan", cwd=again).ends_with(2).stderr
    assert document["migration"]["read"] == 450 and query(target, "SELECT xmin, m::text FROM rehome.migration m") == before


def shop_files(folder):
    return {f"sql/{name}.sql": (folder / "sql" / f"{name}.sql").read_text() for name in ("writer", "book")}


def test_differences_are_named_and_redacted_values_are_not(ran, rehome, browser):
    folder, target = ran(book="redact: [title]")
    query(target, "UPDATE book SET title = 'secret', price = 7 WHERE id = 17; DELETE FROM book WHERE id = 18; INSERT INTO book (id) VALUES (9000)")
    rehome("verify", cwd=folder).ends_with(4)
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    report.is_faithful(page, document, target)
    assert document["verdict"]["word"] == "Differences found" and page.texts(".verdict.bad .word") == ["Differences found"]
    found = {one["kind"]: one for one in document["differences"]}
    assert {kind: one["key"] for kind, one in found.items()} == {"missing": {"id": 18}, "extra": {"id": 9000}, "different": {"id": 17}}
    columns = found["different"]["columns"]
    assert set(columns) == {"price", "title"} and columns["title"] == {"source": "(redacted)", "target": "(redacted)"}
    assert float(columns["price"]["source"]) == 4.25 and columns["price"]["target"] == "7.00"
    values = next(one["Values"] for one in page.rows("differences") if one["What"] == "different")
    assert f"price: source {columns['price']['source']}, target 7.00" in values and "secret" not in page.driver.page_source


def test_what_was_waived_tells_by_whom_and_why(ran, rehome, browser):
    folder, _ = ran(status=3, new=shop.NEW.replace("title text", "title varchar(8)"))
    assert told(rehome, folder)["verdict"]["word"] == "Complete, with rejects over their budget"
    rehome("rejects", "waive", "--entity", "book", "--because", "<i>nobody</i> reads them", cwd=folder).succeeds()
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    assert document["verdict"]["word"] == "Complete and verified"
    assert [(one["rows"], one["waived_by"], one["because"]) for one in document["waived"]] == [(301, "postgres", "<i>nobody</i> reads them")]
    assert page.rows("waived")[0]["Why"] == "<i>nobody</i> reads them" and [one["event"] for one in document["events"]] == ["rejects.waived"]


def test_what_failed_and_what_was_rolled_back_are_called_so(server, migration, rehome, browser):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    files = shop.files(source, target, more="checks: { target: [ { name: too_many, sql: SELECT * FROM book WHERE id > 390, expect: none } ] }")
    folder = migration(files)
    rehome("run", cwd=folder).ends_with(4)
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    assert document["verdict"]["word"] == "A check failed"
    assert [(one["name"], one["state"]) for one in document["checks"]] == [("too_many", "failed")] and page.rows("checks")[0]["State"] == "failed"
    assert {one["does"] for one in document["undo"]} >= {"empty the table"}
    rehome("rollback", "--yes", cwd=folder).succeeds()
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    assert document["verdict"]["word"] == "Rolled back" and document["entities"] == [] and page.texts("#entities") == []
    assert "rollback.done" in [one["event"] for one in document["events"]]


def test_a_backup_is_told_with_its_file_and_proof(ran, rehome, browser):
    folder, target = ran(new=shop.NEW + "INSERT INTO writer VALUES (1000, 'old')", more="backup: { to: kept }")
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    backup = document["backups"][0]
    rows = query(target, "SELECT path, bytes, sha256, verified FROM rehome.backup")
    assert [(backup["path"], backup["bytes"], backup["sha256"], backup["verified"])] == rows and rows[0][3] == "restore"
    assert {one["relation"]: one["rows"] for one in document["backup_tables"]}["writer"] == 1
    assert page.texts("#backups tbody tr td:nth-child(4)") != []


def test_a_ledger_of_an_older_version_is_read_and_stays_as_it_is(server, migration, rehome):
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    for version in range(1, 11):
        query(target, (LEDGER / f"upgrade_{version:03}.sql").read_text() + f";INSERT INTO rehome.version (version) VALUES ({version})")
    query(target, """INSERT INTO rehome.migration (name, phase, state) VALUES ('shop', 'done', 'done');
        INSERT INTO rehome.run (migration, host, pid, program, state) VALUES (1, 'old', 1, 'rehome 0.0.9', 'done')""")
    columns = "SELECT count(*) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'rehome'::regnamespace)"
    before = query(target, columns)
    document = told(rehome, migration(shop.files(source, target)))
    assert document["migration"]["ledger_version"] == 10 and [(one["host"], one["program"]) for one in document["runs"]] == [("old", "rehome 0.0.9")]
    assert query(target, columns) == before and query(target, "SELECT max(version) FROM rehome.version") == [(10,)]


# ---- hostile and many ----

HOSTILE = ["<script>alert(1)</script>", "\"'&<!-- ]]> \\", "x" * 60, "👩‍👩‍👧‍👦 東京 é", "\u202egnp.\u202c عربى עברית", "</title></style><img src=x onerror=alert(1)>"[:60]]


def test_names_of_any_kind_are_text(server, migration, rehome, browser):
    quoted = ['"' + name.replace('"', '""') + '"' for name in HOSTILE]
    tables = "".join(f"CREATE TABLE {name} (id int PRIMARY KEY, {name} text);" for name in quoted)
    source = server.database(tables + "".join(f"INSERT INTO {name} SELECT i, 'v' FROM generate_series(1, 9) i;" for name in quoted))
    target = server.database(tables)
    entities = {name: {"from": quote, "into": quote, "rejects": {"odd": "id = 7"}} for name, quote in zip(HOSTILE, quoted, strict=True) if "," not in name}
    manifest = {"rehome": 1, "name": "<script>alert(1)<script>", "source": source, "target": target, "entities": entities, "params": {"p": {"type": "text", "default": HOSTILE[5]}}}
    folder = migration({"migration.yaml": json.dumps(manifest, ensure_ascii=False)})
    rehome("run", cwd=folder).succeeds()
    query(target, f"UPDATE {quoted[0]} SET {quoted[0]} = '<b onclick=alert(1)>' WHERE id = 3; INSERT INTO rehome.event (migration, event, message) VALUES (1, 'odd', E'<svg/onload=alert(1)>\\x01')")
    rehome("verify", cwd=folder).ends_with(4)
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    report.is_faithful(page, document, target)
    assert page.texts("h1") == [manifest["name"]] and [one["Entity"] for one in page.rows("mapping")] == list(entities)
    assert page.rows("differences")[0]["Values"] == f"{HOSTILE[0]}: source v, target <b onclick=alert(1)>"
    assert page.rows("events")[0]["What happened"] == "<svg/onload=alert(1)>␁"
    assert page.texts("script, img, b[onclick]") == []


def test_fifty_entities_fit_into_the_pictures_and_all_are_in_the_tables(server, migration, rehome, browser):
    tables = "".join(f"CREATE TABLE t{i} (id int PRIMARY KEY);" for i in range(50))
    source = server.database(tables + "".join(f"INSERT INTO t{i} SELECT generate_series(1, {10 * i});" for i in range(50)))
    target = server.database(tables)
    manifest = {"rehome": 1, "name": "many", "source": source, "target": target, "entities": {f"t{i}": {"from": f"t{i}"} for i in range(50)}}
    folder = migration({"migration.yaml": json.dumps(manifest, ensure_ascii=False)})
    rehome("run", cwd=folder).succeeds()
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    report.is_faithful(page, document, target)
    assert len(document["flow"]) == len(document["timeline"]["lanes"]) == 31 and len(page.rows("entities")) == 50
    assert document["flow"][-1] == {"entity": None, "from": None, "into": None, "arrived": sum(10 * i for i in range(20)), "filtered": 0, "rejected": 0, "entities": 20}
    assert [text for text in page.texts("svg.wide text") if text.startswith("20 more")] != []


def test_a_long_table_says_where_the_rest_is(ran, rehome, browser):
    folder, target = ran()
    query(target, "INSERT INTO rehome.event (migration, event, message) SELECT 1, 'odd', 'message ' || i FROM generate_series(1, 2345) i")
    document, page = told(rehome, folder), shown(rehome, folder, browser)
    assert len(document["events"]) == len(page.rows("events")) == 1000 and document["left_out"] == {"events": 1345}
    assert "1,000 of 2,345; all of them are in rehome.event." in page.texts("p.note")
    assert document["events_by_kind"][0]["events"] == 2345


# ---- files ----


def test_the_page_is_a_file_that_nobody_else_may_read(ran, rehome, tmp_path):
    folder, _ = ran(more="params: { edition: { type: text, default: 'a/b c' } }")
    ended = rehome("report", "-C", folder, cwd=tmp_path).succeeds()
    path = tmp_path / "shop-a-b-c-report.html"
    assert "The report is in shop-a-b-c-report.html." in ended.stderr and ended.stdout == ""
    assert path.stat().st_mode & 0o777 == 0o600 and path.read_text().startswith("<!DOCTYPE html>")
    first = path.stat().st_ino
    rehome("report", "-C", folder, cwd=tmp_path).succeeds()  # a report makes room for another
    assert path.stat().st_ino != first and [one.name for one in tmp_path.glob("*report*")] == [path.name]


def test_what_is_no_report_is_not_replaced_unless_told_to(ran, rehome):
    folder, _ = ran()
    path = folder / "shop-report.html"
    path.write_text("precious")
    ended = rehome("report", cwd=folder).ends_with(2)
    assert "shop-report.html is there already, and is no report" in ended.stderr and path.read_text() == "precious"
    rehome("report", "--force", cwd=folder).succeeds()
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert "is not a file" in rehome("report", "-o", "/dev/null", "--force", cwd=folder).ends_with(2).stderr
    assert "cannot write nowhere/at/all.html" in rehome("report", "-o", "nowhere/at/all.html", cwd=folder).ends_with(1).stderr


def test_page_and_document_go_where_they_are_sent(ran, rehome):
    folder, _ = ran()
    page = rehome("report", "-o", "-", cwd=folder).succeeds()
    assert page.stdout.startswith("<!DOCTYPE html>") and page.stdout.endswith("</html>\n") and page.stderr == ""
    rehome("report", "--json", "-o", "here.json", cwd=folder).succeeds()
    document = json.loads((folder / "here.json").read_text())
    assert document["generator"] == "rehome 0.1.0" and (folder / "here.json").stat().st_mode & 0o777 == 0o600
    rehome("report", "--json", "-o", "here.json", cwd=folder).succeeds()
    assert list(folder.glob("*.html")) == []


def test_before_the_first_run_there_is_nothing_to_report(server, migration, rehome):
    folder = migration(shop.files(server.database(shop.OLD), server.database(shop.NEW)))
    ended = rehome("report", cwd=folder).ends_with(1)
    assert "nothing was run yet" in ended.stderr and list(folder.glob("*.html")) == []
