"""The tests' own tools do what the scenarios rely on."""

import psycopg
import pytest


def test_a_database_is_fresh_utf8_and_sorted_by_bytes(server, psql):
    url = server.database("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
    assert psql(url, "SELECT count(*) FROM t") == [(2,)]
    assert psql(url, "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()") == [
        ("UTF8", "C.UTF-8")
    ]


def test_a_crashed_server_comes_back(other_server, psql):
    url = other_server.database("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    other_server.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        psql(url, "SELECT 1")
    other_server.start()
    assert psql(url, "SELECT id FROM t") == [(1,)]


@pytest.mark.parametrize("other_server", [{"port": True}], indirect=True)
def test_a_proxy_passes_on_and_cuts(other_server, proxy):
    other_server.database(name="shop")
    before = proxy(other_server.port)
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{before.port}/shop") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        before.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{before.port}/shop", autocommit=True) as connection:
        before.cut_after(10)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1, 2, 3, 4, 5, 6, 7")
