import copy
import pickle
from decimal import Decimal

import attrs
import pytest

import gelato_async
from gelato_async import (
    CatalogItem,
    CustomItem,
    DraftItem,
    File,
    FileType,
    FulfillmentStatus,
    Metadata,
    OrderQuery,
    OrderType,
)
from gelato_async.models.enums import OpenEnum

ENUMS = sorted(OpenEnum.__subclasses__(), key=lambda cls: cls.__name__)
MODELS = sorted(
    {
        cls
        for name in gelato_async.__all__
        if attrs.has(cls := getattr(gelato_async, name)) and "models" in cls.__module__
    },
    key=lambda cls: cls.__name__,
)
PERSONAL = {
    "first_name",
    "last_name",
    "address_line1",
    "address_line2",
    "city",
    "post_code",
    "email",
    "phone",
}


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_an_enum_takes_what_is_new_and_knows_it(cls):
    value = cls("brand_new")
    assert isinstance(value, cls)
    assert (value, str(value), value.value, f"{value}", value.is_known) == ("brand_new",) * 4 + (
        False,
    )
    assert value == cls("brand_new")
    assert hash(value) == hash("brand_new")
    assert "brand_new" not in list(cls)
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
    assert "brand_new" in repr(value)


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_documented_values_are_known(cls):
    for member in cls:
        assert cls(member.value) is member
        assert member.is_known


@pytest.mark.parametrize("value", [7, None, []])
def test_an_enum_takes_only_text(value):
    with pytest.raises(ValueError, match="is not a valid FulfillmentStatus"):
        FulfillmentStatus(value)


def test_there_are_17_fulfilment_statuses_and_16_file_types():
    assert (len(FulfillmentStatus), len(FileType)) == (17, 16)


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
def test_models_are_frozen_slotted_and_mostly_keyword_only(cls):
    fields = attrs.fields(cls)
    assert not hasattr(cls, "__dict__") or "__dict__" not in dir(cls.__new__(cls))
    assert cls.__setattr__ is not object.__setattr__
    assert len(fields) <= 2 or all(f.kw_only for f in fields)


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
def test_no_model_shows_a_person_an_answer_or_extra_keys(cls):
    hidden = PERSONAL | {
        "raw",
        "extra",
        "shipping_address",
        "return_address",
        "recipient",
        "billing_entity",
        "search",
    }
    assert [f.name for f in attrs.fields(cls) if f.name in hidden and f.repr] == []


def test_callers_may_write_plain_values(order):
    made = order(
        order_type="draft",
        metadata={"campaign": "spring"},
        retail_shipping_price_excl_vat=6.49,
        items=(
            CatalogItem(item_reference_id=str(n), product_uid="p", files=[File(type="back")])
            for n in (1, 2)
        ),
    )
    assert made.order_type is OrderType.DRAFT
    assert made.metadata == (Metadata("campaign", "spring"),)
    assert made.retail_shipping_price_excl_vat == Decimal("6.49")
    assert [item.files for item in made.items] == [(File(type=FileType.BACK),)] * 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [(Decimal("1.10"), "1.10"), ("1.10", "1.10"), (1.1, "1.1"), (2, "2"), (0.1, "0.1")],
)
def test_amounts_are_decimals_with_the_digits_given(given, kept):
    item = CatalogItem(item_reference_id="1", product_uid="p", retail_price_excl_vat=given)
    assert str(item.retail_price_excl_vat) == kept


def test_nothing_and_an_empty_list_stay_different():
    assert (DraftItem(id="1").files, DraftItem(id="1", files=[]).files) == (None, ())
    assert (OrderQuery().ids, OrderQuery(ids=[]).ids) == (None, ())
    item = CustomItem(item_reference_id="1", product_name="n", product_variant={}, metadata=[])
    assert (item.metadata, item.files, item.retail_price_excl_vat) == ((), None, None)
    assert File(type=None).type is None


@pytest.mark.parametrize("value", ["order-1", b"order-1"])
def test_a_single_text_is_not_a_list(value):
    with pytest.raises(TypeError, match="expected a list"):
        OrderQuery(order_reference_ids=value)


def test_requests_do_not_share_the_callers_lists_and_dicts(order):
    variant, files = {"Size": "A3"}, [File(url="u")]
    item = CustomItem(item_reference_id="1", product_name="n", product_variant=variant, files=files)
    variant["Size"], files[0] = "A4", None
    assert (item.product_variant, item.files) == ({"Size": "A3"}, (File(url="u"),))
    assert order(items=[item], extra=None).extra == {}
