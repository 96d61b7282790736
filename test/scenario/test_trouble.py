"""Whatever goes wrong: one clear error, nothing lost, and after mending the same command goes on."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time

import psycopg
import pytest
from support import crm, shop
from support.pooler import Pooler
from support.server import free_port, query


def known(reason):
    return pytest.mark.xfail(strict=True, reason=reason)


@pytest.fixture
def source(server):
    return server.database(shop.OLD)


@pytest.fixture
def target(server):
    return server.database(shop.NEW)


@pytest.fixture
def folder(migration, source, target):
    """`folder(books=…)` writes the shop's migration between the two."""
    return lambda from_=None, to=None, **changes: migration(shop.files(from_ or source, to or target, **changes))


def count(url, table):
    return query(url, f"SELECT count(*) FROM {table}")[0][0]


def has_ledger(url):
    return query(url, "SELECT to_regnamespace('rehome') IS NOT NULL")[0][0]


def is_whole(target, writers=50, books=400):
    """All rows and everything of NEW that could have been held back."""
    assert (count(target, "writer"), count(target, "book")) == (writers, books)
    assert query(
        target, "SELECT conname, convalidated FROM pg_constraint WHERE conrelid IN ('writer'::regclass, 'book'::regclass) ORDER BY 1"
    ) == [("book_pkey", True), ("book_writer_id_fkey", True), ("writer_pkey", True)]


def foreign_keys_are_valid(target):
    return query(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated") == [(0,)]


# ---- the manifest is wrong: exit 2 at a place in a file, and nothing was written ----


@pytest.mark.parametrize(
    "changes, place, says",
    [
        ({"writer": "into: writers"}, "migration.yaml:8:", "did you mean writer?"),
        ({"book": "into: boook"}, "migration.yaml:9:", "did you mean book?"),
        ({"book": "where: nothing = 1"}, "migration.yaml:9:56:", 'column "nothing" does not exist'),
        ({"book": "rejects: { cheap: prise < 1 }"}, "migration.yaml:9:67:", 'column "prise" does not exist'),
        ({"book": "load: SELECT s.* FROM stagged s"}, "migration.yaml:9:", 'relation "stagged" does not exist'),
        ({"books": "SELECT id,\n  author_id AS writer_id,,\n  title FROM books"}, "sql/book.sql:2:26:", 'syntax error at or near ","'),
        ({"books": "SELECT id,\n  auther_id AS writer_id\n  FROM books"}, "sql/book.sql:2:3:", 'column "auther_id" does not exist'),
        ({"books": "SELECT id,\n  lowwer(title) AS title\n  FROM books"}, "sql/book.sql:2:3:", "function lowwer(text) does not exist"),
        ({"books": "SELECT id, title AS titel FROM books"}, "sql/book.sql:1:", '"titel"'),
        ({"books": "SELECT id FROM bookz"}, "sql/book.sql:1:", "books"),
        ({"books": "SELECT id,\n  point(1, 2) AS sold FROM books"}, "sql/book.sql:", '"sold" is point in the transform and date'),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith(("sql", "mig")) else None,
)
def test_a_mistake_is_told_with_its_place_before_anything_is_written(changes, place, says, folder, rehome, target):
    written = folder(**changes)
    for command in ("plan", "run"):
        ended = rehome(command, cwd=written).ends_with(2)
        assert place in ended.stderr and says in ended.stderr, ended
    assert not has_ledger(target) and count(target, "writer") == 0


def test_a_table_that_is_spelled_with_capitals_is_named_with_its_quotes(server, migration, rehome):
    source, target = server.database('CREATE TABLE "Artist" (id int PRIMARY KEY)'), server.database("CREATE TABLE artist (id int PRIMARY KEY)")
    files = {"migration.yaml": f"rehome: 1\nname: a\nsource: {source}\ntarget: {target}\nentities: {{ artist: {{ from: Artist }} }}\n"}
    ended = rehome("run", cwd=migration(files)).ends_with(2)
    assert "migration.yaml:5:" in ended.stderr and "'\"Artist\"'" in ended.stderr, ended


@known("a cast that does not exist is told at the beginning of the file and not at its column")
def test_a_type_that_does_not_fit_is_told_at_its_column(folder, rehome):
    ended = rehome("run", cwd=folder(books="SELECT id,\n  point(1, 2) AS sold FROM books")).ends_with(2)
    assert "sql/book.sql:2:3:" in ended.stderr


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--only", "boook"], 'Did you mean "book"?'),
        (["--param", "compny=x"], 'did you mean "company"?'),
        ([], "--param company="),
        (["--param", "company=x"], "does not fit uuid"),
        (["--param", "company"], "NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_told_with_what_was_meant(arguments, says, folder, rehome, target):
    params = "params: { company: { type: uuid, required: true, help: which one } }" if "--only" not in arguments else ""
    assert says in rehome("run", *arguments, cwd=folder(more=params)).ends_with(2).stderr
    assert not has_ledger(target)


# ---- rows are wrong ----


def rejects(target):
    return query(target, "SELECT reason, sqlstate, array_agg(source_key->>'id' ORDER BY id) FROM rehome.reject GROUP BY 1, 2 ORDER BY 1")


def test_a_row_that_does_not_fit_is_a_reject_and_the_rest_goes_on(folder, rehome, source, target):
    query(source, "UPDATE books SET sold = '2024-02-31', title = 'nobody may read this' WHERE id = 123")
    written = folder()
    ended = rehome("run", cwd=written).ends_with(3)
    assert "nobody may read this" not in ended.stdout + ended.stderr and "2024-02-31" not in ended.stdout + ended.stderr
    assert rejects(target) == [("invalid_time", "22008", ["123"])]
    assert (count(target, "writer"), count(target, "book")) == (50, 399)
    (written / "sql/book.sql").write_text(shop.BOOKS.replace("sold::date", "NULLIF(sold, '2024-02-31')::date"))
    rehome("run", cwd=written).succeeds()
    is_whole(target)
    assert rejects(target) == []


def test_a_reject_stays_one_when_the_same_is_run_again(folder, rehome, source, target):
    query(source, "UPDATE books SET sold = 'yesterday evening' WHERE id = 400")
    written = folder()
    for _ in range(2):
        rehome("run", cwd=written).ends_with(3)
        assert rejects(target) == [("invalid_time", "22007", ["400"])]
        is_whole(target, books=399)


DOUBLE = shop.BOOKS.replace("SELECT id,", "SELECT (id + 1) / 2 AS id,")


@pytest.mark.parametrize("book", ["", "indexes: keep, write: insert", "indexes: keep"])
def test_the_second_of_two_source_rows_with_one_key_is_a_reject(book, folder, rehome, target):
    written = folder(books=DOUBLE, book=book)
    rehome("run", cwd=written).ends_with(3)
    assert rejects(target) == [("unique:book_pkey", "23505", [str(i) for i in range(2, 401, 2)])]
    is_whole(target, books=200)
    (written / "sql/book.sql").write_text(shop.BOOKS)
    rehome("run", cwd=written).succeeds()
    is_whole(target)


@pytest.mark.parametrize("book", ["", "indexes: keep"])
@pytest.mark.parametrize("deferred", [False, True])
def test_orphans_are_rejects_whether_the_foreign_key_stays_or_comes_back(book, deferred, server, migration, rehome, source):
    target = server.database(shop.NEW.replace("REFERENCES writer", "REFERENCES writer DEFERRABLE INITIALLY DEFERRED") if deferred else shop.NEW)
    query(source, "UPDATE books SET author_id = 999 WHERE id IN (7, 8)")
    written = migration(shop.files(source, target, book=book))
    rehome("run", cwd=written, timeout=60).ends_with(3)
    assert rejects(target) == [("foreign_key:book_writer_id_fkey", "23503", ["7", "8"])]
    is_whole(target, books=398)
    (written / "sql/book.sql").write_text(shop.BOOKS + " WHERE author_id < 900")
    rehome("run", cwd=written).succeeds()
    is_whole(target, books=398)


@pytest.mark.parametrize(
    "narrower, column, rows", [(("title text", "title varchar(8)"), "title", 301), (("numeric(8,2)", "numeric(8,1)"), "price", 200)]
)
def test_a_value_that_would_lose_something_is_a_reject_and_never_shortened(narrower, column, rows, server, migration, rehome, source):
    target = server.database(shop.NEW.replace(*narrower))
    written = migration(shop.files(source, target))
    for _ in range(2):
        ended = rehome("run", cwd=written).ends_with(3)
        assert f"lossy:{column}" in ended.stdout and str(rows) in ended.stdout
    is_whole(target, books=400 - rows)
    rejects = "SELECT count(*), count(DISTINCT source_key), bool_and(reason = %s AND budgeted), min(source_row->>'title') FROM rehome.reject"
    assert query(target, rejects, f"lossy:{column}") == [(rows, rows, True, f"title {100 if column == 'title' else 1}")]


def test_the_transform_can_be_mended_after_rejects(server, migration, rehome, source):
    target = server.database(shop.NEW.replace("title text", "title varchar(8)"))
    written = migration(shop.files(source, target))
    assert "mend the transform" in rehome("run", cwd=written).ends_with(3).stderr
    (written / "sql/book.sql").write_text(shop.BOOKS.replace("title,", "left(title, 8) AS title,"))
    rehome("run", cwd=written).succeeds()
    is_whole(target)
    assert count(target, "rehome.reject") == 0


# ---- checks ----

CHECK = "checks: {{ source: [ {{ name: no_dear_books, sql: SELECT id FROM books WHERE price > 99, expect: none{} }} ] }}"


def test_a_failed_check_of_the_source_keeps_everything_from_being_written(folder, rehome, source, target):
    written = folder(more=CHECK.format(""))
    ended = rehome("run", cwd=written).ends_with(4)
    assert "no_dear_books" in ended.stderr
    assert (count(target, "writer"), count(target, "book")) == (0, 0)
    query(source, "UPDATE books SET price = 1 WHERE price > 99")
    rehome("run", cwd=written).succeeds()
    is_whole(target)


def test_a_check_that_only_warns_stops_nothing(folder, rehome, target):
    ended = rehome("run", cwd=folder(more=CHECK.format(", severity: warn"))).succeeds()
    assert "warned no_dear_books" in ended.stdout
    is_whole(target)


# ---- rights ----


@pytest.fixture
def plain_role(server):
    """A role that may log in and no more; `plain_role(url)` is the URL with it."""
    query(server.url("postgres"), "CREATE ROLE plain LOGIN")
    yield lambda url: url.replace("postgres@", "plain@")
    server.drop_databases()
    query(server.url("postgres"), "DROP ROLE plain")


def grant(url, rights):
    query(url, f"GRANT {rights} TO plain")


def name_of(url):
    return query(url, "SELECT current_database()")[0][0]


def test_a_role_that_may_not_read_the_source_is_told_which_table(folder, rehome, plain_role, source, target):
    written = folder(from_=plain_role(source))
    grant(source, "SELECT ON authors")
    ended = rehome("run", cwd=written).ends_with(1)
    assert "permission denied for table books (SQLSTATE 42501)" in ended.stderr
    assert count(target, "book") == 0
    grant(source, "SELECT ON books")
    rehome("run", cwd=written).succeeds()
    is_whole(target)


def test_a_role_that_may_not_read_the_source_is_told_by_plan(folder, rehome, plain_role, source, target):
    written = folder(from_=plain_role(source))
    for command in ("plan", "run"):
        said = rehome(command, cwd=written).ends_with(1).stderr
        assert "permission denied for table authors" in said and "GRANT SELECT" in said
    assert not has_ledger(target)


def test_a_role_that_may_not_write_the_target_is_told_which_table(folder, rehome, plain_role, source, target):
    written = folder(to=plain_role(target))
    assert "permission denied for table writer" in rehome("run", cwd=written).ends_with(1).stderr
    grant(target, "SELECT, INSERT ON writer, book")
    assert "SQLSTATE 42501" in rehome("run", cwd=written).ends_with(1).stderr
    grant(target, f"CREATE ON DATABASE {name_of(target)}")
    rehome("run", cwd=written).succeeds()
    is_whole(target)


def test_select_on_the_source_and_create_on_the_target_is_enough(server, migration, rehome, plain_role, source):
    target = server.database()
    grant(source, "SELECT ON authors, books")
    grant(target, f"CREATE ON DATABASE {name_of(target)}")
    own = "CREATE SCHEMA shop;\nSET search_path = shop;\n" + shop.NEW
    files = shop.files(plain_role(source), plain_role(target), expand=own, writer="into: shop.writer", book="into: shop.book")
    written = migration(files)
    for command in ("plan", "run", "verify", "status", "run"):
        rehome(command, cwd=written).succeeds()
    assert (count(target, "shop.writer"), count(target, "shop.book")) == (50, 400)
    assert query(target, "SELECT count(*) FROM pg_constraint WHERE convalidated AND connamespace = 'shop'::regnamespace") == [(3,)]


# ---- servers ----


@pytest.fixture
def far(servers):
    """A server over TCP with the legacy CRM, for proxies and outages of its own."""
    server = servers(port=True)
    server.database(crm.old() + "ANALYZE", name="big")
    yield server
    server.remove()


def through(proxy, database, user="postgres"):
    return f"postgresql://{user}@127.0.0.1:{proxy.port}/{database}"


def test_a_source_that_goes_for_good_ends_the_run_and_one_that_comes_back_is_gone_on_with(far, proxy, server, migration, rehome):
    target, wire = server.database(), proxy(far.port, delay=0.01)
    written = migration(crm.files(through(wire, "big"), target))
    run = rehome.start("run", "--jobs", 2, cwd=written)
    run.wait_for("prepare")
    wire.refuse()
    wire.cut()
    ended = run.wait().ends_with(1)
    assert "source" in ended.stderr.splitlines()[-1] or "source" in ended.stderr.split("error:")[1]
    assert rehome("status", "--json", cwd=written).succeeds().json["state"] == "failed"
    wire.delay = 0
    wire.accept()
    rehome("run", cwd=written).succeeds()
    assert crm.arrived(target) == crm.expected(far.url("big"))


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_wire_that_is_cut_once_is_only_a_retry(side, far, proxy, server, migration, rehome):
    wire = proxy(far.port, delay=0.005)
    if side == "source":
        source, target, outside = through(wire, "big"), server.database(), None
        wire_target = target
    else:
        source, outside = server.database(crm.old() + "ANALYZE"), far.database(name="arrivals")
        target, wire_target = outside, through(wire, "arrivals")
    written = migration(crm.files(source, wire_target))
    run = rehome.start("run", "--jobs", 2, cwd=written)
    run.wait_for("cut")
    wire.cut()
    ended = run.wait().succeeds()
    assert "trying again" in ended.stderr
    wire.delay = 0
    assert crm.arrived(target) == crm.expected(far.url("big") if side == "source" else source)


def test_a_server_that_is_not_there_is_told_at_once(folder, rehome, target):
    port = free_port()
    for url in (f"postgresql://u@127.0.0.1:{port}/x", "postgresql://u@no-such-host.invalid/x", "service=no_such_service"):
        ended = rehome("run", cwd=folder(from_=f'"{url}"'), timeout=60).ends_with(1)
        assert "cannot connect to the source" in ended.stderr
    assert not has_ledger(target)


@pytest.mark.parametrize("url", ["garbage", "postgres:/x", "postgresql://u:hunter2@[::1/x"])
def test_what_is_no_url_is_a_mistake(url, folder, rehome, target):
    ended = rehome("run", cwd=folder(from_=f'"{url}"')).ends_with(2)
    assert "not a connection string" in ended.stderr and "hunter2" not in ended.stdout + ended.stderr


def test_a_standby_can_be_read_and_is_no_target(far, server, migration, rehome):
    copy, port = far.folder / "standby", free_port()
    far.database(name="arrivals")
    subprocess.run(
        [far.binaries / "pg_basebackup", "-D", copy, "-h", far.folder, "-p", str(far.port), "-U", "postgres", "-c", "fast"],
        check=True, cwd="/", **far.demoted(),
    )
    (copy / "standby.signal").touch()
    process = subprocess.Popen(
        [far.binaries / "postgres", "-D", copy, "-c", f"port={port}"],
        cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **far.demoted(),
    )
    try:
        def standby(database):
            return f"postgresql://postgres@/{database}?host={far.folder}&port={port}"

        wait_until(lambda: query(standby("big"), "SELECT pg_is_in_recovery()") == [(True,)])
        ended = rehome("run", cwd=migration(crm.files(far.url("big"), standby("arrivals")))).ends_with(1)
        assert "standby" in ended.stderr and "primary" in ended.stderr
        target = server.database()
        rehome("run", cwd=migration(crm.files(standby("big"), target))).succeeds()
        assert crm.arrived(target) == crm.expected(far.url("big"))
    finally:
        process.terminate()
        process.wait()


def wait_until(holds, timeout=30):
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            if holds():
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not Pooler.is_installed(), reason="pgbouncer is not installed")
@pytest.mark.parametrize("side", ["source", "target"])
def test_a_pooler_in_transaction_mode_is_refused_before_anything_is_written(side, far, server, migration, rehome):
    far.database(name="arrivals")
    pooler = Pooler(far, "transaction")
    try:
        pooler.wait_until_ready("big")
        target = pooler.url("arrivals") if side == "target" else server.database()
        source = pooler.url("big") if side == "source" else far.url("big")
        ended = rehome("run", cwd=migration(crm.files(source, target))).ends_with(2)
    finally:
        pooler.close()
    assert f"the {side} is behind a connection pooler" in ended.stderr and "pool_mode = session" in ended.stderr
    assert not has_ledger(far.url("arrivals") if side == "target" else target)


@pytest.fixture
def small_disk(far):
    """A tablespace of 3 MB; grow() makes room. Needs a file system of its own."""
    if os.getuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small file system")
    mounted = tempfile.mkdtemp(prefix="rehome-disk-", dir="/tmp")
    options = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=755", "tmpfs", mounted]
    if subprocess.run(options, stderr=subprocess.DEVNULL).returncode != 0:
        os.rmdir(mounted)
        pytest.skip("this machine mounts no file systems for us")
    os.chown(mounted, far.user.pw_uid, far.user.pw_gid)
    query(far.url("postgres"), f"CREATE TABLESPACE small LOCATION '{mounted}'")
    yield lambda: subprocess.run(["mount", "-o", "remount,size=80m", mounted], check=True)
    far.remove()
    subprocess.run(["umount", mounted], check=True)
    os.rmdir(mounted)


def test_a_full_disk_ends_the_run_and_with_room_it_goes_on(small_disk, far, migration, rehome):
    target = far.database(crm.NEW + "ALTER TABLE crm.conversions SET TABLESPACE small; ALTER TABLE crm.leads SET TABLESPACE small")
    written = migration(crm.files(far.url("big"), target, expand=False))
    ended = rehome("run", cwd=written).ends_with(1)
    assert "No space left on device (SQLSTATE 53100)" in ended.stderr and "free disk space" in ended.stderr
    small_disk()
    rehome("run", cwd=written).succeeds()
    assert crm.arrived(target) == crm.expected(far.url("big")) and foreign_keys_are_valid(target)


# ---- others who work there ----


@contextlib.contextmanager
def somebody(url, statement):
    """A session of somebody else, in a transaction that did this and waits."""
    with psycopg.connect(url, application_name="a long report") as connection:
        connection.execute(statement)
        yield connection
        connection.rollback()


def waits_and_finishes(run, holder, seconds=6):
    """It waits politely, and goes on when the lock is released; returns what it said meanwhile."""
    time.sleep(seconds)
    assert run.process.poll() is None, run.wait()
    said = run.stderr
    assert holder.execute("SELECT 1").fetchone() == (1,), "somebody's session was cancelled"
    holder.rollback()
    run.wait().succeeds()
    return said


def test_a_table_that_others_write_to_is_waited_for(folder, rehome, target):
    written = folder()
    with somebody(target, "LOCK TABLE writer IN ROW EXCLUSIVE MODE") as holder:
        said = waits_and_finishes(rehome.start("run", cwd=written), holder)
    assert "lock timeout" in said
    is_whole(target)




@pytest.mark.parametrize("table", ["book", "writer"])
def test_who_holds_a_lock_is_told(table, folder, rehome, target):
    with somebody(target, f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE") as holder:
        said = waits_and_finishes(rehome.start("run", cwd=folder()), holder)
        assert table in said and "a long report" in said and f"pid {holder.info.backend_pid}" in said


def test_a_table_that_is_locked_whole_is_waited_for(folder, rehome, target):
    with somebody(target, "LOCK TABLE writer IN ACCESS EXCLUSIVE MODE") as holder:
        waits_and_finishes(rehome.start("run", cwd=folder()), holder)
    is_whole(target)


def test_a_row_that_others_are_changing_is_waited_for(folder, rehome, target):
    query(target, "INSERT INTO writer VALUES (1, 'stale')")
    with somebody(target, "UPDATE writer SET name = 'theirs' WHERE id = 1") as holder:
        waits_and_finishes(rehome.start("run", cwd=folder()), holder, seconds=2)
    is_whole(target)


def test_who_holds_a_row_is_told(folder, rehome, target):
    query(target, "INSERT INTO writer VALUES (1, 'stale')")
    with somebody(target, "UPDATE writer SET name = 'theirs' WHERE id = 1") as holder:
        said = waits_and_finishes(rehome.start("run", cwd=folder()), holder, seconds=8)
    assert "a long report" in said


# ---- the manifest changes while the migration is under way ----


def test_an_expand_file_that_was_run_may_not_change(server, migration, rehome, source):
    target = server.database()
    files = shop.files(source, target, expand=shop.NEW)
    written = migration(files)
    rehome("run", cwd=written).succeeds()
    migration({"sql/10-tables.sql": shop.NEW + "CREATE TABLE more (id int);\n"}, folder=written)
    ended = rehome("run", cwd=written).ends_with(1)
    assert "sql/10-tables.sql was changed after it was run" in ended.stderr
    migration({"sql/10-tables.sql": shop.NEW}, folder=written)
    rehome("run", cwd=written).succeeds()
    is_whole(target)


UPPER = shop.BOOKS.replace("title,", "upper(title) AS title,")


def titles(target):
    return query(target, "SELECT count(*), count(*) FILTER (WHERE title = upper(title)) FROM book")[0]


def test_a_changed_transform_begins_anew_in_a_table_that_was_empty(folder, rehome, target):
    written = folder()
    rehome("run", "--jobs", "1", cwd=written, env={"REHOME_FAULT": "engine.chunk.committed:kill:2"}).ends_with(-9)
    assert titles(target) == (400, 0)
    (written / "sql/writer.sql").write_text(shop.WRITERS.replace("name", "name || '' AS name"))
    (written / "sql/book.sql").write_text(UPPER)
    rehome("run", cwd=written).succeeds()
    is_whole(target)
    assert titles(target) == (400, 400)


def test_a_transform_that_changes_after_all_was_done_is_refused(folder, rehome, target):
    """Others may rely on the rows by then."""
    written = folder()
    rehome("run", cwd=written).succeeds()
    (written / "sql/book.sql").write_text(UPPER)
    ended = rehome("run", cwd=written).ends_with(1)
    assert 'entity "book"' in ended.stderr and "hint:" in ended.stderr
    assert titles(target) == (400, 0)
    is_whole(target)


def test_a_changed_upsert_is_repeated_over_rows_that_were_there(folder, rehome, target):
    query(target, "INSERT INTO writer VALUES (1, 'stale'); INSERT INTO book VALUES (1, 1, 'stale')")
    written = folder()
    rehome("run", cwd=written).succeeds()
    (written / "sql/book.sql").write_text(UPPER)
    rehome("run", cwd=written).succeeds()
    assert titles(target) == (400, 400)


def test_a_changed_insert_into_a_table_that_had_rows_is_refused(folder, rehome, target):
    query(target, "INSERT INTO book VALUES (-1, NULL, 'theirs')")
    written = folder(book="write: insert")
    rehome("run", cwd=written).succeeds()
    (written / "sql/book.sql").write_text(UPPER)
    ended = rehome("run", cwd=written).ends_with(1)
    assert 'entity "book"' in ended.stderr and "would be mixed" in ended.stderr
    assert titles(target) == (401, 0)
    (written / "sql/book.sql").write_text(shop.BOOKS)
    rehome("run", cwd=written).succeeds()


# ---- passwords ----


def test_a_password_is_neither_told_nor_stored(servers, server, migration, rehome):
    guarded = servers(port=True, hba="local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    try:
        query(guarded.database(shop.OLD, name="old"), "CREATE ROLE u LOGIN PASSWORD 'hunter2'; GRANT SELECT ON authors, books TO u")
        target = server.database(shop.NEW)
        said = ""
        for password, status in (("hunter3", 1), ("hunter2", 0)):
            written = migration(shop.files(guarded.url("old", user="u", tcp=True, password=password), target))
            for command in ("plan", "run", "verify", "status"):
                ended = rehome(command, "-v", cwd=written)
                said += ended.stdout + ended.stderr
                if command == "run":
                    ended.ends_with(status)
        dump = subprocess.run([server.binaries / "pg_dump", target], capture_output=True, text=True, check=True).stdout
        assert "password authentication failed" in said
        assert "hunter" not in said and "hunter" not in dump and "rehome.run" in dump
    finally:
        guarded.remove()


# ---- the ledger ----


@pytest.mark.parametrize("command", ["plan", "run", "verify", "status"])
def test_a_ledger_of_a_newer_version_is_left_alone(command, folder, rehome, target):
    written = folder()
    rehome("run", cwd=written).succeeds()
    query(target, "INSERT INTO rehome.version (version) VALUES (99)")
    ended = rehome(command, cwd=written).ends_with(1)
    assert "version 99" in ended.stderr and "newer rehome" in ended.stderr
