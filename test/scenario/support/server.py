"""A private PostgreSQL server: its own folder, its own socket, gone with the tests."""

import atexit
import contextlib
import functools
import itertools
import os
import pathlib
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg
from psycopg import sql

SETTINGS = {
    "fsync": "off",  # synchronous_commit stays on: what was committed must survive stop("immediate")
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "1h",
    "log_min_messages": "log",
    "timezone": "America/New_York",  # not ours, so that leaning on the server's settings shows
    "datestyle": "SQL, DMY",
}


@functools.cache
def binary_folder():
    """Where initdb and postgres are: they are not in PATH on Debian."""
    candidates = [os.environ.get("PG_BINDIR")]
    candidates += sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    if shutil.which("pg_config"):
        candidates.append(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip())
    for folder in candidates:
        if folder and os.path.exists(os.path.join(folder, "initdb")):
            return pathlib.Path(folder)
    raise RuntimeError("PostgreSQL's initdb is not installed: run scripts/install-deps, or set PG_BINDIR")


def temporary_folder(prefix):
    """In memory where there is much room, since nothing of a test outlives the machine; else on the disk."""
    with contextlib.suppress(OSError):
        memory = os.statvfs("/dev/shm")
        if memory.f_bavail * memory.f_frsize > 4 << 30:
            return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir="/dev/shm"))
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))


def unprivileged_user():
    """PostgreSQL refuses to run as root; None when we are not root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("neither a user postgres nor nobody exists to run a server as")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(url, **options):
    return psycopg.connect(url, **{"autocommit": True, **options})


def ask(connection, statements, values):
    cursor = connection.execute(statements, values or None)
    while cursor.nextset():
        pass
    return cursor.fetchall() if cursor.description else []


def query(url, statements, *values):
    """Runs statements (several only without values) and returns the rows of the last one, [] when it gives none.

    In a session as good as new; where the server `keeps_sessions` it is the one of last time, without anything that it had."""
    session = sessions.take(url)
    if not session:
        with connect(url) as connection:
            return ask(connection, statements, values)
    try:
        return ask(session, statements, values)
    finally:
        sessions.give_back(url, session)


class Sessions:
    """One for each database that is asked again and again: to start one takes the server as long as most questions do."""

    def __init__(self):
        self.kept, self.urls = {}, set()

    def take(self, url):
        """None where none is kept. One that has something to say was ended by somebody."""
        if url not in self.urls:
            return None
        session = self.kept.pop(url, None)
        if session and select.select([session.fileno()], [], [], 0)[0]:
            session.close()
            session = None
        return session or connect(url, prepare_threshold=None)  # DISCARD ALL takes what was prepared

    def give_back(self, url, session):
        try:
            session.execute("DISCARD ALL")
        except psycopg.Error:  # in a transaction, or its server has gone
            session.close()
        else:
            if url not in self.kept and url in self.urls:  # another thread may have given one back
                self.kept[url] = session
            else:
                session.close()

    def leave(self, urls):
        """Nobody may be connected to what is dropped, copied or shut down."""
        for url in urls:
            if url in self.kept:
                self.kept.pop(url).close()


sessions = Sessions()


class Server:
    """`Server(port=True, wal_level="logical")`: keywords but `port`, `hba`, `folder` and `keeps_sessions` are settings of postgresql.conf.

    With `port` it listens on loopback as well; without it there is only the socket. The superuser is `postgres`,
    and everybody is trusted unless `hba` says otherwise."""

    _numbers = itertools.count(1)

    def __init__(self, port=False, hba=None, folder=None, keeps_sessions=False, **settings):
        self.binaries = binary_folder()
        self.user = unprivileged_user()
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="rehome-server-", dir="/tmp"))
        self.data = self.folder / "data"
        self.listens, self.keeps_sessions = port, keeps_sessions
        self.port = free_port() if port else 5432
        self.process = None
        self.databases = []
        self.administrator = None  # a session that stays, since each costs a process
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder, 0o755)  # everybody may use the socket
        atexit.register(self.remove)
        self._initialise(hba, {**SETTINGS, **settings})

    def _initialise(self, hba, settings):
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        settings = {
            **settings,
            "port": self.port,
            "listen_addresses": "127.0.0.1" if self.listens else "",
            "unix_socket_directories": self.folder,
            "unix_socket_permissions": "0777",
        }
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        if hba:
            (self.data / "pg_hba.conf").write_text(hba, encoding="utf-8")

    def demoted(self):
        return dict(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[]) if self.user else {}

    def _run(self, program, *arguments):
        subprocess.run(
            [self.binaries / program, *map(str, arguments)],
            check=True, cwd="/", stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **self.demoted(),
        )

    # control

    def start(self):
        """Starts it unless it runs, and waits until it can be used."""
        if self.process and self.process.poll() is None:
            return self._wait_until_ready()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data],
                cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self.demoted(),
            )
        self._wait_until_ready()

    def _wait_until_ready(self, timeout=60):
        deadline = time.monotonic() + timeout
        while True:
            try:
                self._ask("SELECT 1")
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server did not start:\n{self.log()[-3000:]}") from None
                time.sleep(0.02)

    def _ask(self, statement, *values):
        """One statement, as superuser in the database postgres; the rows it gives."""
        if self.administrator:
            try:
                self.administrator.execute("SELECT 1")  # the server may have been restarted
            except psycopg.OperationalError:
                self._forget()
        self.administrator = self.administrator or connect(self.url("postgres"))
        cursor = self.administrator.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def _forget(self):
        if self.administrator:
            self.administrator.close()
        self.administrator = None

    def stop(self, mode="fast"):
        """`smart`, `fast` or `immediate` (a crash)."""
        self._forget()
        sessions.leave(map(self.url, self.databases))
        if self.process and self.process.poll() is None:
            signals = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
            self.process.send_signal(signals[mode])
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(60)
        self.process = None

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def reload(self, **settings):
        """Changes settings of the running server."""
        for name, value in settings.items():
            self._ask(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(str(value))))
        self._ask("SELECT pg_reload_conf()")

    def remove(self):
        if self.folder.exists():
            self.stop("immediate")
            shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.remove)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    # databases

    def url(self, database, user="postgres", tcp=False, password=None):
        secret = f":{password}" if password else ""
        if tcp:
            return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{user}{secret}@/{database}?host={self.folder}&port={self.port}"

    def database(self, statements=None, name=None, user="postgres", tcp=False):
        """Makes a database (UTF8, C.UTF-8), runs `statements` in it and returns its URL."""
        name = name or f"db{next(self._numbers)}"
        version = int(self._ask("SHOW server_version_num")[0][0])
        # file_copy would make a checkpoint first; wal_log came with PostgreSQL 15
        strategy = " STRATEGY wal_log" if version >= 150000 else ""
        create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'" + strategy
        self._ask(sql.SQL(create).format(sql.Identifier(name)))
        self.databases.append(name)
        if self.keeps_sessions:
            sessions.urls.add(self.url(name))
        if statements:
            query(self.url(name), statements)
        return self.url(name, user=user, tcp=tcp)

    def drop_databases(self):
        slots = "SELECT slot_name FROM pg_replication_slots WHERE database = ANY (%s) AND NOT active"
        for row in self._ask(slots, self.databases):
            self._ask("SELECT pg_drop_replication_slot(%s)", *row)
        self.empty(self.databases)
        sessions.urls.difference_update(map(self.url, self.databases))
        for name in self.databases:
            self._ask(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.databases.clear()

    def empty(self, databases):
        """Lets the sessions that have just been closed come to their end; where DROP DATABASE meets one, it sleeps a tenth of a second."""
        sessions.leave(map(self.url, databases))
        connected = "SELECT 1 FROM pg_stat_activity WHERE datname = ANY (%s) LIMIT 1"
        for pause in (0.002, 0.004, 0.008, 0.016, 0.032):
            if not self._ask(connected, list(databases)):
                break
            time.sleep(pause)
