"""The ledger is a schema that people read: documented, balanced, and the same whoever installs it, and how often."""

import psycopg
import pytest
from support import crm, shop
from support.server import query

# Columns whose name says it all, in whichever table they stand.
OBVIOUS = set(
    """id name version state error sqlstate message migration entity chunk constraint_name column_name
       created_at created_by started_at ended_at finished_at done_at installed_at installed_by checked_at verified_at at
       seconds bytes rows estimated_rows source_rows target_rows missing extra different value severity side
       host pid program role worker position reason kind event step into_schema into_name""".split()
)


@pytest.fixture
def ran(server, migration, rehome):
    """`ran(**changes)` runs the shop's migration and gives its target."""

    def run(status=0, new=shop.NEW, old=shop.OLD, **changes):
        target = server.database(new)
        run.folder = migration(shop.files(server.database(old), target, **changes))
        rehome("run", cwd=run.folder).ends_with(status)
        return target

    return run


# ---- it is documented ----


def test_every_table_and_view_says_what_it_is(ran):
    undocumented = """SELECT relname FROM pg_class WHERE relnamespace = 'rehome'::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p')
                         AND coalesce(obj_description(oid, 'pg_class'), '') = ''"""
    target = ran()
    assert query(target, undocumented) == []
    assert query(target, "SELECT obj_description('rehome'::regnamespace, 'pg_namespace') <> ''") == [(True,)]


def test_every_column_has_a_comment_or_a_name_that_needs_none(ran):
    columns = """SELECT relname, attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                  WHERE relnamespace = 'rehome'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
                    AND col_description(c.oid, attnum) IS NULL ORDER BY 1, attnum"""
    assert [f"{table}.{column}" for table, column in query(ran(), columns) if column not in OBVIOUS] == []


# ---- the two views ----


def test_migration_progress_is_what_one_expects_of_it(ran):
    rejects = "rejects: { cheap: price < 1 }"
    target = ran(book=rejects, books=shop.BOOKS + " WHERE id > 100 OR id < 11")
    # price is id / 4: ids 1, 2 and 3 are rejected, 11 to 100 are left out
    rows = query(
        target,
        """SELECT migration, entity_type, total_records, migrated_records, error_records, chunks, chunks_done, last_run > now() - interval '1 min'
             FROM rehome.migration_progress ORDER BY 2""",
    )
    assert rows == [("shop", "book", 400, 307, 3, 1, 1, True), ("shop", "writer", 50, 50, 0, 1, 1, True)]


def test_migration_errors_tells_each_row_that_was_not_written(ran):
    target = ran(book="rejects: { cheap: price < 1 }")
    rows = query(
        target,
        """SELECT migration, entity_type, source_id, error_message, raw_data->>'title', created_at > now() - interval '1 min'
             FROM rehome.migration_errors ORDER BY id""",
    )
    assert rows == [("shop", "book", f'{{"id": "{i}"}}', "cheap", f"title {i}", True) for i in (1, 2, 3)]


def test_rejects_tell_column_and_budget(ran):
    target = ran(status=3, new=shop.NEW.replace("title text", "title varchar(8)"), book="rejects: { cheap: price < 1 }")
    rows = query(target, "SELECT reason, budgeted, column_name, count(*) FROM rehome.reject GROUP BY 1, 2, 3 ORDER BY 1")
    assert rows == [("cheap", False, None, 3), ("lossy:title", True, "title", 301)]


# ---- the books ----


def test_no_chunk_can_be_written_whose_books_do_not_balance(ran):
    target = ran()
    with pytest.raises(psycopg.errors.CheckViolation):
        query(target, "UPDATE rehome.chunk SET written = written + 1")
    assert query(target, "SELECT bool_and(read = written + unchanged + merged + filtered + rejected) FROM rehome.chunk") == [(True,)]


def test_the_books_of_a_migration_of_every_kind_are_the_rows_that_are_there(server, migration, rehome):
    source, target = server.database(crm.old(2000, 3000)), server.database()
    rehome("run", cwd=migration(crm.files(source, target))).succeeds()
    for entity, (rows, _) in crm.arrived(target).items():
        books = query(
            target,
            "SELECT sum(driving)::int, sum(read)::int, sum(written)::int, sum(filtered + rejected)::int FROM rehome.chunk WHERE entity = %s",
            entity,
        )
        driving = query(source, f"SELECT count(*) FROM legacy.{'companies' if entity == 'organizations' else entity}")[0][0]
        assert books == [(driving, driving, rows, driving - rows)], entity


# ---- it is installed once ----


def contents(target):
    """Definition and number of columns of everything in the ledger but the rows that are kept for rollback."""
    return query(
        target,
        """SELECT c.oid, relname, relkind::text, (SELECT count(*) FROM pg_attribute WHERE attrelid = c.oid),
                  (SELECT string_agg(pg_get_constraintdef(oid), ';' ORDER BY oid) FROM pg_constraint WHERE conrelid = c.oid)
             FROM pg_class c WHERE relnamespace = 'rehome'::regnamespace AND relname NOT LIKE 'undo\\_%\\_%' ORDER BY 1""",
    )


def test_installing_twice_changes_nothing(ran, rehome, server, migration):
    target = ran()
    before, versions = contents(target), query(target, "SELECT version FROM rehome.version")
    rehome("run", cwd=ran.folder).succeeds()
    another = shop.files(server.database(shop.OLD), target, more="params: { n: { type: int, default: 1 } }")
    rehome("run", "--param", "n=2", cwd=migration(another))
    assert contents(target) == before
    assert query(target, "SELECT version FROM rehome.version") == versions == [(n,) for n in range(1, len(versions) + 1)]


def test_params_make_it_another_migration(ran, rehome):
    target = ran(more="params: { n: { type: int, default: 1 } }")
    rehome("run", "--param", "n=1", cwd=ran.folder).succeeds()
    assert query(target, "SELECT name, params FROM rehome.migration") == [("shop", {"n": "1"})]
    assert rehome("status", "--param", "n=2", cwd=ran.folder).status in (0, 1)
    assert query(target, "SELECT count(*) FROM rehome.migration") == [(1,)]


def test_other_params_find_what_expand_has_made(server, migration, rehome):
    """An expand file runs once for all params of a migration; every set of params is run to its end all the same."""
    source, target = server.database(shop.OLD), server.database()
    wanted = "where: id % 2 = :'half'::int"
    files = shop.files(source, target, writer=wanted, book=wanted.replace("id %", "author_id %"), expand=shop.NEW,
                       more="params: { half: { type: int } }")
    folder = migration(files)
    for half in ("0", "1", "0"):
        rehome("run", "--param", f"half={half}", cwd=folder).succeeds()
    assert query(target, "SELECT count(*) FROM book") == [(400,)]
    assert query(target, "SELECT count(*) FROM rehome.step WHERE state <> 'done'") == [(0,)]
    assert query(target, "SELECT state, count(*) FROM rehome.migration GROUP BY 1") == [("done", 2)]


def test_processes_that_start_at_the_same_moment_on_a_fresh_target_all_succeed(server, migration, rehome):
    source = server.database(crm.old(3000, 5000))
    for processes in (2, 2, 5, 5, 5):
        target = server.database()
        folder = migration(crm.files(source, target))
        for run in [rehome.start("run", "--jobs", 2, cwd=folder) for _ in range(processes)]:
            run.wait().succeeds()
        assert crm.arrived(target) == crm.expected(source)
        assert query(target, "SELECT count(*) FROM rehome.migration") == [(1,)]
        assert query(target, "SELECT count(*) = max(version) FROM rehome.version") == [(True,)]
        assert query(target, "SELECT count(*) FROM rehome.step WHERE state <> 'done'") == [(0,)]


def test_two_migrations_into_one_database_know_nothing_of_each_other(server, migration, rehome):
    target = server.database(shop.NEW + "CREATE TABLE writer2 (LIKE writer INCLUDING ALL)")
    source = server.database(shop.OLD)
    other = {
        "migration.yaml": f"rehome: 1\nname: other\nsource: {source}\ntarget: {target}\n"
        'entities: { writer2: { from: authors, transform: "SELECT id, name FROM authors" } }\n'
    }
    runs = [rehome.start("run", cwd=migration(files)) for files in (shop.files(source, target), other)]
    for run in runs:
        run.wait().succeeds()
    assert query(target, "SELECT name, state FROM rehome.migration ORDER BY 1") == [("other", "done"), ("shop", "done")]


def test_nobody_else_reads_the_ledger_unless_granted(ran):
    """Rejects hold rows: the schema is not open to everybody."""
    target = ran()
    assert query(target, "SELECT has_schema_privilege('pg_monitor', 'rehome', 'USAGE')") == [(False,)]


def test_a_run_that_has_nothing_to_do_writes_nothing(ran, rehome):
    target = ran()
    state = "SELECT (SELECT count(*) FROM rehome.run), (SELECT md5(string_agg(s::text, '' ORDER BY s.position)) FROM rehome.step s)"
    before = query(target, state)
    assert "nothing was left to do" in rehome("run", cwd=ran.folder).succeeds().stdout
    assert query(target, state) == before


def test_checks_of_the_whole_wait_for_the_last_entity(server, migration, rehome):
    """With --only a part is moved: what speaks of all of it is asked when all of it is there."""
    checks = 'checks: { target: [ { name: books, sql: "SELECT count(*) FROM book", expect: "400" } ] }'
    source, target = server.database(shop.OLD), server.database(shop.NEW)
    folder = migration(shop.files(source, target, more=checks))
    said = rehome("run", "--only", "writer", cwd=folder).succeeds()
    assert "checks on the target wait until every entity is copied" in said.stderr
    assert query(target, "SELECT count(*) FROM rehome.check") == [(0,)]
    assert rehome("verify", "--only", "writer", "--json", cwd=folder).succeeds().json["checks"] == []
    rehome("run", "--only", "writer", cwd=folder).succeeds()
    rehome("run", "--only", "book", cwd=folder).succeeds()
    assert query(target, "SELECT name, state FROM rehome.check") == [("books", "passed")]
    assert query(target, "SELECT phase, state FROM rehome.migration") == [("done", "done")]
