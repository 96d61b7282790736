"""examples/stock-batches: every item gets a stock batch, at once or one by one, and the items stay as they are."""

import datetime
import re

import psycopg
import pytest

from support.example import contents, psql

ODD_ID = "ключ 'с' \"кавычками\""
BATCH = """SELECT quantity, status::text, "costPerUnitUSD"::text, "freightCostUSD"::text, "orderDate", "orderNumber", notes, "locationId", "assignedUserId"
FROM stock_batches WHERE "itemId" = %s"""


@pytest.fixture
def stock(example):
    return example("stock-batches")


@pytest.fixture
def few(example):
    """What a million items would show no better."""
    return example("stock-batches", rows=1000)


def batch(stock, item):
    rows = stock.query(BATCH, item)
    assert len(rows) <= 1
    return rows[0] if rows else None


def answer(stock, item):
    return stock.query('SELECT "totalQuantity", locations, statuses::text[], "usingBatchSystem" FROM item_stock WHERE id = %s', item)[0]


@pytest.mark.full_size
def test_every_item_becomes_a_batch_with_what_it_says(stock, perhaps_browser):
    draft, no_cost, all_items = stock.query(
        """SELECT count(*) FILTER (WHERE "quantityInStock" = 0 AND status IS NULL), count(*) FILTER (WHERE "costPerUnitUSD" IS NULL), count(*) FROM items"""
    )[0]
    assert draft > 10 and no_cost > 10 and all_items == stock.rows

    stock.migrate()
    stock.agrees()
    stock.is_reported(perhaps_browser)
    books = stock.books()["stock_batches"]
    assert (books["read"], books["written"], books["rejected"]) == (all_items - draft, all_items - draft - no_cost, no_cost)
    assert stock.rejects() == {("stock_batches", "no_cost"): no_cost}
    assert stock.query("SELECT name, state FROM rehome.check WHERE state <> 'passed'") == [("stock_without_status", "warned")]

    # values of items that are written out in legacy/data.sql
    moment = datetime.datetime(2024, 3, 1, 9, 30, 0, 123000)
    assert batch(stock, "item-plain") == (10, "InStock", "24.9", "100", moment, "PO-1001", "two boxes", "location-1", "user-1")
    assert batch(stock, "item-no-date") == (3, "Arrived", "0.30000000000000004", "0", None, None, None, "location-2", None)
    assert batch(stock, "item-empty-shelf") == (0, "ToOrder", "199.99", "12.5", None, "", "", None, "user-2")
    assert batch(stock, "item-draft") is None
    assert batch(stock, "item-no-status")[:3] == (7, "InStock", "1e-07")
    assert batch(stock, "item-oversold")[:2] == (-4, "ToOrder")
    assert batch(stock, "item-huge")[:4] == (2147483647, "InStock", "0.0001", "1e+15")
    assert batch(stock, "item-huge")[6] == 'line one\nline "two" \\ end\t;,|'
    assert batch(stock, "item-no-freight")[3] == "0"
    assert batch(stock, "item-no-cost") is None
    assert batch(stock, ODD_ID) == (5, "Ordered", "3.14159", "2.71828", datetime.datetime(2024, 6, 1), "PO-é", '{"json": "in a text"}', "location-7", "user-8")

    # what no statement of ours has computed: every other column as the item has it
    assert stock.query("""
        SELECT count(*) FROM items i JOIN stock_batches b ON b."itemId" = i.id
        WHERE (i."quantityInStock", i."orderDate", i."expectedArrival", i."orderNumber", i.notes, i."createdAt", i."updatedAt", i."locationId", i."assignedUserId")
              IS DISTINCT FROM (b.quantity, b."orderDate", b."expectedArrival", b."orderNumber", b.notes, b."createdAt", b."updatedAt", b."locationId", b."assignedUserId")
           OR i."costPerUnitUSD" <> b."costPerUnitUSD" OR i.status <> b.status""") == [(0,)]
    stock.legacy_is_as_it_was()


@pytest.mark.full_size
def test_the_queries_of_the_document_say_that_nothing_is_lost(stock):
    before = stock.query("""SELECT count(*)::text, sum("quantityInStock")::text FROM items""")[0]
    stock.migrate()
    batches = str(stock.query("SELECT count(*) FROM stock_batches")[0][0])

    every = stock.document("1-every-item")
    assert len(every) == stock.rows and {one["status"] for one in every} == {"✅ MATCH"}
    assert next(one for one in every if one["id"] == "item-huge")["new_system_qty"] == "2147483647"
    assert stock.document("3-1-total-items") == [{"total_items": before[0]}]
    assert stock.document("3-2-items-with-batches") == [{"items_with_batches": batches}]
    assert stock.document("3-3-quantities-match") == [{"total_items_checked": before[0], "items_matched": before[0], "items_mismatched": "0"}]
    assert stock.document("3-4-data-loss") == []
    assert stock.document("post-1-row-counts") == [{"item_count": before[0], "batch_count": batches}]
    assert stock.document("post-2-quantity-totals") == [{"old_system_total": before[1], "new_system_total": before[1]}]
    assert stock.document("post-3-orphaned-batches") == [{"count": "0"}]
    assert stock.document("post-4-missing-items") == [{"batches_without_items": "0"}]
    assert len(psql(stock.source, "-f", stock.folder / "document" / "export-items.sql").split("\nitem-plain,")) == 2

    kept = dict(stock.query("SELECT name, value FROM rehome.check WHERE name LIKE 'totals%'"))
    assert kept["totals_before"].startswith(f"{before[0]} items, {before[1]} pieces, "), kept


def test_the_copy_as_it_was_first_written_loses_and_invents(few):
    copy = few.folder / "document" / "copy-as-written.sql"
    psql(few.source, "-f", few.folder / "sql" / "10-stock_batches.sql")
    with pytest.raises(AssertionError, match='null value in column "status"'):
        psql(few.source, "-f", copy)
    few.query("UPDATE items SET status = 'InStock' WHERE status IS NULL AND \"quantityInStock\" > 0")
    with pytest.raises(AssertionError, match='null value in column "(costPerUnitUSD|freightCostUSD)"'):
        psql(few.source, "-f", copy)
    few.query('UPDATE items SET "costPerUnitUSD" = coalesce("costPerUnitUSD", 0), "freightCostUSD" = coalesce("freightCostUSD", 0)')
    psql(few.source, "-f", copy)
    lost = {one["id"]: one["difference"] for one in few.document("3-4-data-loss")}
    assert lost["item-oversold"] == "-4"
    assert few.query("""SELECT count(*) > 10 FROM items i JOIN stock_batches b ON b."itemId" = i.id WHERE i."orderDate" IS NULL AND b."orderDate" IS NOT NULL""") == [(True,)]


def test_items_can_be_migrated_one_by_one_and_then_all(few):
    first, second = ("--param", "item=item-plain"), ("--param", f"item={ODD_ID}")
    few.migrate(*first)
    few.agrees(*first)
    assert few.query('SELECT "itemId" FROM stock_batches') == [("item-plain",)]
    main_warehouse = [{"id": "location-1", "name": few.query("SELECT name FROM locations WHERE id = 'location-1'")[0][0]}]
    assert answer(few, "item-plain") == (10, main_warehouse, ["InStock"], True)
    assert answer(few, "item-no-status")[::3] == (7, False)
    assert answer(few, "item-draft") == (0, [None], [None], False)

    few.migrate(*second)
    assert few.books(*second)["stock_batches"]["written"] == 1
    assert answer(few, ODD_ID)[::3] == (5, True)

    few.migrate()
    books = few.books()["stock_batches"]
    assert (books["unchanged"], books["written"]) == (2, books["read"] - 2 - books["rejected"])
    assert few.agrees()["state"] == "passed"

    third = ("--param", "item=item-huge")  # it is there already
    few.migrate(*third)
    assert {name: few.books(*third)["stock_batches"][name] for name in ("read", "written", "unchanged")} == {"read": 1, "written": 0, "unchanged": 1}
    few.agrees(*first)
    few.legacy_is_as_it_was()


def test_the_view_answers_for_old_and_new_items_alike(few):
    few.migrate()
    few.query("""INSERT INTO stock_batches (id, quantity, status, "costPerUnitUSD", "updatedAt", "itemId", "locationId") VALUES
        ('new-1', 5, 'Ordered', 1, '2025-01-01', 'item-plain', 'location-2'), ('new-2', 1, 'InStock', 1, '2025-01-01', 'item-plain', 'location-1'),
        ('new-3', 2, 'Ordered', 1, '2025-01-01', 'item-plain', NULL)""")
    quantity, locations, statuses, uses_batches = answer(few, "item-plain")
    assert (quantity, uses_batches) == (18, True)
    assert sorted(one["id"] for one in locations if one) == ["location-1", "location-2"] and locations.count(None) == 1
    assert sorted(statuses) == ["InStock", "Ordered"]
    assert answer(few, "item-draft") == (0, [None], [None], False)
    assert answer(few, "item-oversold") == (-4, [None], ["ToOrder"], True)
    # an item with four batches counts four times in the document's join, and once in the balance check's own queries
    old, new = few.document("post-2-quantity-totals")[0].values()
    assert (int(old) - int(new)) == 10 * 3 - 8


def test_an_item_that_lives_on_its_batches_is_not_overwritten(few):
    few.migrate()
    psql(few.source, "-f", few.folder / "sql" / "mark_migrated.sql")
    assert few.query('SELECT count(*) FROM items WHERE "useBatchSystem"') == few.query("SELECT count(*) FROM stock_batches")
    assert few.query("""SELECT "useBatchSystem" FROM items WHERE id = 'item-draft'""") == [(False,)]
    few.query("""UPDATE stock_batches SET quantity = 1 WHERE "itemId" = 'item-plain'""")
    refused = few("run", "--param", "item=item-plain").ends_with(4)
    assert "item_lives_on_batches" in refused.stdout + refused.stderr
    assert batch(few, "item-plain")[0] == 1
    few.has_nothing_left_to_do()


def test_foreign_keys_do_what_the_document_asks(few):
    few.migrate()
    few.query("DELETE FROM items WHERE id = 'item-plain'")
    few.query("DELETE FROM locations WHERE id = 'location-2'")
    few.query("DELETE FROM users WHERE id = 'user-5'")
    assert batch(few, "item-plain") is None
    assert batch(few, "item-no-date")[7] is None
    assert batch(few, "item-no-freight")[8] is None
    keys = few.query("SELECT conname, confdeltype::text, convalidated FROM pg_constraint WHERE conrelid = 'stock_batches'::regclass AND contype = 'f' ORDER BY 1")
    assert keys == [("stock_batches_assignedUserId_fkey", "n", True), ("stock_batches_itemId_fkey", "c", True), ("stock_batches_locationId_fkey", "n", True)]


def test_the_way_back_leaves_the_items_byte_for_byte(few):
    fingerprint = "SELECT md5(string_agg((i.*)::text, E'\\n' ORDER BY id)) FROM items AS i"
    before, tables = few.query(fingerprint), contents(few.source)
    back = few.folder / "sql" / "back.sql"
    few.migrate()
    psql(few.source, "-f", back)
    assert few.query(fingerprint) == before
    assert contents(few.source) == tables
    with pytest.raises(psycopg.errors.UndefinedTable):
        few.query("SELECT * FROM stock_batches")

    few.migrate()  # and forward again
    few.agrees()
    few.query("CREATE VIEW somebody_elses AS SELECT * FROM item_stock")
    with pytest.raises(AssertionError, match="somebody_elses"):
        psql(few.source, "-f", back)
    assert re.fullmatch(r"\d+", str(few.query("SELECT count(*) FROM stock_batches")[0][0]))
