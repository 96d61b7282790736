"""examples/laiki: a company leaves the old CRM by a dump, and nothing that CSV had mangled is mangled."""

import re

import pytest
from support.example import psql
from support.server import query

LARGEST, SECOND, THIRD = "4ee89595-e724-46a2-9585-e57be79581fb", "697c28f3-a401-4836-af93-891a2b98740d", "355d17f4-c6b8-423b-af41-f5057a37e136"
LEFT = "cf617459-e503-426a-9f82-81a06354bf56"
KEY = {"REHOME_TOKEN_KEY": "a key of these tests and of nothing else"}
OMEGA, NOBODY = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
SPECIAL = "22222222-0000-4000-8000-000000000001"


@pytest.fixture
def laiki(example):
    return example("laiki", **KEY)


def company(one, *companies):
    """The options of another company than the first."""
    one.options = [word for each in companies for word in ("--param", f"company={each}")]
    return one


def organization(one, name):
    return one.query("SELECT id FROM organizations WHERE name = %s", name)[0][0]


# The same rows of both sides as bytes: what the server sends for JSON and arrays, texts in UTF-8.
CARRIED = {
    "leads": [
        f"""SELECT id, array_send({tags}) AS tags, convert_to(nullif(trim(name), ''), 'UTF8') AS name, convert_to(nullif(trim(company), ''), 'UTF8') AS company,
                   convert_to(nullif(trim(job_title), ''), 'UTF8') AS job_title FROM leads WHERE id = ANY (%s)"""
        for tags in ("coalesce(tags, '{}')", "tags")
    ],
    "conversions": [
        f"""SELECT id, jsonb_send({payload}) AS payload, convert_to({payload}::text, 'UTF8') AS as_text, convert_to({name}, 'UTF8') AS name,
                   convert_to(conversion_url, 'UTF8') AS url FROM conversions WHERE id = ANY (%s)"""
        for payload, name in (("coalesce(payload_raw_json, '{}')", "conversion_name"), ("raw_payload", "name"))
    ],
}


def same_bytes(one):
    """What has arrived has arrived byte by byte; rehome is not asked."""
    for table, (before, after) in CARRIED.items():
        ids = [row[0] for row in one.query(f"SELECT id FROM {table}")]
        old, new = (
            query(url, f"SELECT count(*), md5(string_agg(md5((q.*)::text), '' ORDER BY q.id)) FROM ({select}) AS q", ids)
            for url, select in ((one.source, before), (one.target, after))
        )
        assert ids and old == new and old[0][0] == len(ids)


@pytest.mark.full_size
def test_it_moves_the_largest_company_and_says_what_stays(laiki, perhaps_browser):
    laiki.migrate()
    laiki.agrees()
    assert laiki.is_reported(perhaps_browser)["params"] == [{"name": "company", "value": f'{{"{LARGEST}"}}'}]
    books, rejects = laiki.books(), laiki.rejects()
    validation = {row["issue"]: int(row["count"]) for row in laiki.document("1-pre-migration-validation", laiki.source, company=LARGEST)}
    assert rejects["leads", "no_contact"] == validation["leads_missing_contact"]
    assert rejects["conversions", "no_name"] == validation["conversions_missing_name"]
    assert books["leads"]["written"] + books["leads"]["rejected"] == books["leads"]["read"]
    if laiki.rows == 1500:
        assert validation == {"leads_missing_contact": 14, "conversions_orphaned": 12, "conversions_missing_name": 12}
        assert rejects == {
            ("leads", "no_contact"): 14, ("conversions", "no_name"): 12, ("conversions", "no_lead"): 4, ("conversions", "orphaned"): 8,
            ("conversions", "lead_without_contact"): 26, ("conversions", "lead_of_another_company"): 3,
        }
        assert {name: one["written"] for name, one in books.items()} == {
            "organizations": 1, "custom_field_definitions": 52, "leads": 261, "conversions": 496, "segments": 26}
    counts = {row["table_name"]: int(row["record_count"]) for row in laiki.document("2-record-counts")}
    assert counts == {name: books[name]["written"] for name in ("organizations", "leads", "conversions")}
    assert laiki.document("3-referential-integrity") == [{"issue": "orphaned_leads", "count": "0"}, {"issue": "orphaned_conversions", "count": "0"}]
    assert laiki.document("4-data-quality") == [{"issue": "leads_without_contact", "count": "0"}]
    same_bytes(laiki)
    progress = laiki.query("SELECT entity_type, migrated_records, error_records FROM rehome.migration_progress WHERE entity_type = 'leads'")
    assert progress == [("leads", books["leads"]["written"], books["leads"]["rejected"])]
    errors = laiki.query("SELECT error_message, raw_data->>'name' FROM rehome.migration_errors WHERE source_id LIKE %s", f"%{NOBODY}%")
    assert errors == [("no_contact", "Nobody can reach me")]
    laiki.legacy_is_as_it_was()


def test_named_rows_arrive_as_they_were(laiki):
    laiki("run").succeeds()
    nanoid = organization(laiki, "Laiki Λαϊκή")
    assert re.fullmatch(r"[A-Za-z0-9_-]{21}", nanoid)
    assert laiki.query("SELECT old_id::text, new_id FROM rehome.crosswalk_organizations") == [(LARGEST, nanoid)]
    assert laiki.query(
        "SELECT organization_id, name, email, phone, tags, fit_score, external_id, external_source, import_method, notes, interest, total_conversions,"
        " created_at = '2024-02-29 23:59:59.999999+00', updated_at = created_at FROM leads WHERE id = %s", OMEGA,
    ) == [(
        nanoid, "Ωμέγα \"The Last\" O'Neil 👩‍👩‍👧‍👦", "omega@example.com", None,
        ["a,b", 'say "hi"', "{braces}", "back\\slash", "two\nlines", "", "NULL", None, "東京", "🏷"],
        "A", OMEGA, "legacy_migration", "unknown", "", 0, 0, True, True,
    )]
    value, created, payload, hashed = laiki.query(
        "SELECT value::text, created_at = date AND date = '2024-10-27 02:30:00.000001+00', raw_payload::text,"
        " idempotency_hash = md5(concat_ws('|', organization_id, lead_id, name, identifier, extract(epoch FROM date))) FROM conversions WHERE id = %s", SPECIAL,
    )[0]
    assert (value, created, hashed) == ("99999999.99", True, True)
    assert [(payload,)] == query(laiki.source, "SELECT payload_raw_json::text FROM conversions WHERE id = %s", SPECIAL)
    for part in ('"she said \\"yes\\", he said \'no\'"', r'"one\r\ntwo\n\tthree"', r'"C:\\temp\\new"', "é中🚀\u2028\\u0001", '"number": 1.10'):
        assert part in payload, part
    assert laiki.query("SELECT raw_payload, count(*) > 0 FROM conversions WHERE raw_payload = '{}' GROUP BY 1") == [({}, True)]
    assert laiki.query("SELECT count(*) FROM leads WHERE tags = '{}'")[0][0] > 0
    assert laiki.query("SELECT count(*) FROM leads WHERE '' IN (name, email, phone, secondary_email, secondary_phone, company, job_title)") == [(0,)]


def test_a_second_company_comes_beside_the_first_and_several_at_once(laiki):
    laiki("run").succeeds()
    first = laiki.query("SELECT id, ctid FROM leads ORDER BY id")
    company(laiki, SECOND, THIRD).migrate()
    laiki.agrees()
    assert laiki.query("SELECT id, ctid FROM leads WHERE organization_id = %s ORDER BY id", organization(laiki, "Laiki Λαϊκή")) == first
    assert sorted(row[0] for row in laiki.query("SELECT name FROM organizations")) == ["Laiki Λαϊκή", "O'Brien \"Bob\" Ltd", "Ærø & Søn"]
    assert company(laiki, LARGEST).agrees()
    same_bytes(laiki)
    elsewhere = laiki.query("SELECT count(*) FROM conversions c JOIN leads l ON l.id = c.lead_id WHERE l.organization_id <> c.organization_id")
    assert elsewhere == [(0,)]


def test_a_company_that_has_left_or_never_was_moves_nothing(laiki):
    for unknown in (LEFT, "00000000-0000-4000-8000-000000000000"):
        ended = company(laiki, SECOND, unknown)("run").ends_with(4)
        assert "company_exists_and_is_active" in ended.stderr
    assert laiki.query("SELECT count(*) FROM organizations") == [(0,)]


def test_the_where_as_it_was_written_would_have_taken_others_leads(laiki):
    row = {name: int(count) for name, count in laiki.document("5-where-as-written", laiki.source, company=SECOND)[0].items()}
    assert row["of_other_companies"] > 0 and row["as_written"] == row["as_meant"] + row["of_other_companies"]
    company(laiki, SECOND)("run").succeeds()
    assert laiki.query("SELECT count(*) FROM leads") == [(row["as_meant"],)]


def test_some_tables_alone_and_first_a_dry_run(laiki):
    company(laiki, SECOND)
    refused = laiki("run", "--only", "leads", "--dry-run").ends_with(3)
    assert "foreign_key:leads_organization_id_fkey" in refused.stdout  # a lead needs its organization, in a dry run too
    dry = laiki("run", "--only", "organizations,leads", "--dry-run").succeeds()
    assert "no_contact" in dry.stdout and laiki.query("SELECT to_regclass('leads'), to_regclass('rehome.migration')") == [(None, None)]
    laiki("run", "--only", "organizations").succeeds()
    assert laiki.query("SELECT (SELECT count(*) FROM organizations), (SELECT count(*) FROM leads)") == [(1, 0)]
    laiki("run").succeeds()
    laiki.query("DELETE FROM leads WHERE name = 'Zoë 🚀'")  # and their conversions
    forget(laiki, SECOND)
    laiki("run", "--only", "leads,conversions").succeeds()
    books = laiki.books()
    assert books["leads"]["written"] > 0 and books["leads"]["unchanged"] > 0 and "organizations" not in books
    laiki.migrate()  # the others
    laiki.agrees()
    same_bytes(laiki)


def forget(one, forgotten):
    one.query("DELETE FROM rehome.migration WHERE name = 'laiki' AND (params->>'company')::uuid[] @> ARRAY[%s]::uuid[]", forgotten)


def test_upserted_again_nothing_changes(laiki):
    laiki("run").succeeds()
    laiki.query("UPDATE leads SET notes = 'called back' WHERE id = %s", OMEGA)
    rows = laiki.query("SELECT id, xmin::text FROM leads UNION ALL SELECT id, xmin::text FROM conversions")
    forget(laiki, LARGEST)
    laiki("run").succeeds()
    assert laiki.query("SELECT id, xmin::text FROM leads UNION ALL SELECT id, xmin::text FROM conversions") == rows
    books = laiki.books()
    assert all(one["written"] == 0 for one in books.values()) and books["leads"]["unchanged"] == laiki.query("SELECT count(*) FROM leads")[0][0]


def test_truncate_and_reload_empties_only_what_is_loaded(laiki):
    company(laiki, SECOND)("run").succeeds()
    company(laiki, LARGEST)("run").succeeds()
    others = laiki.query("SELECT id, xmin::text FROM leads WHERE organization_id = %s ORDER BY id", organization(laiki, "Ærø & Søn"))
    laiki.query("INSERT INTO segments SELECT '99999999-0000-4000-8000-000000000000', %s, 'made by hand', '{}', now()", organization(laiki, "Laiki Λαϊκή"))
    laiki.environment["LAIKI_WRITE"] = "replace"
    forget(laiki, LARGEST)
    laiki.migrate()
    laiki.agrees()
    assert laiki.query("SELECT count(*) FROM segments WHERE name = 'made by hand'") == [(0,)]
    assert laiki.query("SELECT id, xmin::text FROM leads WHERE organization_id = %s ORDER BY id", organization(laiki, "Ærø & Søn")) == others


def test_the_way_back_takes_one_organization_out(laiki):
    laiki("run").succeeds()
    company(laiki, SECOND)("run").succeeds()
    psql(laiki.target, "-f", laiki.folder / "document" / "6-undo.sql", company=SECOND)
    assert laiki.query("SELECT name FROM organizations") == [("Laiki Λαϊκή",)]
    company(laiki, LARGEST).agrees()
    company(laiki, SECOND).migrate()
    laiki.agrees()
