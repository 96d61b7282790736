"""A transform that was changed after a run: its rows go and come again, whatever stands on their tables by then."""

import pytest
from support import shop
from support.server import query

# Author 7 has no name: she is a reject, and so are the books that she has written.
BAD = shop.OLD.replace("name text NOT NULL", "name text") + "UPDATE authors SET name = NULL WHERE id = 7;"
WRITTEN = 8  # books of author 7
MENDED = "SELECT id, coalesce(name, 'nobody') AS name FROM authors\n"
LOUDER = "SELECT id, author_id AS writer_id, upper(title) AS title, price, sold::date AS sold\n  FROM books\n"

STANDS = """
SELECT conname, convalidated FROM pg_constraint WHERE conrelid IN ('writer'::regclass, 'book'::regclass) AND contype IN ('p', 'f') ORDER BY conname"""
WHOLE = [("book_pkey", True), ("book_writer_id_fkey", True), ("writer_pkey", True)]


@pytest.fixture
def refused(server, migration, rehome):
    """`refused(writer=…, book=…)` has run a shop that ended with rejects; all keys are back."""

    def make(new=shop.NEW, **more):
        source, target = server.database(BAD), server.database(new)
        folder = migration(shop.files(source, target, **more))
        rehome("run", cwd=folder).ends_with(3)
        assert query(target, STANDS) == WHOLE
        return folder, target

    return make


def has_all(rehome, folder, target):
    assert query(target, STANDS) == WHOLE
    assert query(target, "SELECT (SELECT count(*) FROM writer), (SELECT count(*) FROM book)") == [(50, 400)]
    assert query(target, "SELECT count(*) FROM rehome.reject") == [(0,)]
    assert query(target, "SELECT name FROM writer WHERE id = 7") == [("nobody",)]
    rehome("verify", cwd=folder).succeeds()


@pytest.mark.parametrize("keys", ["", "indexes: keep"])
def test_parents_and_children_that_were_both_changed_come_again(keys, refused, rehome):
    folder, target = refused(writer=keys, book=keys)
    (folder / "sql/writer.sql").write_text(MENDED)
    (folder / "sql/book.sql").write_text(LOUDER)
    ended = rehome("run", "--jobs", 2, cwd=folder).succeeds()
    assert 'entity "writer" was changed' in ended.stderr and 'entity "book" was changed' in ended.stderr, ended
    assert query(target, "SELECT count(*) FROM book WHERE title = upper(title)") == [(400,)]
    has_all(rehome, folder, target)


def test_a_parent_alone_comes_again_under_its_children(refused, rehome):
    folder, target = refused()
    (folder / "sql/writer.sql").write_text(MENDED)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    assert query(target, STANDS) == WHOLE
    assert query(target, "SELECT (SELECT count(*) FROM writer), (SELECT count(*) FROM book)") == [(50, 400 - WRITTEN)]
    rehome("rejects", "retry", cwd=folder).succeeds()
    rehome("run", cwd=folder).succeeds()
    has_all(rehome, folder, target)


def test_children_of_a_parent_that_is_gone_are_rejects(refused, rehome):
    folder, target = refused()
    (folder / "sql/writer.sql").write_text(MENDED.rstrip() + " WHERE id <> 8\n")
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    assert query(target, STANDS) == WHOLE
    assert query(target, "SELECT count(*) FROM book WHERE writer_id = 8") == [(0,)]
    assert query(target, "SELECT count(*) FROM rehome.reject WHERE entity = 'book'") == [(2 * WRITTEN,)]
    rehome("verify", cwd=folder).succeeds()


def test_a_child_alone_comes_again(refused, rehome):
    folder, target = refused()
    (folder / "sql/book.sql").write_text(LOUDER)
    rehome("run", "--jobs", 2, cwd=folder).ends_with(3)
    assert query(target, STANDS) == WHOLE
    assert query(target, "SELECT count(*) FROM book WHERE title = upper(title)") == [(400 - WRITTEN,)]
    rehome("verify", cwd=folder).succeeds()


def test_triggers_are_kept_quiet_again(refused, rehome):
    shout = """CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
               CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON writer FOR EACH ROW EXECUTE FUNCTION shout();"""
    folder, target = refused(new=shop.NEW + shout, writer="triggers: hold")
    (folder / "sql/writer.sql").write_text(MENDED)
    rehome("run", cwd=folder).ends_with(3)
    assert query(target, "SELECT count(*) FROM writer WHERE name = upper(name)") == [(0,)]
    assert query(target, "SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'shout'") == [("O",)]


def test_tables_in_a_circle_come_again(server, migration, rehome):
    old = "CREATE TABLE a (id int PRIMARY KEY, b int, n text); CREATE TABLE b (id int PRIMARY KEY, a int, n text);"
    rows = """INSERT INTO a SELECT i, i, 'a' || i FROM generate_series(1, 40) i; INSERT INTO b SELECT i, 41 - i, 'b' || i FROM generate_series(1, 40) i;
              UPDATE a SET n = NULL WHERE id = 40; UPDATE b SET a = NULL WHERE a = 40;"""
    new = old.replace("n text", "n text NOT NULL") + "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a;"
    source, target = server.database(old + rows), server.database(new)
    select = "SELECT id, {}, n || '{}' AS n FROM {}"
    files = {"migration.yaml": f"rehome: 1\nname: m\nsource: {source}\ntarget: {target}\nentities:\n"
             "  a: { from: a, transform: a.sql }\n  b: { from: b, transform: b.sql }\n"}
    files |= {"a.sql": select.format("b", "", "a"), "b.sql": select.format("a", "", "b")}
    folder = migration(files)
    rehome("run", cwd=folder).ends_with(3)
    assert query(target, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)") == [(39, 40)]
    (folder / "a.sql").write_text(select.format("b", "!", "a").replace("n ||", "coalesce(n, '') ||"))
    (folder / "b.sql").write_text(select.format("a", "!", "b"))
    rehome("run", "--jobs", 2, cwd=folder).succeeds()
    assert query(target, "SELECT (SELECT count(*) FROM a WHERE n LIKE '%!'), (SELECT count(*) FROM b WHERE n LIKE '%!')") == [(40, 40)]
    assert query(target, "SELECT count(*) FROM pg_constraint WHERE conrelid IN ('a'::regclass, 'b'::regclass) AND contype = 'f' AND convalidated") == [(2,)]


def test_killed_in_between_it_goes_on(refused, rehome):
    folder, target = refused()
    (folder / "sql/writer.sql").write_text(MENDED)
    (folder / "sql/book.sql").write_text(LOUDER)
    assert rehome("run", "--jobs", 1, cwd=folder, env={"REHOME_FAULT": "engine.step.committed:kill:2"}).status < 0
    rehome("run", cwd=folder).succeeds()
    has_all(rehome, folder, target)
    rehome("rollback", "--yes", cwd=folder).succeeds()
    assert query(target, "SELECT (SELECT count(*) FROM writer), (SELECT count(*) FROM book)") == [(0, 0)]
    assert query(target, STANDS) == WHOLE
