"""`bench` measures the old queries against the new ones when everything has moved, says what came of it, and ends no run."""

import pathlib
import re
import shutil
import subprocess
import time

import pytest

from support import shop
from support.server import binary_folder, query, temporary_folder

OLD = "SELECT name FROM authors WHERE id = 7;\n-- and what they wrote;\nSELECT title FROM books WHERE author_id = 7;\n"
NEW = "SELECT w.name, b.title FROM writer w JOIN book b ON b.writer_id = w.id WHERE w.id = 7\n"


def bench(*lines):
    return "bench:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.fixture
def shop_with(server, migration):
    """`shop_with(lines, **files)` makes the folder with these benches; returns it with source and target."""

    def make(*lines, same=False, **files):
        source = server.database(shop.OLD + (shop.NEW if same else ""))
        target = source if same else server.database(shop.NEW)
        written = shop.files(source, "same" if same else target, more=bench(*lines))
        return migration({**written, "sql/old.sql": OLD, "sql/new.sql": NEW, **files}), source, target

    return make


LOOKUP = "{ name: look up, old: sql/old.sql, new: sql/new.sql, runs: 3 }"


def measured(ended):
    """What the summary of `run --json` says of the benches."""
    return ended.succeeds().events[-1]["benches"]


@pytest.mark.parametrize("same", [False, True])
def test_both_sides_are_measured_and_told(shop_with, rehome, same):
    folder, _, target = shop_with(LOOKUP, same=same)
    (found,) = measured(rehome("run", "--json", cwd=folder))
    assert (found["name"], found["state"], found["why"]) == ("look up", "passed", None)
    assert (found["old_queries"], found["new_queries"], found["runs"]) == (2, 1, 3)
    assert found["old_ms"] > 0 and found["new_ms"] > 0 and found["ratio"] == pytest.approx(found["old_ms"] / found["new_ms"], rel=0.05)
    ((old, new, ratio),) = query(target, "SELECT old_ms, new_ms, ratio FROM rehome.bench WHERE name = 'look up' AND state = 'passed'")
    assert (old, new, ratio) == tuple(pytest.approx(found[name], abs=0.001) for name in ("old_ms", "new_ms", "ratio"))


def test_a_later_run_and_status_tell_it_again_and_do_not_measure(shop_with, rehome):
    folder, _, target = shop_with(LOOKUP)
    before = measured(rehome("run", "--json", cwd=folder))
    again = rehome("run", "--json", cwd=folder)
    assert measured(again) == before and again.events[-1]["nothing_to_do"] is True
    assert rehome("status", "--json", cwd=folder).succeeds().json["benches"] == before
    for command in ("run", "status"):
        (line,) = [line for line in rehome(command, cwd=folder).succeeds().stdout.splitlines() if line.startswith("look up ")]
        assert line.split()[-4:] == ["2", "1", "3", "passed"]


def test_a_bench_that_is_new_or_changed_is_measured(shop_with, rehome):
    folder, _, _ = shop_with(LOOKUP)
    manifest = folder / "migration.yaml"
    (first,) = measured(rehome("run", "--json", cwd=folder))
    manifest.write_text(manifest.read_text().replace(bench(LOOKUP), bench(LOOKUP, "{ name: other, old: SELECT 1, new: SELECT 2 }")))
    found = measured(rehome("run", "--json", cwd=folder))
    assert found[0] == first and found[1]["name"] == "other"
    manifest.write_text(manifest.read_text().replace(bench(LOOKUP), bench(LOOKUP.replace("runs: 3", "runs: 4"))))
    found = {one["name"]: one for one in measured(rehome("run", "--json", cwd=folder))}
    assert found["look up"]["runs"] == 4 and found["look up"]["measured_at"] >= first["measured_at"]
    manifest.write_text(manifest.read_text().replace("  - { name: other, old: SELECT 1, new: SELECT 2 }\n", ""))
    assert [one["name"] for one in measured(rehome("run", "--json", cwd=folder))] == ["look up"]


def test_what_misses_its_aim_is_told_and_ends_nothing(shop_with, rehome):
    slow = "SELECT pg_sleep(0.05)"
    folder, _, _ = shop_with(
        f"{{ name: fast enough, old: {slow}, new: SELECT 1, runs: 1, at_least: 2, at_most: 1s }}",
        f"{{ name: too slow, old: SELECT 1, new: {slow}, runs: 1, at_least: 2, at_most: 20ms }}",
    )
    passed, missed = measured(rehome("run", "--json", cwd=folder))
    assert (passed["state"], missed["state"]) == ("passed", "missed")
    assert passed["ratio"] > 2 and passed["old_ms"] >= 50
    assert "times as fast, at least 2 wanted; " in missed["why"] and "at most 20 ms wanted" in missed["why"]
    assert "too slow missed: " in rehome("run", cwd=folder).succeeds().stdout


def test_a_bench_that_fails_is_an_outcome_with_its_place(shop_with, rehome):
    folder, _, target = shop_with(
        "{ name: wrong, old: SELECT 1, new: sql/wrong.sql }",
        "{ name: writes, old: SELECT 1, new: INSERT INTO writer VALUES (1000) }",
        "{ name: on the source, old: sql/writes.sql, new: SELECT 1 }",
        "{ name: right, old: SELECT 1, new: SELECT 1 }",
        **{"sql/wrong.sql": "SELECT 1;\nSELECT nme\n  FROM writer", "sql/writes.sql": "DELETE FROM books"},
    )
    wrong, writes, source, right = measured(rehome("run", "--json", cwd=folder))
    assert wrong["state"] == writes["state"] == source["state"] == "failed" and right["state"] == "passed"
    assert wrong["why"].startswith('new: sql/wrong.sql:2:8: column "nme" does not exist (SQLSTATE 42703)')
    assert "cannot execute INSERT in a read-only transaction (SQLSTATE 25006) A bench only reads." in writes["why"]
    assert source["why"].startswith("old: sql/writes.sql:1:1: cannot execute DELETE")
    assert wrong["old_ms"] is None and wrong["ratio"] is None
    assert query(target, "SELECT count(*) FROM writer") == [(50,)]
    # mended on the server, it is tried again
    query(target, "ALTER TABLE writer ADD nme text")
    states = [(one["name"], one["state"]) for one in measured(rehome("run", "--json", cwd=folder))]
    assert states == [("wrong", "passed"), ("writes", "failed"), ("on the source", "failed"), ("right", "passed")]


def test_ctrl_c_ends_a_bench_and_the_next_run_measures(shop_with, rehome):
    folder, _, target = shop_with("{ name: slow, old: SELECT 1, new: sql/slow.sql }", **{"sql/slow.sql": "SELECT pg_sleep(60)"})
    run = rehome.start("run", cwd=folder)
    run.wait_for("measuring slow")
    run.interrupt()
    run.wait().ends_with(130)
    assert query(target, "SELECT phase, state FROM rehome.migration") == [("done", "done")]  # all but the benches
    (folder / "sql/slow.sql").write_text("SELECT 1")
    (found,) = measured(rehome("run", "--json", cwd=folder))
    assert found["state"] == "passed"


def test_settings_of_one_bench_do_not_reach_the_next(shop_with, rehome):
    folder, _, _ = shop_with(
        "{ name: first, old: SET search_path = nowhere; SELECT 1, new: SET search_path = nowhere; SELECT 1 }",
        LOOKUP)
    first, second = measured(rehome("run", "--json", cwd=folder))
    assert first["old_queries"] == 2 and (first["state"], second["state"]) == ("passed", "passed")


def test_it_waits_until_the_migration_is_whole(shop_with, rehome):
    folder, _, target = shop_with(LOOKUP)
    assert measured(rehome("run", "--json", "--only", "writer", cwd=folder)) == []
    assert len(measured(rehome("run", "--json", cwd=folder))) == 1


def test_transactions_in_a_bench_are_mistakes(shop_with, rehome):
    folder, _, _ = shop_with("{ name: x, old: SELECT 1, new: sql/tx.sql }", **{"sql/tx.sql": "SELECT 1;\nCOMMIT;\n"})
    ended = rehome("plan", cwd=folder).ends_with(2)
    assert "sql/tx.sql:2:1: " in ended.stderr


def test_many_rows_take_no_memory(shop_with, rehome):
    wide = "SELECT i, repeat('x', 1000) FROM generate_series(1, 300000) i"
    folder, _, _ = shop_with(f'{{ name: wide, old: "{wide}", new: SELECT 1, runs: 1 }}')
    sanitizer = {"ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=1"}  # it keeps what was freed for a while
    run, most = rehome.start("run", "--json", cwd=folder, env=sanitizer), 0
    while run.process.poll() is None:
        status = pathlib.Path(f"/proc/{run.process.pid}/status").read_text()
        most = max([most, *map(int, re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE))])
        time.sleep(0.02)
    (found,) = measured(run.wait())
    assert found["state"] == "passed"
    assert 1000 < most < 150_000  # kB; the rows are 300 MB


def test_a_dump_keeps_the_rows_that_only_a_bench_reads(server, rehome, migration):
    source, target = server.database(shop.OLD + "; CREATE TABLE visits AS SELECT 1 AS id"), server.database(shop.NEW)
    visits = bench("{ name: visits, old: SELECT 1 / count(*) FROM visits, new: SELECT 1 }")
    folder = migration(shop.files("{ dump: old.dump }", target, more=visits))
    subprocess.run([binary_folder() / "pg_dump", "-Fc", "-f", folder / "old.dump", source], check=True)
    folder_of_servers = temporary_folder("rehome-scratch-")
    folder_of_servers.chmod(0o755)  # another user's servers, when we are root
    home = {"REHOME_SCRATCH": folder_of_servers}
    try:
        (found,) = measured(rehome("run", "--json", cwd=folder, env=home))
        assert found["state"] == "passed", found
    finally:
        rehome("scratch", "stop", "--all", env=home)
        shutil.rmtree(folder_of_servers)
