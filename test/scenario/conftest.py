"""Fixtures of the scenarios: servers that the tests start themselves, rehome as its users run it, and what can go wrong between.

    def test_a_promise(server, rehome, migration):
        source, target = server.database("CREATE TABLE ..."), server.database("CREATE TABLE ...")
        folder = migration({"migration.yaml": f"..."})
        rehome("run", cwd=folder).succeeds()
"""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support import browser as browsers  # noqa: E402
from support.example import Example  # noqa: E402
from support.program import Program  # noqa: E402
from support.proxy import Proxy  # noqa: E402
from support.server import Server, query, temporary_folder  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The files that take longest, of those that are run side by side: at the end nobody should have to wait for one of them.
LONGEST = """statements refused kill trouble backup scratch repair_odd repair retries assess dry_run rollback compat example_laiki
             example_clinic crosswalk bench example_unified_employees""".split()


def pytest_configure(config):
    config.addinivalue_line("markers", "full_size: moves all of an example; `make examples` runs these with all its rows")


def pytest_collection_modifyitems(items):
    places = {f"test_{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Starts private servers: `servers(port=True, wal_level="logical")`. All end with the session."""
    started = []

    def start(**settings):
        server = Server(folder=temporary_folder("rehome-server-"), keeps_sessions=True, **settings)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.remove()


@pytest.fixture(scope="session")
def shared_server(servers):
    return servers()


@pytest.fixture
def server(shared_server):
    """The server that most scenarios share. Its databases are the scenario's own and go with it."""
    shared_server.start()
    yield shared_server
    shared_server.start()
    shared_server.drop_databases()


@pytest.fixture
def other_server(servers, request):
    """A server of the scenario's own, to be stopped, filled up or configured: see `Server`."""
    server = servers(**getattr(request, "param", {}))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def psql():
    """`psql(url, sql, *values)` runs statements and returns the rows of the last one."""
    return query


@pytest.fixture
def migration(tmp_path):
    """`migration({"migration.yaml": "...", "sql/leads.sql": "..."})` writes a migration's folder and returns its path."""
    count = 0

    def write(files, folder=None):
        nonlocal count
        count += 1
        folder = pathlib.Path(folder) if folder else tmp_path / f"migration{count}"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def rehome(tmp_path):
    """`rehome("run", "-q", cwd=folder, env={...})` runs the program to its end; `rehome.start(...)` does not wait.

    Every run is checked for reports of the sanitizers, and none outlives its scenario."""
    binary = pathlib.Path(os.environ.get("REHOME_BINARY", ROOT / "build-test" / "rehome")).resolve()
    if not binary.exists():
        pytest.fail(f"{binary} is not there: run make build-test, or set REHOME_BINARY")
    program = Program(binary, tmp_path)
    yield program
    program.kill_all()


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window: see `Browser`. `make check` installs it and does not do without."""
    missing = browsers.missing()
    if missing and os.environ.get("REHOME_CHECK"):
        pytest.fail(f"{missing} is not there: run scripts/install-deps browser")
    if missing:
        pytest.skip(f"NO BROWSER: {missing} is not there; scripts/install-deps browser installs it")
    one = browsers.Browser()
    yield one
    one.close()


@pytest.fixture(scope="session")
def perhaps_browser(request):
    """The same for tests that have more to say than a browser; None where it is missing."""
    return None if browsers.missing() and not os.environ.get("REHOME_CHECK") else request.getfixturevalue("browser")


@pytest.fixture
def migrated(server, rehome, migration):
    """`migrated(source_sql, target_sql, entities, files)` runs a migration and returns its folder and both URLs."""

    def run(source_sql, target_sql, entities="leads: { from: leads }", files=None, status=0):
        source, target = server.database(source_sql), server.database(target_sql)
        manifest = f"rehome: 1\nname: moved\nsource: {source}\ntarget: {target}\nentities:\n  {entities}\n"
        folder = migration({"migration.yaml": manifest, **(files or {})})
        rehome("run", "-q", cwd=folder).ends_with(status)
        return folder, source, target

    return run


@pytest.fixture
def proxy():
    """`proxy(port)` starts a TCP proxy in front of a server's port: see `Proxy`."""
    started = []

    def start(port, **options):
        started.append(Proxy(port, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def example(server, rehome):
    """`example("stock-batches")` loads the legacy data of an example and returns it: see `Example`.

    Where the migration has a target of its own, `target_server` is the server for it."""
    loaded = []

    def load(name, rows=None, target_server=None, **environment):
        loaded.append(Example(name, rehome, server, environment, rows, target_server))
        return loaded[-1]

    yield load
    for one in loaded:
        one.leave()
