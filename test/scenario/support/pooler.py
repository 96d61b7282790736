"""PgBouncer in front of a server."""

import os
import shutil
import subprocess
import time

import psycopg

from support.server import free_port

BINARY = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"


class Pooler:
    def __init__(self, server, mode, **settings):
        self.port, self.server = free_port(), server
        settings = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "any",
            "pool_mode": mode, "logfile": server.folder / "pooler.log", **settings,
        }
        conf = server.folder / f"pooler{self.port}.ini"
        conf.write_text(
            f"[databases]\n* = host={server.folder} port={server.port} user=postgres\n[pgbouncer]\n"
            + "".join(f"{name} = {value}\n" for name, value in settings.items()),
            encoding="utf-8",
        )
        self.process = subprocess.Popen(
            [BINARY, "-q", conf], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **server.demoted()
        )

    @staticmethod
    def is_installed():
        return os.path.exists(BINARY)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def wait_until_ready(self, database):
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url(database)).close()
                return self
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def close(self):
        self.process.kill()
        self.process.wait()
