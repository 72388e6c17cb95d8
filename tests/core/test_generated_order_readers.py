"""The generated readers of orders read what the plain one reads, and refuse what has a problem for it."""

import attrs
import pytest
from hypothesis import given
from support.mutations import WRONG, changed, mutated, mutations, places, steady
from support.orders import SWEDISH

from gelato_async.core.order_reader import read_plainly
from gelato_async.core.order_reader.fields import fields_of
from gelato_async.core.order_reader.generated import UnusualError, reader_of, source_of
from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File, Metadata, NewOrder
from gelato_async.models.quote import QuoteProduct, QuoteRequest

FILE = {
    "type": "back",
    "url": "https://example.com/a.pdf",
    "id": "file",
    "threadColors": ["#000000", "#ffffff"],
    "isVisible": False,
}
METADATA = [{"key": "campaign", "value": "spring"}]
CATALOG_ITEM = {
    "itemReferenceId": "1",
    "productUid": "poster",
    "quantity": 2,
    "files": [FILE],
    "pageCount": 34,
    "adjustProductUidByFileTypes": True,
    "metadata": METADATA,
    "retailPriceInclVat": 12.5,
}
CUSTOM_ITEM = {
    "itemReferenceId": "2",
    "productName": "Oak Frame",
    "productVariant": {"Size": "A3"},
    "quantity": 1,
    "files": [FILE],
    "metadata": METADATA,
    "retailPriceInclVat": "12.50",
}
RECIPIENT = SWEDISH | {
    "addressLine2": "c/o Ek",
    "state": "Skåne",
    "phone": "+46 555 0100",
    "companyName": "Ek AB",
    "isBusiness": True,
    "federalTaxId": "1",
    "stateTaxId": "2",
    "registrationState": "SP",
}
SENDER = {
    "companyName": "Ek AB",
    "addressLine1": "Storgatan 1",
    "addressLine2": "",
    "city": "Lund",
    "postCode": "222 22",
    "state": "Skåne",
    "country": "SE",
    "email": "a@example.com",
    "phone": "+46 555 0100",
}
ORDER = {
    "orderReferenceId": "r1",
    "currency": "EUR",
    "shippingAddress": RECIPIENT,
    "items": [CATALOG_ITEM, CUSTOM_ITEM],
    "customerReferenceId": "c1",
    "orderType": "draft",
    "shipmentMethodUid": "express",
    "returnAddress": SENDER,
    "metadata": METADATA,
    "retailCurrency": "SEK",
    "retailShippingPriceInclVat": 6.49,
}
QUOTE = {
    "orderReferenceId": "r1",
    "customerReferenceId": "c1",
    "currency": "EUR",
    "recipient": RECIPIENT,
    "products": [
        {
            "itemReferenceId": "1",
            "productUid": "poster",
            "quantity": 2,
            "pageCount": 4,
            "files": [FILE],
        }
    ],
    "allowMultipleQuotes": True,
}
WHOLE = {
    NewOrder: ORDER,
    QuoteRequest: QUOTE,
    ShippingAddress: RECIPIENT,
    ReturnAddress: SENDER,
    CatalogItem: CATALOG_ITEM,
    CustomItem: CUSTOM_ITEM,
    File: FILE,
    Metadata: METADATA[0],
    QuoteProduct: QUOTE["products"][0],
}
MODELS = pytest.mark.parametrize("cls", [NewOrder, QuoteRequest])


def assert_both_read_alike(cls, body):
    slow, problems = read_plainly(cls, body)
    try:
        fast = reader_of(cls)(body)
    except UnusualError:
        assert problems
        return
    assert list(problems) == []
    # == takes 1 for Decimal("1.0"), and a string for a member of an enum
    assert repr(attrs.asdict(fast)) == repr(attrs.asdict(slow))
    assert fast == slow
    assert type(fast) is cls


@pytest.mark.parametrize("cls", WHOLE)
def test_the_bodies_of_these_tests_have_every_key(cls):
    alike = {"registrationStateCode"}
    keys = {key for field in fields_of(cls) for key in field.keys}
    assert WHOLE[cls].keys() == keys - alike
    assert_both_read_alike(cls, WHOLE[cls])


@MODELS
def test_bodies_with_many_changes_are_read_alike(cls):
    @steady
    @given(mutations(WHOLE[cls]))
    def check(changes):
        assert_both_read_alike(cls, mutated(WHOLE[cls], changes))

    check()


@MODELS
def test_bodies_with_anything_in_one_place_are_read_alike(cls):
    anything = (*WRONG, 1.5, 3.0, -0.0, False, "1.50", "draft", "x", ["a"], {"a": "b"})
    for place in places(WHOLE[cls]):
        for wrong in anything:
            assert_both_read_alike(cls, changed(WHOLE[cls], place, wrong))


@MODELS
def test_bodies_with_a_key_too_much_are_read_alike(cls):
    keys = {key for found in WHOLE for field in fields_of(found) for key in field.keys}
    objects = [place for place in places(WHOLE[cls]) if isinstance(place[-1], str)]
    for place in objects:
        for key in {*keys, "extra", "unknown"}:
            for value in (None, "x"):
                assert_both_read_alike(cls, changed(WHOLE[cls], (*place[:-1], key), value))


@MODELS
@pytest.mark.parametrize("value", [None, [], "text", 17])
def test_only_an_object_is_read(cls, value):
    assert_both_read_alike(cls, value)
    with pytest.raises(UnusualError):
        reader_of(cls)(value)


def test_a_model_does_not_change_with_the_body_that_it_was_read_from():
    body = CUSTOM_ITEM | {"productVariant": {"Size": "A3"}}
    item = reader_of(CustomItem)(body)
    body["productVariant"]["Size"] = "A4"
    assert item.product_variant == {"Size": "A3"}


def test_a_reader_of_orders_can_be_printed():
    assert source_of(File) == (
        "def read(value):\n"
        "    if value.__class__ is not dict or not keys.issuperset(value):\n"
        "        raise UnusualError\n"
        "    get = value.get\n"
        "    made = blank()\n"
        "    v = get('type')\n"
        "    if v is not None:\n"
        "        if v.__class__ is not str:\n"
        "            v = certain(as_text(v))\n"
        "        v = known_type(v) or FileType(v)\n"
        "    made.type = v\n"
        "    v = get('url')\n"
        "    if v is not None:\n"
        "        if v.__class__ is not str:\n"
        "            v = certain(as_text(v))\n"
        "    made.url = v\n"
        "    v = get('id')\n"
        "    if v is not None:\n"
        "        if v.__class__ is not str:\n"
        "            v = certain(as_identifier(v))\n"
        "    made.id = v\n"
        "    v = get('threadColors')\n"
        "    if v is not None:\n"
        "        if v.__class__ is not list:\n"
        "            raise UnusualError\n"
        "        v = tuple([read_thread_colors(element) for element in v])\n"
        "    made.thread_colors = v\n"
        "    v = get('isVisible')\n"
        "    if v is not None:\n"
        "        if v.__class__ is not bool:\n"
        "            v = certain(as_flag(v))\n"
        "    made.is_visible = v\n"
        "    made.extra = {}\n"
        "    made.__class__ = model\n"
        "    return made\n"
    )
