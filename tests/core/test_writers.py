import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from gelato_async import (
    CatalogItem,
    DraftItem,
    File,
    OrderQuery,
    QuoteProduct,
    QuoteRequest,
    ReturnAddress,
    ShippingAddress,
)
from gelato_async.core.wire.writers import Dialect

PLAIN = Dialect({})


def sent_as(model):
    return json.loads(json.dumps(PLAIN.dump(model)))


def test_only_none_is_left_out(address):
    item = CatalogItem(
        item_reference_id="item-1", product_uid="p", quantity=1, files=[], metadata={}
    )
    assert sent_as(item) == {
        "itemReferenceId": "item-1",
        "productUid": "p",
        "quantity": 1,
        "files": [],
        "metadata": [],
    }
    assert sent_as(File(url="", is_visible=False, thread_colors=[])) == {
        "type": "default",
        "url": "",
        "threadColors": [],
        "isVisible": False,
    }
    assert sent_as(File(type=None)) == {}
    assert sent_as(ReturnAddress(city="")) == {"city": ""}


def test_a_default_quantity_and_type_are_sent(order):
    sent = sent_as(order())
    assert (sent["orderType"], sent["items"][0]["quantity"]) == ("order", 1)


def test_extra_is_merged_last_on_every_level(order, address):
    whole = order(
        shipping_address=address(extra={"city": "Ystad", "doorCode": None}),
        return_address=ReturnAddress(city="a", extra={"city": "b"}),
        items=[
            CatalogItem(
                item_reference_id="item-1",
                product_uid="p",
                files=[File(url="u", extra={"url": "v", "fitMethod": "cover"})],
                extra={"quantity": "many", "giftWrap": {"colour": "red"}},
            )
        ],
        extra={"currency": "SEK", "nothing": None},
    )
    sent = sent_as(whole)
    assert (sent["currency"], sent["nothing"]) == ("SEK", None)
    assert (sent["shippingAddress"]["city"], sent["shippingAddress"]["doorCode"]) == ("Ystad", None)
    assert sent["returnAddress"] == {"city": "b"}
    (item,) = sent["items"]
    assert (item["quantity"], item["giftWrap"]) == ("many", {"colour": "red"})
    assert item["files"] == [{"type": "default", "url": "v", "fitMethod": "cover"}]
    assert "extra" not in repr(sent)


@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (lambda extra: OrderQuery(extra=extra), {"key": 1}),
        (lambda extra: DraftItem(id="item-1", extra=extra), {"id": "item-1", "key": 1}),
        (
            lambda extra: QuoteProduct(item_reference_id="item-1", product_uid="p", extra=extra),
            {"itemReferenceId": "item-1", "productUid": "p", "quantity": 1, "key": 1},
        ),
    ],
)
def test_extra_passes_in_every_request(make, sent):
    assert sent_as(make({"key": 1})) == sent


def test_extra_in_a_quote(address):
    request = QuoteRequest(
        order_reference_id="order-1",
        customer_reference_id="customer-1",
        currency="EUR",
        recipient=address(extra={"floor": 3}),
        products=[],
        extra={"key": 1},
    )
    sent = sent_as(request)
    assert (sent["key"], sent["recipient"]["floor"], sent["products"]) == (1, 3, [])


def test_later_changes_to_extra_do_not_reach_the_request(address):
    extra = {"floor": 3}
    recipient = address(extra=extra)
    extra["floor"] = 4
    assert sent_as(recipient)["floor"] == 3


def test_money_is_sent_as_a_number(order):
    sent = sent_as(order(retail_shipping_price_excl_vat="6.49"))
    assert sent["retailShippingPriceInclVat"] == 6.49
    assert type(sent["retailShippingPriceInclVat"]) is float


def test_moments_are_sent_with_their_offset():
    query = OrderQuery(
        start_date=datetime(2026, 2, 1, 8, 0, 0, 123, tzinfo=UTC),
        end_date=datetime(2026, 2, 28, tzinfo=timezone(timedelta(hours=-4))),
    )
    assert sent_as(query) == {
        "startDate": "2026-02-01T08:00:00+00:00",
        "endDate": "2026-02-28T00:00:00-04:00",
    }


def test_open_values_are_sent_as_they_are(order):
    assert sent_as(order(order_type="preorder"))["orderType"] == "preorder"
    assert sent_as(File(type="hologram"))["type"] == "hologram"
    assert type(PLAIN.dump(File(type="front"))["type"]) is str


def test_a_dialect_renames_what_it_spells_otherwise(address):
    dialect = Dialect({(type(address()), "registration_state"): "registrationStateCode"})
    recipient = address(registration_state="SP")
    assert dialect.dump(recipient)["registrationStateCode"] == "SP"
    assert dialect.name(type(recipient), "registration_state") == "registrationStateCode"
    assert sent_as(recipient)["registrationState"] == "SP"
    assert PLAIN.name(CatalogItem, "retail_price_excl_vat") == "retailPriceInclVat"
    assert (
        PLAIN.name(CatalogItem, "adjust_product_uid_by_file_types") == "adjustProductUidByFileTypes"
    )


def test_plain_values_hold_what_a_model_may_hold():
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    assert PLAIN.dump({"a": [Decimal("1.5"), File(url="u")], "b": (moment, None)}) == {
        "a": [1.5, {"type": "default", "url": "u"}],
        "b": ["2026-02-01T00:00:00+00:00", None],
    }


def test_a_model_without_extra_is_written_too(order):
    assert sent_as(order(metadata={"a": "b"}))["metadata"] == [{"key": "a", "value": "b"}]


@attrs.frozen(kw_only=True)
class NotedAddress(ShippingAddress):
    note: str = "for us alone"


def test_a_subclass_is_written_as_what_it_stands_for(address):
    mine = NotedAddress(**attrs.asdict(address(registration_state="SP")))
    request = QuoteRequest(
        order_reference_id="order-1",
        customer_reference_id="customer-1",
        currency="EUR",
        recipient=mine,
        products=[],
    )
    spelling = Dialect({(ShippingAddress, "registration_state"): "registrationStateCode"})
    sent = spelling.dump(request)["recipient"]
    assert sent["registrationStateCode"] == "SP"
    assert "note" not in sent
