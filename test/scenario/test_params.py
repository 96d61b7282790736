"""Params: what --param gives, in the SQL of a migration and in the ledger."""

import uuid

COMPANIES = [uuid.uuid5(uuid.NAMESPACE_DNS, f"company {number}") for number in range(4)]
OLD = f"""
CREATE TABLE companies (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE leads (id int PRIMARY KEY, company_id uuid REFERENCES companies, label text);
INSERT INTO companies VALUES {', '.join(f"('{company}', 'Company, {number}')" for number, company in enumerate(COMPANIES))};
INSERT INTO leads SELECT i, (ARRAY{[str(company) for company in COMPANIES]}::uuid[])[1 + i % 4], 'lead ' || i FROM generate_series(1, 100) i;
"""
NEW = """
CREATE TABLE companies (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE leads (id int PRIMARY KEY, company_id uuid REFERENCES companies, label text);
"""


def write(migration, source, target, params, where):
    return migration(
        {
            "migration.yaml": f"""rehome: 1
name: chosen
source: {source}
target: {target}
params: {{ company: {params} }}
entities:
  companies: {{ from: companies, where: "{where}" }}
  leads: {{ from: leads, where: "company_id IN (SELECT id FROM companies WHERE {where})" }}
"""
        }
    )


def test_an_array_chooses_several_companies(server, rehome, migration, psql):
    source, target = server.database(OLD), server.database(NEW)
    folder = write(migration, source, target, "{ type: 'uuid[]', required: true }", "id = ANY (:'company')")
    first, second = map(str, COMPANIES[1:3])
    chosen = ["--param", f"company={first}", "--param", f"company={second}"]

    rehome("run", *chosen, cwd=folder).succeeds()
    assert psql(target, "SELECT count(*), min(company_id::text), max(company_id::text) FROM leads") == [(50, *sorted((first, second)))]
    assert psql(target, "SELECT params FROM rehome.migration") == [({"company": f'{{"{first}","{second}"}}'},)]

    # commas say the same, and so it is the same migration
    again = rehome("run", "--param", f"company={first},{second}", cwd=folder).succeeds()
    assert "Everything was done before" in again.stdout
    rehome("verify", *chosen, cwd=folder).succeeds()


def test_another_order_is_another_migration(server, rehome, migration, psql):
    source, target = server.database(OLD), server.database(NEW)
    folder = write(migration, source, target, "{ type: 'uuid[]' }", "id = ANY (:'company')")
    for order in (COMPANIES[:2], COMPANIES[1::-1]):
        rehome("run", "--param", "company=" + ",".join(map(str, order)), cwd=folder).succeeds()
    assert psql(target, "SELECT count(*) FROM rehome.migration") == [(2,)]
    assert psql(target, "SELECT count(*) FROM leads") == [(50,)]


def test_elements_keep_commas_quotes_and_backslashes(server, rehome, migration, psql):
    source, target = server.database(OLD), server.database(NEW)
    names = ['say "x", then', "back\\slash", "O'Neil {NULL}", ""]
    for company, name in zip(COMPANIES, names):
        psql(source, "UPDATE companies SET name = %s WHERE id = %s", name, str(company))
    psql(source, "INSERT INTO companies VALUES (gen_random_uuid(), 'NULL')")
    folder = write(migration, source, target, "{ type: 'text[]' }", "name = ANY (:'company')")
    given = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    rehome("run", "--param", f"company={given}", cwd=folder).succeeds()
    assert {name for (name,) in psql(target, "SELECT name FROM companies")} == set(names)


def test_a_required_array_is_not_empty_and_a_wrong_element_is_named(server, rehome, migration):
    source, target = server.database(OLD), server.database(NEW)
    folder = write(migration, source, target, "{ type: 'uuid[]', required: true }", "id = ANY (:'company')")
    assert 'param "company" is required' in rehome("plan", "--param", "company=", cwd=folder).ends_with(2).stderr
    wrong = rehome("plan", "--param", f"company={COMPANIES[0]},12", cwd=folder).ends_with(2)
    assert 'the value of param "company" does not fit uuid: "12"' in wrong.stderr
