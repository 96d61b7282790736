"""A pooler that keeps sessions is as good as the server; one that does not is refused before anything happens."""

import os
import subprocess

import pytest

from support.pooler import Pooler
from test_integration import BUILD

pytestmark = pytest.mark.skipif(not Pooler.is_installed(), reason="pgbouncer is not installed")


def open_through(server, mode, **settings):
    name = server.database().partition("@/")[2].partition("?")[0]
    pooler = Pooler(server, mode, **settings)
    try:
        pooler.wait_until_ready(name)
        return subprocess.run(
            [BUILD / "open_connection", pooler.url(name)], capture_output=True, text=True, timeout=60,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
        )
    finally:
        pooler.close()


def test_sessions_of_a_pooler_can_be_used(server):
    ended = open_through(server, "session")
    assert (ended.returncode, ended.stdout) == (0, "")


def test_a_pool_of_one_session_can_be_used(server):
    ended = open_through(server, "session", default_pool_size=1)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("pool_size", [1, 20])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_pooler_that_shares_sessions_is_refused_with_the_remedy(server, mode, pool_size):
    ended = open_through(server, mode, default_pool_size=pool_size)
    assert ended.returncode == 2
    assert "behind a connection pooler" in ended.stdout
    assert "pool_mode = session" in ended.stdout
