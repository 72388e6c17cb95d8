"""What has no place of its own in the library, and why. A row that the library covers after all must not stand here.

A name that ends in `*` stands for all that begin like it.
"""

from collections.abc import Mapping
from typing import Any

from api_coverage.kinds import Answer, Listed, Placed

from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.stores import DeleteStoreProduct

_FREE = "free text on the wire: "
_ONE_EXAMPLE = Listed("one value in one example and in no table: the attribute is free text")
_UNIT = Listed(_FREE + "the attribute takes any unit")

REASONS: Mapping[tuple[str, str, str], Answer] = {
    ("v4.create", "enum", "currency=*"): Listed(
        _FREE + "the list holds for some customers only, so a currency is a `str` and never refused"
    ),
    ("v4.create", "enum", "shipmentMethodUid tiers=*"): Placed(
        "models.new_order:NewOrder.shipment_method_uid", "takes uids, tiers and lists of them"
    ),
    ("v4.create", "enum", "file formats=*"): Listed(
        "files are Gelato's to fetch and to judge; their format is not looked at"
    ),
    ("v4.get", "enum", "receipts[].type=contract"): _ONE_EXAMPLE,
    ("v4.get", "enum", "discounts[].type=promotion"): _ONE_EXAMPLE,
    ("v4.get", "enum", "discounts[].status=validated"): _ONE_EXAMPLE,
    ("connect.submit", "enum", "shipmentMethodUid forms=*"): Placed(
        "models.new_order:NewOrder.shipment_method_uid",
        "takes uids, names, tiers and lists of them",
    ),
    ("connect.get", "enum", "refusalReasonCode=missing_retail_prices"): Listed(
        _FREE + "no document lists the codes; it is a `str` of `Order` and `OrderRefusedError`"
    ),
    ("connect.cancel", "field", "code"): Listed(
        "a cancel that did not raise succeeded; its body is not looked at"
    ),
    ("connect.cancel", "field", "message"): Listed(
        "a cancel that did not raise succeeded; its body is not looked at"
    ),
    ("product.search", "enum", "weight/dimensions measureUnit=*"): _UNIT,
    ("product.cover-dimensions", "enum", "areas per product=*"): Placed(
        "models.product:CoverDimensions", "areas that a product has not are None"
    ),
    ("ecommerce.create-from-template", "enum", "fileUrl types=*"): Listed(
        "files are Gelato's to fetch and to judge; their format is not looked at"
    ),
}

UNDOCUMENTED: Mapping[type[Operation[Any]], str] = {
    DeleteStoreProduct: "seen to work: 200, and the product is not found afterwards",
}
"""Calls that the library has and no document describes, and why it has them."""


def reason_for(key: tuple[str, str, str]) -> tuple[tuple[str, str, str], Answer] | None:
    """The entry about a row, if there is one."""
    section, kind, name = key
    for entry, answer in REASONS.items():
        wanted = entry[2]
        fits = name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
        if entry[:2] == (section, kind) and fits:
            return entry, answer
    return None
