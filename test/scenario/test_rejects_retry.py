"""Rejects are brought in by a transform that was mended, and by nothing else; none is lost on the way."""


import pytest

from support import shop
from support.server import query

OLD = """
CREATE TABLE authors (id int PRIMARY KEY, name text);
CREATE TABLE books (id int PRIMARY KEY, author_id int, title text, price numeric, sold text);
INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(1, 50) i;
INSERT INTO books SELECT i, 1 + i % 50, CASE WHEN i % 7 = 0 THEN NULL ELSE 'title ' || i END, CASE WHEN i % 10 = 0 THEN 5000 ELSE i END, '2024-01-01'
  FROM generate_series(1, 400) i;
"""
NEW = """
CREATE TABLE writer (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (id int PRIMARY KEY, writer_id int REFERENCES writer, title text NOT NULL, price numeric CHECK (price < 1000), sold date);
"""
# 57 books have no title and 40 are too dear, 5 of them are both
BAD = "SELECT id, author_id AS writer_id, title, price, sold::date AS sold FROM books\n"
GOOD = BAD.replace("title,", "coalesce(title, 'untitled') AS title,").replace(" price,", " nullif(price, 5000) AS price,")
HALF = BAD.replace("title,", "coalesce(title, 'untitled') AS title,")


@pytest.fixture(params=["stream", "inside"])
def stopped(request, server, migration, rehome):
    """A shop of 400 books of which 92 were refused; its folder and target."""
    source = server.database(OLD)
    if request.param == "inside":
        query(source, "CREATE SCHEMA new; SET search_path = new; " + NEW)
        target, name = source, "same"
        files = shop.files(source, name, writer="into: new.writer", book="into: new.book", books=BAD)
    else:
        target = server.database("CREATE SCHEMA new; SET search_path = new; " + NEW)
        files = shop.files(source, target, writer="into: new.writer", book="into: new.book", books=BAD)
    folder = migration(files)
    rehome("run", cwd=folder).ends_with(3)
    assert books(target) == 400 - 57 - 40 + 5
    return folder, target


def books(target):
    return query(target, "SELECT count(*) FROM new.book")[0][0]


def ledger(target):
    return query(target, "SELECT sum(driving)::int, sum(read)::int, sum(written)::int, sum(rejected)::int FROM rehome.chunk WHERE entity = 'book'")[0]


def is_sound(target, rejected):
    assert ledger(target) == (400, 400, 400 - rejected, rejected)
    assert query(target, "SELECT count(*), count(DISTINCT source_key) FROM rehome.reject") == [(rejected, rejected)]
    assert books(target) == 400 - rejected


def test_a_mended_transform_brings_them_all_in(stopped, rehome):
    folder, target = stopped
    (folder / "sql/book.sql").write_text(GOOD)
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).succeeds().json["entities"]
    assert (done["entity"], done["retried"], done["arrived"], done["rejected_again"], done["left"], done["mended"]) == ("book", 92, 92, 0, 0, True)
    is_sound(target, 0)
    assert query(target, "SELECT title, price FROM new.book WHERE id = 70") == [("untitled", None)]
    assert query(target, "SELECT count(*) FROM rehome.event WHERE event = 'entity.mended'") == [(1,)]
    # what was verified was not all of it
    assert "rehome run" in rehome("status", cwd=folder).succeeds().stdout
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT state, target_rows FROM rehome.verification WHERE entity = 'book'") == [("passed", 400)]
    again = rehome("rejects", "retry", cwd=folder).succeeds()
    assert "There are no rejects." in again.stderr


def test_what_is_refused_again_is_a_reject_again(stopped, rehome):
    folder, target = stopped
    rehome("rejects", "retry", cwd=folder).ends_with(3)
    is_sound(target, 92)
    assert query(target, "SELECT DISTINCT attempt FROM rehome.reject") == [(2,)]
    (folder / "sql/book.sql").write_text(HALF)
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).ends_with(3).json["entities"]
    assert (done["retried"], done["arrived"], done["rejected_again"]) == (92, 52, 40)
    is_sound(target, 40)
    assert query(target, "SELECT DISTINCT attempt FROM rehome.reject") == [(3,)]
    assert query(target, "SELECT bool_and(source_key ->> 'id' LIKE '%0') FROM rehome.reject") == [(True,)]


def test_one_key_one_reason_and_one_entity_are_chosen(stopped, rehome):
    folder, target = stopped
    (folder / "sql/book.sql").write_text(GOOD)
    rehome("rejects", "retry", "7", "id=14", cwd=folder).ends_with(3)
    is_sound(target, 90)
    rehome("rejects", "retry", "--reason", "not_null", cwd=folder).ends_with(3)
    assert query(target, "SELECT count(*) FROM rehome.reject WHERE reason LIKE 'not_null%'") == [(0,)]
    rehome("rejects", "retry", "--entity", "writer", cwd=folder).ends_with(3)
    rehome("rejects", "retry", "--entity", "book", cwd=folder).succeeds()
    is_sound(target, 0)
    rehome("run", cwd=folder).succeeds()


def test_a_row_that_the_transform_leaves_out_now_is_filtered(stopped, rehome):
    folder, target = stopped
    (folder / "sql/book.sql").write_text(GOOD.rstrip() + " WHERE price < 5000 AND title <> ''\n")
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).succeeds().json["entities"]
    assert (done["retried"], done["filtered"], done["rejected_again"]) == (92, 92, 0)
    assert query(target, "SELECT sum(read)::int, sum(filtered)::int, sum(rejected)::int FROM rehome.chunk WHERE entity = 'book'") == [(400, 92, 0)]
    rehome("run", cwd=folder).succeeds()


@pytest.mark.parametrize("point", ["engine.redrive.moved", "engine.redrive.before_commit", "engine.redrive.committed"])
def test_killed_in_the_middle_nothing_is_lost(stopped, rehome, point):
    folder, target = stopped
    (folder / "sql/book.sql").write_text(GOOD)
    killed = rehome("rejects", "retry", cwd=folder, env={"REHOME_FAULT": f"{point}:kill"})
    assert killed.status == -9
    is_sound(target, 0 if point.endswith("committed") and "before" not in point else 92)
    rehome("rejects", "retry", cwd=folder).succeeds()
    is_sound(target, 0)
    rehome("run", cwd=folder).succeeds()


def test_two_at_once_get_along(stopped, rehome):
    folder, target = stopped
    (folder / "sql/book.sql").write_text(GOOD)
    first = rehome.start("rejects", "retry", cwd=folder, env={"REHOME_FAULT": "engine.redrive.before_commit:pause"})
    first.wait_for("fault: engine.redrive.before_commit: pause")
    second = rehome.start("rejects", "retry", cwd=folder)
    second.wait_for_lock(target)
    first.resume()
    first.wait().succeeds()
    second.wait().succeeds()
    is_sound(target, 0)


def test_a_merge_cannot_be_moved_row_by_row(server, migration, rehome):
    source = server.database("CREATE TABLE a (id int PRIMARY KEY, mail text); INSERT INTO a VALUES (1, 'a'), (2, NULL)")
    target = server.database("CREATE TABLE c (mail text PRIMARY KEY)")
    manifest = f"rehome: 1\nname: m\nsource: {source}\ntarget: {target}\nentities:\n  c: {{ merge: {{ key: mail, sources: [ {{ from: a, transform: SELECT mail FROM a }} ] }} }}\n"
    folder = migration({"migration.yaml": manifest})
    rehome("run", cwd=folder).ends_with(3)
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).ends_with(3).json["entities"]
    assert (done["left"], done["retried"]) == (1, 0) and "merge" in done["why_left"]


def test_parked_children_come_along_with_their_parent(server, migration, rehome):
    source = server.database(
        """CREATE TABLE p (id int PRIMARY KEY, name text); CREATE TABLE c (id int PRIMARY KEY, p_id int);
           INSERT INTO p VALUES (1, 'one'), (2, NULL); INSERT INTO c VALUES (10, 1), (11, 2), (12, 2)"""
    )
    target = server.database("CREATE TABLE p (id int PRIMARY KEY, name text NOT NULL); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p)")
    manifest = f"""rehome: 1\nname: m\nsource: {source}\ntarget: {target}\nentities:
  p: {{ from: p, transform: sql/p.sql }}
  c: {{ from: c, rejects: {{ orphan: p_id = 2 }} }}\n"""
    folder = migration({"migration.yaml": manifest, "sql/p.sql": "SELECT id, name FROM p\n"})
    rehome("run", cwd=folder).ends_with(3)
    query(target, """UPDATE rehome.reject SET parked = '{"id": "2"}' WHERE entity = 'c'""")
    (folder / "migration.yaml").write_text(manifest.replace(", rejects: { orphan: p_id = 2 }", ""))
    (folder / "sql/p.sql").write_text("SELECT id, coalesce(name, '?') AS name FROM p\n")
    done = rehome("rejects", "retry", "--entity", "p", "--json", cwd=folder).succeeds().json["entities"]
    assert [(one["entity"], one["retried"], one["arrived"]) for one in done] == [("p", 1, 1), ("c", 2, 2)]
    assert query(target, "SELECT id FROM c ORDER BY 1") == [(10,), (11,), (12,)]
    rehome("run", cwd=folder).succeeds()


def test_an_entity_that_stopped_over_its_budget_goes_on_with_the_mended_transform(server, migration, rehome):
    old = """
        CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE books (id int PRIMARY KEY, author_id int, title text, price numeric, sold text);
        INSERT INTO authors VALUES (1, 'a');
        INSERT INTO books SELECT i, 1, CASE WHEN i % 100 = 0 THEN 'a long title' ELSE 'short' END, i, '2024-01-01' FROM generate_series(1, 200000) i;
        ANALYZE
    """
    target = server.database(shop.NEW.replace("title text", "title varchar(8)"))
    folder = migration(shop.files(server.database(old), target, more="max_rejects: 5"))
    rehome("run", "--jobs", "1", cwd=folder).ends_with(1)
    (folder / "sql/book.sql").write_text(shop.BOOKS.replace("title,", "left(title, 8) AS title,"))
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).succeeds().json["entities"]
    assert done["arrived"] == done["retried"] > 5
    rehome("run", cwd=folder).succeeds()
    assert query(target, "SELECT count(*), count(*) FILTER (WHERE title = 'a long t') FROM book") == [(200000, 2000)]
    assert query(target, "SELECT sum(written)::int, sum(rejected)::int, count(*) FILTER (WHERE method = 'keys') > 0 FROM rehome.chunk WHERE entity = 'book'") == [(200000, 0, True)]
    assert query(target, "SELECT DISTINCT state FROM rehome.verification") == [("passed",)]


def test_a_row_that_gave_several_is_left_when_others_of_it_arrived(server, migration, rehome):
    source = server.database("CREATE TABLE t (id int PRIMARY KEY, vs int[]); INSERT INTO t VALUES (1, '{1,2}'), (2, '{3,-4}'), (3, '{-5,-6}')")
    target = server.database("CREATE TABLE u (id int, v int CHECK (v > 0))")
    manifest = f"rehome: 1\nname: m\nsource: {source}\ntarget: {target}\nentities:\n  u: {{ from: t, transform: sql/u.sql }}\n"
    folder = migration({"migration.yaml": manifest, "sql/u.sql": "SELECT t.id, v FROM t CROSS JOIN LATERAL unnest(t.vs) AS v\n"})
    rehome("run", cwd=folder).ends_with(3)
    (folder / "sql/u.sql").write_text("SELECT t.id, abs(v) AS v FROM t CROSS JOIN LATERAL unnest(t.vs) AS v\n")
    (done,) = rehome("rejects", "retry", "--json", cwd=folder).ends_with(3).json["entities"]
    assert (done["retried"], done["arrived"], done["left"]) == (2, 2, 1) and "other rows have arrived" in done["why_left"]
    assert query(target, "SELECT id, v FROM u ORDER BY 1, 2") == [(1, 1), (1, 2), (2, 3), (3, 5), (3, 6)]
