"""`verify --fast` and `verify --sample` find what they can, say what they do not prove, and end no proof."""

import pytest

from support.server import query

TABLE = "CREATE TABLE leads (id bigint PRIMARY KEY, name text, amount numeric(12,2), n int, seen timestamptz);"
ROWS = "INSERT INTO leads SELECT i, 'name ' || i, i * 1.10, i, timestamptz '2020-01-01' + i * interval '1 s' FROM generate_series(1, 5000) i; ANALYZE;"


def manifest(source, target, entities="leads: {from: leads}"):
    return {"migration.yaml": f"{{rehome: 1, name: less, source: '{source}', target: '{target}', entities: {{{entities}}}}}"}


@pytest.fixture
def migrated(server, migration, rehome):
    source, target = server.database(TABLE + ROWS), server.database(TABLE)
    folder = migration(manifest(source, target))
    rehome("run", "-q", cwd=folder).succeeds()
    return folder, target


def look(rehome, folder, status, *options):
    return rehome("verify", "--json", *options, cwd=folder).ends_with(status).json


def test_fast_passes_what_is_the_same_and_says_what_it_does_not_prove(migrated, rehome):
    folder, target = migrated
    found = look(rehome, folder, 0, "--fast")
    assert (found["state"], found["method"]) == ("passed", "fast")
    leads = found["entities"][0]
    assert (leads["source_rows"], leads["target_rows"], leads["columns_summed"]) == (5000, 5000, ["id", "amount", "n", "seen"])
    assert "values may still be at the wrong rows" in rehome("verify", "--fast", cwd=folder).succeeds().stdout
    assert query(target, "SELECT method, state, entities, findings FROM rehome.verification_pass ORDER BY id DESC LIMIT 1") == [("fast", "passed", ["leads"], [])]


@pytest.mark.parametrize("change, said", [
    ("DELETE FROM leads WHERE id = 7", "the source gives 5,000 rows, the target holds 4,999"),
    ("UPDATE leads SET amount = amount + 0.01 WHERE id = 7", "the sum of amount is 13752750.00 on the source and 13752750.01 on the target"),
    ("UPDATE leads SET id = 6000 WHERE id = 5000", "the greatest id is 5000 on the source and 6000 on the target"),
    ("UPDATE leads SET seen = seen - interval '1 year' WHERE id = 1", "the least seen is 2020-01-01 05:00:01+00 on the source and 2019-01-01 05:00:01+00 on the target"),
    ("UPDATE leads SET n = NULL WHERE id = 9", "the sum of n is 12502500 on the source and 12502491 on the target"),
])
def test_fast_finds_rows_that_were_lost_and_numbers_that_changed(change, said, migrated, rehome):
    folder, target = migrated
    query(target, change)
    leads = look(rehome, folder, 4, "--fast")["entities"][0]
    assert leads["state"] == "failed" and any(said in complaint for complaint in leads["complaints"]), leads
    assert said in rehome("verify", "--fast", cwd=folder).ends_with(4).stdout
    assert any(said in finding for finding in query(target, "SELECT findings FROM rehome.verification_pass ORDER BY id DESC LIMIT 1")[0][0])


def test_fast_does_not_see_texts(migrated, rehome):
    folder, target = migrated
    query(target, "UPDATE leads SET name = 'x'")
    look(rehome, folder, 0, "--fast")
    look(rehome, folder, 4)


def test_neither_ends_the_proof_nor_replaces_what_was_found(migrated, rehome):
    folder, target = migrated
    query(target, "UPDATE leads SET name = 'x' WHERE id = 3")
    look(rehome, folder, 4)
    before = query(target, "SELECT v::text FROM rehome.verification AS v"), query(target, "SELECT phase, state FROM rehome.migration")
    look(rehome, folder, 0, "--fast")
    look(rehome, folder, 0, "--sample", "1%", "--seed", "1")
    assert (query(target, "SELECT v::text FROM rehome.verification AS v"), query(target, "SELECT phase, state FROM rehome.migration")) == before
    assert before[1] == [("verify", "failed")]


def test_a_sample_of_all_finds_every_difference(migrated, rehome):
    folder, target = migrated
    query(target, "UPDATE leads SET name = 'x' WHERE id % 1000 = 0; DELETE FROM leads WHERE id IN (5, 6); INSERT INTO leads VALUES (-1, 'extra', 0, 0, NULL)")
    found = look(rehome, folder, 4, "--sample", "100%", "--seed", "7")
    leads = found["entities"][0]
    assert (found["state"], found["method"], found["seed"]) == ("failed", "sample", 7)
    assert (leads["compared"], leads["missing"], leads["extra"], leads["different"]) == (5001, 2, 1, 5)
    assert {(one["kind"], one["key"]["id"]) for one in leads["differences"]} == {
        ("missing", 5), ("missing", 6), ("extra", -1), *(("different", i) for i in range(1000, 5001, 1000))}
    assert {"name"} == {column for one in leads["differences"] for column in one["columns"]}


def test_a_sample_is_a_part_and_the_same_again_with_its_seed(migrated, rehome):
    folder, target = migrated
    query(target, "UPDATE leads SET name = 'x' WHERE id % 10 = 0")
    first, again = (look(rehome, folder, 4, "--sample", "10%", "--seed", "42")["entities"][0] for _ in range(2))
    other = look(rehome, folder, 4, "--sample", "10%")["entities"][0]
    keys = [[one["key"]["id"] for one in found["differences"]] for found in (first, again, other)]
    assert keys[0] == keys[1] and keys[0] != keys[2] and keys[0] and all(key % 10 == 0 for key in keys[0])
    assert 300 < first["compared"] < 1700  # a tenth of either side, and some are in both
    assert first["different"] == len(keys[0]) < first["compared"]
    part = first["different"] / first["compared"]
    assert part < first["at_most"] < part + 0.1


def test_the_bound_says_what_none_of_so_many_means(migrated, rehome):
    folder, _ = migrated
    leads = look(rehome, folder, 0, "--sample", "100%")["entities"][0]
    assert leads["compared"] == 5000 and leads["at_most"] == pytest.approx(1 - 0.05 ** (1 / 5000), rel=1e-6)
    text = rehome("verify", "--sample", "100%", "--seed", "5", cwd=folder).succeeds().stdout
    assert "0.06 %" in text and "chosen by --seed 5" in text


@pytest.mark.parametrize("shape", ["inside", "others", "derived", "two"])
def test_a_sample_works_whatever_the_entity_is(shape, server, migration, rehome):
    old = "CREATE SCHEMA old; CREATE TABLE old.t (id int PRIMARY KEY, v text); INSERT INTO old.t SELECT i, 'v' || i FROM generate_series(1, 300) i;"
    new = "CREATE SCHEMA new; CREATE TABLE new.t (id int PRIMARY KEY, v text);"
    if shape == "others":
        new += "INSERT INTO new.t VALUES (-5, 'theirs');"
    if shape == "two":
        old += "CREATE TABLE old.u (id int PRIMARY KEY, v text); INSERT INTO old.u SELECT i, 'u' || i FROM generate_series(1001, 1100) i;"
    source = server.database(old + (new if shape == "inside" else ""))
    target = source if shape == "inside" else server.database(new)
    transform = ", transform: t.sql" if shape == "derived" else ""
    entities = f"t: {{from: old.t, into: new.t{transform}}}" + (", u: {from: old.u, into: new.t}" if shape == "two" else "")
    files = {**manifest(source, "same" if shape == "inside" else target, entities), "t.sql": "SELECT id * 7 AS id, upper(v) AS v FROM old.t\n"}
    folder = migration(files)
    rehome("run", "-q", cwd=folder).succeeds()
    all_alike = look(rehome, folder, 0, "--sample", "100%")
    assert all(entity["compared"] == (400 if shape == "two" else 300) for entity in all_alike["entities"])
    query(target, "UPDATE new.t SET v = '?' WHERE id = 70; DELETE FROM new.t WHERE id = 77; INSERT INTO new.t VALUES (-1, 'extra')")
    t = look(rehome, folder, 4, "--sample", "100%")["entities"][0]
    assert (t["missing"], t["extra"], t["different"]) == (1, 0 if shape == "others" else 1, 1)
    fast = look(rehome, folder, 4 if shape in ("inside", "derived") else 0, "--fast")["entities"][0]
    assert fast["state"] == {"others": "left out", "two": "passed"}.get(shape, "failed")


def test_what_cannot_be_asked_for_by_key_is_left_out_and_that_is_said(server, migration, rehome):
    source = server.database("CREATE TABLE notes (a int, b text); INSERT INTO notes VALUES (1, 'x'); CREATE TABLE sums (a int PRIMARY KEY);")
    target = server.database("CREATE TABLE notes (a int, b text); CREATE TABLE sums (a int PRIMARY KEY, c bigint);")
    folder = migration({**manifest(source, target, "notes: {from: notes}, sums: {from: notes, transform: s.sql, into: sums}"),
                        "s.sql": "SELECT a, count(*) AS c FROM notes GROUP BY a\n"})
    rehome("run", "-q", cwd=folder).succeeds()
    found = look(rehome, folder, 0, "--sample", "50%")
    assert [(one["state"], one["left_out"]) for one in found["entities"]] == [
        ("left out", "its rows have no key"), ("left out", "its transform cannot be asked for some rows")]
    assert "notes was left out: its rows have no key" in rehome("verify", "--sample", "50%", cwd=folder).succeeds().stdout


@pytest.mark.parametrize("options", [["--fast", "--repair"], ["--fast", "--sample", "1%"], ["--sample", "1%", "--repair"], ["--sample", "200%"]])
def test_what_does_not_go_together_is_refused(options, migrated, rehome):
    rehome("verify", *options, cwd=migrated[0]).ends_with(2)
