import pytest
from api_coverage.checklist import Row, read_rows
from api_coverage.cover import calls, lines, locate, located
from api_coverage.kinds import Found
from api_coverage.library import all_calls
from api_coverage.limits import LIMITS
from api_coverage.page import PAGE, page
from api_coverage.reasons import REASONS, UNDOCUMENTED, reason_for

from gelato_async.webhooks.parsing import EVENTS


def test_the_checklist_has_every_row_of_the_documents_once():
    rows = read_rows()
    assert len(rows) == 1654
    assert len({row.key for row in rows}) == 1654


def test_everything_documented_is_in_the_library_or_listed_with_a_reason():
    assert [" ".join(line.row.key) for line in lines() if line.found is None] == []


def test_the_page_says_what_was_found():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/api_coverage/generate.py"


def test_no_reason_is_given_for_what_the_library_has():
    explained = [row for row in read_rows() if reason_for(row.key)]
    assert [row.key for row in explained if located(row)] == []


def test_no_reason_is_given_for_what_is_not_documented():
    entries = {entry[0] for row in read_rows() if (entry := reason_for(row.key))}
    assert entries == set(REASONS)


def test_every_limit_that_has_a_place_is_documented():
    assert LIMITS.keys() <= {(row.section, row.name) for row in read_rows() if row.kind == "limit"}


def test_every_call_and_event_is_documented_or_listed_as_undocumented():
    documented = {(call.api.name, call.operation) for call in calls().values()}
    found = {(call.api.name, call.operation) for call in all_calls()}
    assert found - documented == {("gelato", operation) for operation in UNDOCUMENTED}
    assert documented <= found
    assert set(EVENTS) == {row.name for row in read_rows() if row.kind == "event"}


@pytest.mark.parametrize(
    ("section", "kind", "name", "where"),
    [
        ("v4.get", "field", "items[].processedFileUrl", "`OrderItem.processed_file_url`"),
        (
            "v4.create",
            "param",
            "shippingAddress.registrationStateCode",
            "`ShippingAddress.registration_state`",
        ),
        ("connect.submit", "param", "items[].productVariant", "`CustomItem.product_variant`"),
        ("connect.search", "param", "fulfillmentStatus", "`OrderQuery.fulfillment_statuses`"),
        ("product.prices", "field", "[].price", "`Price.price`"),
        ("product.search", "field", "products[].dimensions{}.value", "`Measure.value`"),
        ("v4.create", "enum", "items[].files[].type=neck-inner", "`FileType.NECK_INNER`"),
    ],
)
def test_a_row_is_resolved_by_walking_from_its_call_to_the_attribute(section, kind, name, where):
    (row,) = [row for row in read_rows() if row.key == (section, kind, name)]
    assert locate(row) == Found(where)


@pytest.mark.parametrize(
    "row",
    [
        Row("v4.get", "field", "", "items[].nothingOfTheSort"),
        Row("v4.get", "field", "", "items.id"),
        Row("v4.get", "enum", "", "items[].files[].type=ceiling"),
        Row("v4.create", "param", "body", "retailCurrency"),
        Row("v4.create", "limit", "", "shippingAddress.city max length", "31"),
        Row("connect.submit", "param", "body", "returnAddress"),
        Row("product.stock-regions", "enum", "", "EU JP Japan"),
        Row("webhook.order_shredded", "event", "", "order_shredded"),
    ],
    ids=lambda row: f"{row.section} {row.name}",
)
def test_what_the_library_does_not_have_is_a_gap(row):
    assert locate(row) is None
