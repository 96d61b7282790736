"""A row that the target refuses becomes a reject with its key and its reason, and all others arrive, whichever way they go."""

import pytest
from support.server import query

ROWS = 3000

OLD = f"""
CREATE TABLE old_lead (id bigint PRIMARY KEY, email text, age int, nick text, score text, mood text, doc json, born text);
INSERT INTO old_lead SELECT i, 'lead' || i || '@example.org', 18 + i % 60, 'n' || i, (1 + i % 1000)::text, 'happy', json_build_object('i', i),
                            '2001-02-03' FROM generate_series(1, {ROWS}) i;
"""

TYPES = """
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN short AS varchar(12);
"""

NEW = (
    TYPES
    + """
CREATE TABLE lead (id bigint PRIMARY KEY, email text NOT NULL, age int CONSTRAINT grown_up CHECK (age >= 18), nick short,
                   score positive, mood mood, doc jsonb, born date);
"""
)

TRANSFORM = "SELECT id, email, age, nick, score::int AS score, mood, doc, born FROM old_lead\n"

# What makes a row bad, and what is to be said of it: reason, SQLSTATE, constraint, column.
BAD = {
    "email = NULL": ("not_null:email", "23502", None, "email"),
    "age = 3": ("check:grown_up", "23514", "grown_up", None),
    "score = '-4'": ("check:positive_check", "23514", "positive_check", "score"),
    "mood = 'bored'": ("invalid_enum:mood", "22P02", None, "mood"),
    "doc = '{\"a\": \"\\u0000\"}'": ("lossy:doc", None, None, "doc"),
    "born = '2024-02-31'": ("invalid_time:born", "22008", None, "born"),
}


def manifest(source, target, **entity):
    keys = {"from": "old_lead", "into": "lead", "transform": "sql/lead.sql", **entity}
    return {
        "migration.yaml": f"rehome: 1\nname: refused\nsource: {source}\ntarget: {target}\nentities:\n  lead:\n"
        + "".join(f"    {name}: {value}\n" for name, value in keys.items()),
        "sql/lead.sql": TRANSFORM,
    }


class Way:
    """Two databases, or one, with the manifest between them."""

    def __init__(self, name, server, migration):
        self.name, self._migration = name, migration
        if name == "inside" or name == "inside upsert":
            self.source = self.target = server.database(OLD + NEW)
        else:
            self.source, self.target = server.database(OLD), server.database(NEW)
        if "upsert" in name:
            query(self.target, "INSERT INTO lead (id, email, age) SELECT i, 'old', 20 FROM generate_series(1, 3000, 7) i")
        if name == "skip":
            query(self.target, "INSERT INTO lead (id, email, age) SELECT i, 'old', 20 FROM generate_series(-5, -1) i")

    def folder(self, transform=TRANSFORM, **entity):
        if "upsert" in self.name:
            entity.setdefault("write", "upsert")
        if self.name == "skip":
            entity.setdefault("write", "skip")
        if self.name == "load":
            entity.setdefault("load", "SELECT s.* FROM staged s WHERE s.id > 0")
        files = manifest(self.source, "same" if self.source == self.target else self.target, **entity)
        return self._migration({**files, "sql/lead.sql": transform})


@pytest.fixture(params=["stream", "upsert", "skip", "load", "inside", "inside upsert"])
def way(request, server, migration):
    return Way(request.param, server, migration)


def spoil(url, spoilt):
    """Makes rows bad: {id: what}."""
    for key, what in spoilt.items():
        query(url, f"UPDATE old_lead SET {what} WHERE id = {key}")


def rejects(url):
    rows = query(
        url,
        "SELECT source_key->>'id', reason, sqlstate, constraint_name, column_name FROM rehome.reject ORDER BY (source_key->>'id')::bigint",
    )
    return {int(key): tuple(rest) for key, *rest in rows}


def books(url):
    """read, written, unchanged, filtered, rejected."""
    return query(url, "SELECT sum(read), sum(written), sum(unchanged), sum(filtered), sum(rejected) FROM rehome.chunk WHERE state = 'done'")[0]


def arrived(url, where="id > 0"):
    return {key for (key,) in query(url, f"SELECT id FROM lead WHERE {where}")}


def old_rows(way):
    return set(range(1, ROWS + 1, 7)) if "upsert" in way.name else set()


def test_every_guilty_row_is_a_reject_and_all_others_arrive(way, rehome):
    spoilt = {17 + 331 * i: what for i, what in enumerate([*BAD, "email = NULL", "age = 2"])}
    spoil(way.source, spoilt)
    rehome("run", cwd=way.folder()).ends_with(3)
    wanted = {key: BAD.get(what, BAD["age = 3"]) for key, what in spoilt.items()}
    assert rejects(way.target) == wanted
    assert arrived(way.target) == set(range(1, ROWS + 1)) - set(spoilt) | old_rows(way)
    read, written, unchanged, filtered, rejected = books(way.target)
    assert (read, written + unchanged, filtered, rejected) == (ROWS, ROWS - len(spoilt), 0, len(spoilt))
