"""What must hold of every report, whatever was migrated: asked of a browser, and of the ledger by SQL."""

import re

from support.browser import SIZES
from support.server import query

BOOKS = "driving read written unchanged merged filtered rejected".split()
SUMS = ", ".join(f"coalesce(sum(c.{name}), 0)::bigint" for name in BOOKS)
ENTITIES = f"""
SELECT e.name, {SUMS} FROM rehome.entity e LEFT JOIN rehome.chunk c ON c.migration = e.migration AND c.entity = e.name
 WHERE e.migration = $1 GROUP BY e.name, e.position ORDER BY e.position, e.name
"""


def number(text):
    return int(text.replace(",", ""))


def opens(browser, path):
    """At both sizes, in the light and in the dark: the browser has nothing to say, asks for nothing else, and nobody has to scroll sideways."""
    for dark in (False, True):
        for name, (width, height) in SIZES.items():
            page = browser.open(path, width, height, dark=dark)
            assert page.complaints == [], name
            assert [one for one in page.requests if one != "data:,"] == [path.resolve().as_uri()], name
            assert page.overflow <= 0, f"{name}: {page.overflow} pixels wider than the window"
            assert len(page.texts("h1")) == 1 and page.texts("script, link[href^=http], img, iframe") == []
            names = page.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
            assert len(names) == len(set(names)) and page.run("return [...document.querySelectorAll('nav a')].every(a => document.querySelector(a.hash))")
            assert all(page.texts("section h2")) and len(page.texts("table")) == len(page.texts("table > caption"))
            assert page.texts("thead th:not([scope=col]), tbody th:not([scope=row])") == []
    return page


def is_faithful(page, document, target, migration=1):
    """Page and document say of the books, of verification and of rejects what the ledger says."""
    ledger = query(target, ENTITIES.replace("$1", str(migration)))
    assert [(one["Entity"], *(number(one[name.capitalize()]) for name in BOOKS)) for one in page.rows("entities")] == ledger
    assert [(one["name"], *(one[name] for name in BOOKS)) for one in document["entities"]] == ledger
    if len(ledger) > 1:
        sums = [sum(row[i] for row in ledger) for i in range(1, len(BOOKS) + 1)]
        assert [number(text) for text in page.texts("#entities tfoot td")[1 : len(BOOKS) + 1]] == sums
        assert [document["totals"]["entities"][name] for name in BOOKS] == sums == [document["migration"][name] for name in BOOKS]
    read, *others = [number(re.sub(r"^[=+]", "", text)) for text in page.texts(".equation b")]
    assert read == sum(others) == document["migration"]["read"]

    compared = query(target, f"SELECT entity, state, source_rows, target_rows, missing, extra, different FROM rehome.verification WHERE migration = {migration}")
    assert sorted(tuple(one[name] for name in ("entity", "state", "source_rows", "target_rows", "missing", "extra", "different")) for one in document["verifications"]) == sorted(compared)
    assert sorted((one["Entity"], one["State"], number(one["Rows by the source"]), number(one["Different"])) for one in page.rows("verifications")) == sorted(
        (entity, state, rows, different) for entity, state, rows, _, _, _, different in compared
    )
    rejects = query(target, f"SELECT entity, reason, count(*) FROM rehome.reject WHERE migration = {migration} GROUP BY 1, 2")
    assert sorted((one["entity"], one["reason"], one["rows"]) for one in document["rejects"]) == sorted(rejects)
    assert sorted((one["Entity"], one["Reason"], number(one["Rows"])) for one in page.rows("rejects")) == sorted(rejects)
    steps = query(target, f"SELECT count(*) FROM rehome.step WHERE migration = {migration}")[0][0]
    assert len(page.rows("steps")) == len(document["steps"]) == min(steps, 1000)
    assert sum(lane["rows"] for lane in (document["timeline"] or {"lanes": []})["lanes"]) == query(
        target, f"SELECT coalesce(sum(read), 0) FROM rehome.chunk WHERE migration = {migration} AND state = 'done' AND method <> 'keys'")[0][0]
    assert sum(link["arrived"] + link["filtered"] + link["rejected"] for link in document["flow"]) == document["migration"]["read"]
