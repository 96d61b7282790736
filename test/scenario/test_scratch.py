"""A private PostgreSQL to rehearse on, from a dump or empty; removed when told. A dump that is not whole never passes for one."""

import contextlib
import gzip
import json
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess
import time

import psycopg
import pytest
from support.program import Program
from support.server import binary_folder, temporary_folder

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("REHOME_BINARY", ROOT / "build-test" / "rehome")).resolve().parent
REAL_DUMPS = ROOT.parent / "shared" / "data"

SHOP = """
CREATE ROLE shop_owner;
CREATE ROLE "Shop Reader";
CREATE SCHEMA crm AUTHORIZATION shop_owner;
CREATE TYPE crm.mood AS ENUM ('calm', 'cross');
CREATE TABLE crm.companies (id int PRIMARY KEY, name text NOT NULL, mood crm.mood);
CREATE TABLE crm.leads (id int PRIMARY KEY, company_id int REFERENCES crm.companies, note text);
CREATE TABLE crm.calls (id int, at date NOT NULL, lead_id int REFERENCES crm.leads, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE crm.calls_2024 PARTITION OF crm.calls FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE crm.calls_2025 PARTITION OF crm.calls FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE crm."Odd Name" (id serial PRIMARY KEY, "a;b" text);
CREATE TABLE crm.empty (id int);
CREATE VIEW crm.names AS SELECT name FROM crm.companies;
CREATE MATERIALIZED VIEW crm.totals AS SELECT count(*) AS leads FROM crm.leads;
CREATE INDEX leads_company ON crm.leads (company_id);
INSERT INTO crm.companies SELECT i, 'company ' || i, 'calm' FROM generate_series(1, 50) i;
INSERT INTO crm.leads SELECT i, 1 + i % 50, E'line one\n\\\\connect elsewhere\n-- Name: x; Type: TABLE; Schema: s; Owner: o\n''; $$' || i
  FROM generate_series(1, 3000) i;
INSERT INTO crm.calls SELECT i, DATE '2024-01-01' + i % 700, 1 + i % 3000 FROM generate_series(1, 2000) i;
INSERT INTO crm."Odd Name" ("a;b") VALUES ('one'), (NULL), ('');
REFRESH MATERIALIZED VIEW crm.totals;
CREATE FUNCTION crm.twice(i int) RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
\\connect is only text here
COPY x FROM stdin;
RETURN 2 * i;
END $body$;
ALTER TABLE crm.companies OWNER TO shop_owner;
GRANT SELECT ON crm.leads TO "Shop Reader";
ALTER TABLE crm.companies ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON crm.companies TO shop_owner USING (id > 10);
""".replace("\\\\", "\\").replace("BEGIN\n\\connect is only text here\nCOPY x FROM stdin;", "BEGIN\n/*\n\\connect is only text here\nCOPY x FROM stdin;\n*/")

SUMS = """
SELECT (SELECT count(*) FROM crm.companies), (SELECT md5(string_agg(note, ',' ORDER BY id)) FROM crm.leads),
       (SELECT count(*) FROM crm.calls), (SELECT string_agg("a;b", ',' ORDER BY id) FROM crm."Odd Name"),
       (SELECT leads FROM crm.totals), (SELECT crm.twice(21)), (SELECT nextval('crm."Odd Name_id_seq"')),
       (SELECT count(*) FROM pg_constraint WHERE connamespace = 'crm'::regnamespace),
       (SELECT count(*) FROM pg_indexes WHERE schemaname = 'crm'),
       (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'crm.companies'::regclass),
       (SELECT has_table_privilege('Shop Reader', 'crm.leads', 'SELECT'))
"""


@pytest.fixture
def home():
    """A folder for scratch servers that the unprivileged user of a root can reach."""
    folder = temporary_folder("rehome-scratch-")
    folder.chmod(0o755)
    yield folder
    for pid_file in folder.glob("*/server/data/postmaster.pid"):
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scratch(rehome, home):
    """`scratch("start", "one")` is `rehome scratch start one` with its own folder."""

    def run(*arguments, env=None, **options):
        return rehome("scratch", *arguments, env={"REHOME_SCRATCH": home, **(env or {})}, **options)

    yield run
    run("stop", "--all").succeeds()


@pytest.fixture
def begin(rehome, home):
    """Starts a run without waiting for its end."""
    return lambda *arguments, env=None: rehome.start("scratch", *arguments, env={"REHOME_SCRATCH": home, **(env or {})})


@pytest.fixture(scope="session")
def shop(shared_server):
    """URL of a database to be dumped."""
    shared_server.start()
    with psycopg.connect(shared_server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS scratch_shop")
        connection.execute("CREATE DATABASE scratch_shop TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    url = shared_server.url("scratch_shop")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SHOP)
    yield url
    with psycopg.connect(shared_server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE scratch_shop")
        connection.execute('DROP ROLE shop_owner, "Shop Reader"')


@pytest.fixture(scope="session")
def dump(shop, tmp_path_factory):
    """`dump("c")`, `dump("p", "--inserts")`: the path of a dump of the shop."""
    folder, made = tmp_path_factory.mktemp("dumps"), {}

    def make(kind, *arguments):
        if (kind, arguments) not in made:
            path = folder / f"shop{len(made)}.{kind}"
            subprocess.run([binary_folder() / "pg_dump", "-F", kind, "-f", path, *arguments, shop], check=True)
            made[kind, arguments] = path
        return made[kind, arguments]

    return make


@pytest.fixture
def restore_tables(home, tmp_path):
    """`restore_tables(dump, '"crm"."leads"')`: a restore for a migration that reads these tables."""
    program = Program(BUILD / "restore_tables", tmp_path)
    yield lambda *arguments, **env: program(*arguments, env={"REHOME_SCRATCH": home, **env})
    program.kill_all()


def url_of(ended):
    return ended.succeeds().stdout.strip()


def server_user():
    """Who owns the data of a scratch server."""
    if os.getuid() != 0:
        return os.getuid()
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_uid
    return pwd.getpwnam("nobody").pw_uid


def names(scratch):
    return [one["name"] for one in scratch("list", "--json").succeeds().json["scratch"]]


# Servers


def test_start_prints_a_url_that_works_and_stop_removes_everything(scratch, psql, home):
    started = scratch("start", "one")
    assert url_of(started).startswith("postgresql://") and "one runs" in started.stderr
    [(user, superuser, fsync, listens)] = psql(
        url_of(started),
        "SELECT current_user, usesuper, current_setting('fsync'), current_setting('listen_addresses') "
        "FROM pg_user WHERE usename = current_user",
    )
    assert (user, superuser, fsync, listens) == ("rehome", True, "off", "")
    assert psql(url_of(started), "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'rehome'") == [
        ("C.UTF-8", "UTF8")
    ]
    assert names(scratch) == ["one"]
    stopped = scratch("stop", "one").succeeds()
    assert stopped.stdout == "" and "one" in stopped.stderr
    assert list(home.iterdir()) == [] and names(scratch) == []


def test_starting_again_finds_it_with_its_data(scratch, psql):
    url = url_of(scratch("start", "one"))
    psql(url, "CREATE TABLE kept AS SELECT 1 AS id")
    assert url_of(scratch("start", "one")) == url
    assert psql(url, "SELECT id FROM kept") == [(1,)]


def test_json_says_the_same(scratch):
    started = scratch("start", "one", "--json").succeeds().json
    assert started["name"] == "one" and started["running"] is True and started["dump"] is None
    assert started["url"] == url_of(scratch("start", "one")) and started["bytes"] > 1_000_000
    assert scratch("stop", "one", "--json").succeeds().json == {"stopped": ["one"]}
    assert scratch("list", "--json").succeeds().json == {"scratch": []}


def test_nobody_else_can_reach_it(scratch, home):
    scratch("start", "one").succeeds()
    server = home / "one" / "server"
    for path in (server, server / "data"):
        status = path.stat()
        assert stat.S_IMODE(status.st_mode) == 0o700 and status.st_uid == server_user()
    assert (home / "one").stat().st_uid == os.getuid()
    assert not (home.stat().st_mode | (home / "one").stat().st_mode) & 0o022


def test_a_folder_that_others_may_write_to_is_refused(scratch, home):
    home.chmod(0o777)
    refused = scratch("start", "one").ends_with(2)
    assert "not ours alone" in refused.stderr and "REHOME_SCRATCH" in refused.stderr
    home.chmod(0o755)


def test_a_deep_folder_gets_its_socket_elsewhere(rehome, home, psql):
    deep = home / ("d" * 100) / "with a space"
    environment = {"REHOME_SCRATCH": deep}
    url = url_of(rehome("scratch", "start", "one", env=environment))
    folder = pathlib.Path(url.split("host=")[1].split("&")[0])
    assert psql(url, "SELECT 1") == [(1,)]
    assert str(folder).startswith("/tmp/rehome-") and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert url_of(rehome("scratch", "start", "one", env=environment)) == url
    rehome("scratch", "stop", "one", env=environment).succeeds()
    assert not folder.exists()


def kill_server(home, name):
    """All of it, as when a machine loses it: the postmaster.pid stays."""
    pid = int((home / name / "server/data/postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while pathlib.Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z"):
            break
        time.sleep(0.02)


def test_a_server_that_was_killed_starts_again(scratch, psql, home):
    url = url_of(scratch("start", "one"))
    psql(url, "CREATE TABLE kept AS SELECT 1 AS id")
    psql(url, "CHECKPOINT")  # commits are not flushed at once there
    kill_server(home, "one")
    assert scratch("list", "--json").json["scratch"][0]["running"] is False
    assert url_of(scratch("start", "one")) == url
    assert psql(url, "SELECT id FROM kept") == [(1,)]


def test_a_process_id_that_somebody_else_has_by_now_does_not_matter(scratch, psql, home):
    url = url_of(scratch("start", "one"))
    kill_server(home, "one")
    pid_file = home / "one/server/data/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as other:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        time.sleep(1)  # the backends of the killed one notice
        assert scratch("list", "--json").json["scratch"][0]["running"] is False
        assert url_of(scratch("start", "one")) == url
        assert psql(url, "SELECT 1") == [(1,)]
        other.kill()


def test_a_server_killed_while_it_was_made_is_made_again(begin, scratch, psql, home):
    if begin("start", "one", env={"REHOME_FAULT": "scratch.initialised:kill"}).wait().status == 0:
        pytest.skip("this build has no fault points")
    assert (home / "one/server/data.new").exists()
    assert psql(url_of(scratch("start", "one")), "SELECT 1") == [(1,)]
    assert not (home / "one/server/data.new").exists()


def test_nothing_of_the_caller_stays_open_in_the_server(rehome, home):
    command = f"exec 9>&1 8>&2; '{rehome.binary}' scratch start one"
    ended = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "REHOME_SCRATCH": str(home)}, capture_output=True, text=True, timeout=60
    )  # waits until the last holder of the pipes is gone
    assert ended.returncode == 0 and ended.stdout.startswith("postgresql://"), ended.stderr


def test_several_that_start_the_same_at_once_get_the_same(begin, psql):
    runs = [begin("start", "one") for _ in range(4)]
    urls = {url_of(run.wait()) for run in runs}
    assert len(urls) == 1
    assert psql(urls.pop(), "SELECT 1") == [(1,)]


def test_stop_all_removes_all(scratch, home):
    for name in ("one", "two"):
        scratch("start", name).succeeds()
    assert names(scratch) == ["one", "two"]
    scratch("stop", "--all").succeeds()
    assert list(home.iterdir()) == []


def test_what_cannot_be_is_told(scratch):
    scratch("start", "one").succeeds()
    missing = scratch("stop", "two").ends_with(2)
    assert "there is no scratch server two" in missing.stderr and "one" in missing.stderr
    for name in ("Upper", "a/b", "..", "", "x" * 64):
        scratch("start", name).ends_with(2)
    for words in (["stop"], ["list", "x"], ["burn"], ["start", "a", "b"]):
        scratch(*words).ends_with(2)
    nowhere = scratch("start", "two", env={"REHOME_PG_BIN": "/nonexistent"}).ends_with(2)
    assert "REHOME_PG_BIN" in nowhere.stderr


# Dumps


def packed(path, folder):
    """The same with gzip, and with zstd where it is installed."""
    result = [folder / (path.name + ".gz")]
    result[0].write_bytes(gzip.compress(path.read_bytes()))
    if shutil.which("zstd"):
        result.append(folder / (path.name + ".zst"))
        subprocess.run(["zstd", "-q", "-o", result[1], path], check=True)
    return result


FORMATS = [
    ("c",), ("d",), ("d", "-Z0"), ("t",), ("p",), ("p", "-C", "-c"), ("p", "--inserts"), ("p", "--column-inserts", "-C", "--no-owner"),
    ("d", "--inserts", "-Z0"),
]  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS, ids=" ".join)
def test_every_format_comes_back_whole(scratch, psql, dump, shop, kind):
    url = url_of(scratch("start", "shop", "--dump", dump(*kind)))
    expected = psql(shop, SUMS.replace("nextval", "4 + 0 * length").replace("'crm.\"Odd", "'\"Odd"))
    [found] = psql(url, SUMS)
    owner = "rehome" if "--no-owner" in kind else "shop_owner"
    assert found == (*expected[0][:9], owner, True)
    [listed] = scratch("list", "--json").json["scratch"]
    assert listed["dump"] == str(dump(*kind).resolve()) and listed["name"].startswith("shop-")
    assert psql(url, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1") == [("postgres",), ("rehome",)]


def test_packed_plain_dumps_come_back(scratch, psql, dump, tmp_path):
    for path in packed(dump("p"), tmp_path):
        assert psql(url_of(scratch("start", "--dump", path)), "SELECT count(*) FROM crm.leads") == [(3000,)]


def test_a_restored_dump_is_not_restored_again_and_a_changed_one_is(scratch, psql, dump, tmp_path):
    path = tmp_path / "shop.dump"
    shutil.copy(dump("c"), path)
    first = url_of(scratch("start", "--dump", path))
    psql(first, "CREATE TABLE kept (id int)")
    assert url_of(scratch("start", "--dump", path)) == first
    assert psql(first, "SELECT count(*) FROM kept") == [(0,)]
    os.utime(path, (1, 1))
    assert url_of(scratch("start", "--dump", path)) != first


@pytest.mark.parametrize("kind", ["c", "p"])
@pytest.mark.parametrize("point", ["scratch.restore.schema", "scratch.restore.rows"])
def test_a_restore_killed_half_way_is_done_again(begin, scratch, psql, dump, kind, point):
    if begin("start", "--dump", dump(kind), env={"REHOME_FAULT": f"{point}:kill"}).wait().status == 0:
        pytest.skip("this build has no fault points")
    url = url_of(scratch("start", "--dump", dump(kind)))
    assert psql(url, "SELECT (SELECT count(*) FROM crm.leads), (SELECT count(*) FROM pg_indexes WHERE schemaname = 'crm')") == [
        (3000, 7)
    ]
    assert psql(url, "SELECT count(*) FROM pg_database WHERE datname LIKE 'restore%'") == [(0,)]


def test_an_interrupted_restore_ends_and_is_done_again(begin, scratch, psql, dump):
    running = begin("start", "--dump", dump("c"))
    running.wait_for("restoring")
    running.interrupt()
    assert running.wait(30).status in (0, 130)
    assert psql(url_of(scratch("start", "--dump", dump("c"))), "SELECT count(*) FROM crm.leads") == [(3000,)]


# What is needed


def test_only_the_rows_of_needed_tables_come_and_the_schema_stays_whole(restore_tables, psql, dump):
    for kind in (("c",), ("d",), ("t",)):
        restored = restore_tables(dump(*kind), '"crm"."leads"', '"crm"."nowhere"')
        url = url_of(restored)
        assert psql(
            url,
            """SELECT (SELECT count(*) FROM crm.leads), (SELECT count(*) FROM crm.companies), (SELECT count(*) FROM crm.calls),
                      (SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')),
                      (SELECT count(*) FROM pg_constraint WHERE conrelid = 'crm.leads'::regclass AND contype = 'p'),
                      (SELECT count(*) FROM pg_constraint WHERE conrelid = 'crm.leads'::regclass AND contype = 'f'),
                      (SELECT count(*) FROM pg_indexes WHERE indexname = 'leads_company')""",
        ) == [(3000, 0, 0, 9, 1, 0, 1)], kind
        assert "leads_company_id_fkey" in restored.stderr


def test_partitions_and_what_views_read_are_needed_too(restore_tables, psql, dump):
    url = url_of(restore_tables(dump("c"), '"crm"."calls"', '"crm"."names"', '"crm"."totals"'))
    assert psql(
        url, 'SELECT (SELECT count(*) FROM crm.calls), (SELECT count(*) FROM crm.names), (SELECT leads FROM crm.totals), '
        '(SELECT count(*) FROM crm."Odd Name")'
    ) == [(2000, 50, 3000, 0)]  # fmt: skip


def test_more_tables_needed_than_before_are_restored(restore_tables, psql, dump):
    first = url_of(restore_tables(dump("c"), '"crm"."leads"'))
    psql(first, "CREATE TABLE kept (id int)")
    assert url_of(restore_tables(dump("c"), '"crm"."leads"')) == first
    assert psql(first, "SELECT count(*) FROM kept") == [(0,)]
    second = url_of(restore_tables(dump("c"), '"crm"."leads"', '"crm"."companies"'))
    assert psql(second, "SELECT count(*) FROM crm.companies") == [(50,)]


@pytest.fixture
def broken(shared_server, psql, tmp_path):
    """A dump, plain and custom, with a table, a function and an extension that cannot come back."""
    url = shared_server.database(
        """CREATE EXTENSION citext;
           CREATE TABLE good (id int PRIMARY KEY, name text);
           CREATE TABLE bad (id int PRIMARY KEY, name citext);
           CREATE FUNCTION f(citext) RETURNS int LANGUAGE sql AS 'SELECT 1';
           INSERT INTO good SELECT i, 'it''s' FROM generate_series(1, 100) i;
           INSERT INTO bad SELECT i, E'it''s; \\n-- \\\\' FROM generate_series(1, 100) i"""
    )
    plain, custom = tmp_path / "broken.sql", tmp_path / "broken.dump"
    for path, kind in ((plain, "p"), (custom, "c")):
        subprocess.run([binary_folder() / "pg_dump", "-F", kind, "-f", path, url], check=True)
        path.write_bytes(path.read_bytes().replace(b"citext", b"zitext"))
    shared_server.drop_databases()
    return plain, custom


def test_what_is_not_needed_may_be_broken(restore_tables, psql, broken):
    for path in broken:
        restored = restore_tables(path, '"public"."good"')
        assert psql(url_of(restored), "SELECT count(*), min(name) FROM good") == [(100, "it's")]
        assert "not needed and left as it is: TABLE public.bad" in restored.stderr
        assert psql(url_of(restored), "SELECT count(*) FROM pg_constraint WHERE conname = 'good_pkey'") == [(1,)]


def test_what_is_needed_must_not_be_broken(restore_tables, scratch, broken):
    for path in broken:
        for failed in (restore_tables(path, '"public"."bad"'), scratch("start", "--dump", path)):
            failed.ends_with(1)
            assert "TABLE public.bad" in failed.stderr and "zitext" in failed.stderr and ".log" in failed.stderr
        assert "restored" not in scratch("list").stdout


# Damage


def cut(path, folder, part):
    result = folder / ("cut-" + path.name)
    content = path.read_bytes()
    result.write_bytes(content[: int(len(content) * part)])
    return result


@pytest.mark.parametrize("part", [0.002, 0.3, 0.7, 0.97])
def test_a_dump_that_is_cut_off_is_a_failure(scratch, dump, tmp_path, part):
    whole = [dump("c"), dump("t"), dump("p"), dump("p", "--inserts"), *packed(dump("p"), tmp_path)]
    for path in whole:
        failed = scratch("start", "--dump", cut(path, tmp_path, part), timeout=60)
        assert failed.status in (1, 2), failed
        assert path.name in failed.stderr and "hint:" in failed.stderr, failed
        assert failed.stdout == ""


@pytest.mark.parametrize("kind", [("d",), ("d", "-Z0")], ids=" ".join)
def test_a_folder_with_a_file_that_is_cut_off_is_a_failure(scratch, dump, tmp_path, kind):
    for damage in ("line", "byte", "gone"):
        folder = tmp_path / damage
        shutil.copytree(dump(*kind), folder)
        largest = max(folder.glob("[0-9]*.dat*"), key=lambda path: path.stat().st_size)
        content = largest.read_bytes()
        if damage == "gone":
            largest.unlink()
        elif damage == "line" and kind == ("d", "-Z0"):
            largest.write_bytes(b"".join(content.splitlines(keepends=True)[:100]))
        else:
            largest.write_bytes(content[: len(content) // 2])
        failed = scratch("start", "--dump", folder, timeout=60).ends_with(1)
        assert largest.name.split(".")[0] in failed.stderr and damage in failed.stderr


def write(path, content):
    path.write_bytes(content)
    return path


STRANGERS = {
    "empty": (b"", "empty"),
    "mysql.sql": (b"-- MySQL dump 10.13  Distrib 8.0\nCREATE TABLE `a` (b int);\n", "MySQL"),
    "data.csv": (b"id,name\n1,x\n", "no SQL"),
    "image.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
    "dump.bz2": (b"BZh91AY&SY", "bzip2"),
    "dump.zip": (b"PK\x03\x04\x14\0", "zip"),
    "dump16.sql": ("\ufeff--\n-- PostgreSQL database dump\n".encode("utf-16-le"), "UTF-16"),
    "data.json": (b'{"a": 1}', "JSON"),
    "packed.gz": (gzip.compress(b"PGDMP\x01\x0e"), "packed as a whole"),
    "noise.gz": (gzip.compress(b"no dump"), "no SQL"),
    "other.tar": (b"x.txt" + b"\0" * 252 + b"ustar" + b"\0" * 250, "tar"),
    "command.sql": (b"CREATE TABLE a (i int);\n\\copy a FROM 'x'\n", "\\copy"),
    "cluster.sql": (b"--\n-- PostgreSQL database cluster dump\n--\n\nSET a = 1;\n", "pg_dumpall"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_dump_is_refused_with_what_it_looks_like(scratch, tmp_path, home, name):
    content, words = STRANGERS[name]
    refused = scratch("start", "--dump", write(tmp_path / name, content)).ends_with(2)
    assert name in refused.stderr and words in refused.stderr
    assert names(scratch) == [] and list(home.iterdir()) == []


def test_a_missing_dump_and_an_empty_folder_are_refused(scratch, tmp_path):
    assert "no.dump" in scratch("start", "--dump", tmp_path / "no.dump").ends_with(2).stderr
    assert "toc.dat" in scratch("start", "--dump", tmp_path).ends_with(2).stderr


def test_a_script_that_pg_dump_did_not_write_is_run(scratch, psql, tmp_path):
    script = "\ufeffCREATE TABLE a (t text);\nCOPY a FROM stdin;\nit's \\\\ one\n\\.\nINSERT INTO a VALUES ('ä');\n"
    started = scratch("start", "--dump", write(tmp_path / "own.sql", script.encode()))
    assert psql(url_of(started), "SELECT t FROM a ORDER BY t COLLATE \"C\"") == [("it's \\ one",), ("ä",)]
    assert "not written by pg_dump" in started.stderr
    failed = scratch("start", "--dump", write(tmp_path / "wrong.sql", b"CREATE TABLE a (t text);\nSELECT x;\n")).ends_with(1)
    assert "line 2" in failed.stderr and '"x"' in failed.stderr


# Real ones


@pytest.mark.parametrize(
    "name, rows",
    [("pagila.dump", 16044), ("pagila.sql.zst", 16044), ("northwind.dump", 2155), ("northwind_inserts.sql.gz", 2155),
     ("employee.dump", 94917), ("netflix.dump", 8807), ("netflix.sql.gz", 8807)],
)  # fmt: skip
def test_real_dumps_come_back(scratch, psql, name, rows):
    if not (REAL_DUMPS / name).exists():
        pytest.skip("the folder of real dumps is not there")
    if name.endswith(".zst") and not shutil.which("zstd"):
        pytest.skip("zstd is not installed")
    table = {"pagila": "rental", "northwind": "order_details", "northwind_inserts": "order_details", "employee": "salary",
             "netflix": "netflix_shows"}[name.split(".")[0]]  # fmt: skip
    assert psql(url_of(scratch("start", "--dump", REAL_DUMPS / name)), f"SELECT count(*) FROM {table}") == [(rows,)]
