"""A verification that was killed goes on where it was, unless something else is to be compared by now."""

import time

import pytest

from support.server import query

TABLE = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric);"
ROWS = "INSERT INTO leads SELECT i, repeat('x', 1500), i FROM generate_series(1, 60000) i; ANALYZE leads;"
MANIFEST = "{{rehome: 1, name: resumed, source: '{source}', target: '{target}', entities: {{leads: {{from: leads{more}}}}}}}"
PARTS = "SELECT count(part), count(part.done_at) FROM rehome.verification_part AS part JOIN rehome.verification_pass AS p ON p.id = part.pass WHERE p.state = 'running'"
PASS = "SELECT state, parts, parts_kept FROM rehome.verification_pass ORDER BY id DESC LIMIT 1"


@pytest.fixture
def migrated(server, migration, rehome):
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    folder = migration({"migration.yaml": MANIFEST.format(source=source, target=target, more="")})
    rehome("run", "-q", cwd=folder).succeeds()
    return folder, source, target


ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'rehome:%'"


@pytest.fixture
def killed(migrated, rehome):
    """A verification that was killed after so many parts."""

    def kill(after):
        rehome("verify", "--jobs", "1", cwd=migrated[0], env={"REHOME_FAULT": f"verify.unit.kept:kill:{after}"}).ends_with(-9)
        parts, done = query(migrated[2], PARTS)[0]
        assert parts >= 10 and done == after
        while query(migrated[2], ALIVE) != [(0,)]:  # until its session is gone the pass is somebody's who is at it
            time.sleep(0.05)
        return parts

    return kill


def test_only_the_rest_is_read(migrated, killed, rehome):
    folder, source, target = migrated
    parts = killed(9)
    ended = rehome("verify", "--json", cwd=folder).succeeds()
    assert "going on with a verification that did not end: 9 parts" in ended.stderr and "buckets differ" not in ended.stderr
    leads = ended.json["entities"][0]
    assert (leads["source_rows"], leads["target_rows"], leads["state"]) == (60000, 60000, "passed")
    assert query(target, PASS) == [("passed", parts, 9)]
    assert query(target, PARTS) == [(0, 0)]
    assert query(target, "SELECT count(*) FROM rehome.verification WHERE pass = (SELECT max(id) FROM rehome.verification_pass)") == [(1,)]
    rehome("verify", cwd=folder).succeeds()
    assert query(target, PASS) == [("passed", parts, 0)]


def test_it_may_be_killed_again(migrated, killed, rehome):
    parts = killed(4)
    rehome("verify", "--jobs", "1", cwd=migrated[0], env={"REHOME_FAULT": "verify.unit.kept:kill:3"}).ends_with(-9)
    assert query(migrated[2], PARTS) == [(parts, 7)]
    rehome("verify", cwd=migrated[0]).succeeds()
    assert query(migrated[2], PASS) == [("passed", parts, 7)]


def test_what_differs_in_a_part_that_was_read_before_is_found(migrated, rehome):
    folder, _, target = migrated
    query(target, "UPDATE leads SET amount = -1 WHERE id IN (5, 59999)")
    rehome("verify", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "verify.unit.kept:kill:9"}).ends_with(-9)
    leads = rehome("verify", "--json", cwd=folder).ends_with(4).json["entities"][0]
    assert [one["key"]["id"] for one in leads["differences"]] == [5, 59999] and leads["different"] == 2
    assert query(target, PASS)[0][0] == "failed"


def test_rows_that_were_changed_on_both_sides_since_are_no_differences(migrated, killed, rehome):
    folder, source, target = migrated
    killed(9)
    for url in (source, target):
        query(url, "UPDATE leads SET amount = amount + 1 WHERE id % 1000 = 0; DELETE FROM leads WHERE id = 77; INSERT INTO leads VALUES (-1, 'new', 0)")
    leads = rehome("verify", "--json", cwd=folder).succeeds().json["entities"][0]
    assert leads["differences"] == [] and query(target, PASS)[0][2] == 9


def test_a_difference_that_came_since_is_found(migrated, killed, rehome):
    folder, _, target = migrated
    killed(9)
    query(target, "UPDATE leads SET name = 'x' WHERE id = 60000")
    leads = rehome("verify", "--json", cwd=folder).ends_with(4).json["entities"][0]
    assert [one["key"]["id"] for one in leads["differences"]] == [60000]


@pytest.mark.parametrize("change", ["another comparison", "rows moved since", "a day", "only"])
def test_parts_of_something_else_are_not_used(change, migrated, killed, migration, rehome):
    folder, source, target = migrated
    killed(9)
    if change == "another comparison":
        migration({"migration.yaml": MANIFEST.format(source=source, target=target, more=", verify: {except: [amount]}")}, folder)
    elif change == "rows moved since":
        query(target, "UPDATE rehome.chunk SET done_at = now()")
    elif change == "a day":
        query(target, "UPDATE rehome.verification_pass SET started_at = now() - interval '25 hours'")
    more = ["--only", "leads"] if change == "only" else []
    ended = rehome("verify", *more, cwd=folder).succeeds()
    kept = query(target, PASS)[0][2]
    assert kept == (9 if change == "only" else 0) and ("going on" in ended.stderr) == (change == "only")
    assert query(target, PARTS) == [(0, 0)]
    assert query(target, "SELECT count(*) FROM rehome.verification_pass WHERE state = 'left'") == [(1 if change == "a day" else 0,)]


def test_two_at_once_do_not_share_a_pass(migrated, killed, rehome):
    folder, _, target = migrated
    killed(9)
    first = rehome.start("verify", cwd=folder, env={"REHOME_FAULT": "verify.unit.kept:pause:1"})
    first.wait_for("fault: verify.unit.kept: pause")
    second = rehome("verify", cwd=folder).succeeds()
    assert "going on" not in second.stderr
    first.resume()
    assert "going on" in first.wait().succeeds().stderr
    assert query(target, "SELECT state FROM rehome.verification_pass WHERE state <> 'passed'") == []


def test_the_end_of_a_run_goes_on_with_it_too(server, migration, rehome):
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    folder = migration({"migration.yaml": MANIFEST.format(source=source, target=target, more="")})
    rehome("run", "--jobs", "1", cwd=folder, env={"REHOME_FAULT": "verify.unit.kept:kill:6"}).ends_with(-9)
    rehome("run", cwd=folder).succeeds()
    assert query(target, PASS)[0][0] == "passed" and query(target, PASS)[0][2] == 5  # one of the six has counted driving rows


def test_it_is_verified_all_the_same_when_nothing_can_be_written_down(migrated, rehome):
    folder, _, target = migrated
    query(target, "ALTER TABLE rehome.verification_part ADD CHECK (done_at IS NULL) NOT VALID")
    ended = rehome("verify", cwd=folder).succeeds()
    assert "not written down any more" in ended.stderr and "Both sides agree" in ended.stdout
