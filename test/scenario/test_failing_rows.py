"""A transform that fails for some driving rows: these are rejects, and whoever asks it again, to prove or to find a row, does not ask for them."""

import json

import pytest
from support.server import query

ROWS = 21000  # six chunks with three workers
OLD = f"""
CREATE TABLE books (id int PRIMARY KEY, title text, price text, author int);
CREATE TABLE authors (id int PRIMARY KEY, name text);
INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(1, 50) i;
INSERT INTO books SELECT i, 'title ' || i, i || '.50', 1 + i % 50 FROM generate_series(1, {ROWS}) i; ANALYZE;
"""
NEW = "CREATE TABLE book (id int PRIMARY KEY, title text, price numeric);"

TRANSFORMS = {
    "a cast": {"transform": "SELECT id, title, price::numeric AS price FROM books"},
    "a condition": {"transform": "SELECT id, title, price::numeric AS price FROM books WHERE price::numeric > 0"},
    "a join": {"transform": "SELECT b.id, a.name AS title, b.price::numeric AS price FROM books b JOIN authors a ON a.id = b.author WHERE b.price::numeric > 0"},
    "a rule": {"transform": "SELECT id, title, price::numeric AS price FROM books", "rejects": {"cheap": "price < 1"}},
    "a load": {"transform": "SELECT id, title, price::numeric AS price FROM books WHERE price::numeric > 0", "load": "SELECT id, title, price FROM staged"},
}


@pytest.fixture
def migrate(server, migration):
    """`migrate(entity, inside, there)` writes a migration of books; returns folder, source and target."""

    def make(entity, inside=False, new=NEW):
        source = server.database(OLD + new if inside else OLD)
        target = source if inside else server.database(new)
        manifest = {"rehome": 1, "name": "m", "source": source, "target": "same" if inside else target, "entities": {"book": {"from": "books"} | entity}}
        return migration({"migration.yaml": json.dumps(manifest)}), source, target

    return make


def break_rows(source, rehome, migrate, entity):
    """The first and the last row of a chunk, one in its middle, and the very first and last: as a run before has cut them."""
    folder, same, target = migrate(entity)
    rehome("run", "--jobs", 3, cwd=folder).succeeds()
    low, high = sorted(query(target, "SELECT low[1]::int, high[1]::int FROM rehome.chunk WHERE low IS NOT NULL AND high IS NOT NULL"))[1]
    broken = [1, low, (low + high) // 2, high - 1, ROWS]
    query(source, f"UPDATE books SET price = 'free' WHERE id IN ({', '.join(map(str, broken))})")
    return broken


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("what", TRANSFORMS)
def test_they_are_rejects_and_the_rest_is_proved(what, inside, migrate, rehome):
    folder, source, target = migrate(TRANSFORMS[what], inside)
    broken = break_rows(source, rehome, migrate, {"transform": "SELECT id, title, price::numeric AS price FROM books"})
    rehome("run", "--jobs", 3, cwd=folder).ends_with(3)
    found = query(target, "SELECT (source_key->>'id')::int, reason, source_row, driving_row->>'price' FROM rehome.reject WHERE reason <> 'cheap' ORDER BY 1")
    assert [row[0] for row in found] == broken
    assert {row[1:] for row in found} == {(found[0][1], None, "free")} and found[0][1].startswith("invalid_text")
    assert query(target, "SELECT count(*) FROM book") == [(ROWS - len(broken),)]
    book, = rehome("verify", "--json", cwd=folder).succeeds().json["entities"]
    assert (book["source_rows"], book["missing"], book["extra"], book["different"]) == (ROWS - len(broken), 0, 0, 0)
    query(target, f"UPDATE book SET price = 0 WHERE id = {broken[2] + 1}")
    assert '{"id": %d}' % (broken[2] + 1) in rehome("verify", cwd=folder).ends_with(4).stdout.replace('":', '": ')


def test_rows_of_others_in_the_table_make_no_difference(migrate, rehome):
    """There rows are compared one by one."""
    there = NEW + "INSERT INTO book SELECT i, 'theirs', 0 FROM generate_series(1, 40000, 7) i;"
    folder, source, target = migrate(TRANSFORMS["a condition"], new=there)
    query(source, "UPDATE books SET price = 'free' WHERE id IN (1, 500, 501, 21000)")
    rehome("run", "--jobs", 3, cwd=folder).ends_with(3)
    rehome("verify", cwd=folder).succeeds()
    assert query(target, "SELECT title FROM book WHERE id = 1") == [("theirs",)]


def test_rows_that_a_key_refuses_are_found_among_the_others(migrate, rehome):
    folder, source, target = migrate(TRANSFORMS["a condition"], new=NEW.replace("title text", "title text UNIQUE"))
    query(source, "UPDATE books SET price = 'free' WHERE id IN (1, 500, 21000); UPDATE books SET title = 'title 77' WHERE id IN (80, 20000)")
    rehome("run", "--jobs", 3, cwd=folder).ends_with(3)
    found = query(target, "SELECT (source_key->>'id')::int, split_part(reason, ':', 1) FROM rehome.reject ORDER BY 1")
    assert found == [(1, "invalid_text"), (80, "unique"), (500, "invalid_text"), (20000, "unique"), (21000, "invalid_text")]
    rehome("verify", cwd=folder).succeeds()
