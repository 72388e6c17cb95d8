"""An order as v4 answers it, key by key: the tables of *Get order* and the documents' examples."""

import pytest
from support.json_shapes import (
    COUNTRY,
    CURRENCY,
    DAY,
    DECIMAL,
    LONG_DATE,
    URL,
    UUID,
    faults,
)

pytestmark = pytest.mark.anyio

STATUS = {
    *("created", "uploading", "passed", "in_production", "printed", "draft", "failed"),
    *("canceled", "pending_approval", "pending_personalization", "digitizing"),
    *("not_connected", "on_hold", "shipped", "in_transit", "delivered", "returned"),
}
FINANCIAL = {
    *("draft", "pending", "invoiced", "to_be_invoiced", "paid", "canceled"),
    *("partially_refunded", "refunded", "refused"),
}
TEXT = (str, None)
ADDRESS = {
    "id": UUID,
    "orderId": UUID,
    "country": COUNTRY,
    "firstName": str,
    "lastName": str,
    "companyName": TEXT,
    "addressLine1": str,
    "addressLine2": TEXT,
    "city": str,
    "postCode": str,
    "state": TEXT,
    "email": str,
    "phone": TEXT,
    "isBusiness": bool,
    "federalTaxId": TEXT,
    "stateTaxId": TEXT,
    "registrationState": TEXT,
}
BILLING = {
    "id": UUID,
    "companyName": str,
    "companyNumber": TEXT,
    "companyVatNumber": TEXT,
    "companyVatNumbers": [str],
    "countryIsoCode": COUNTRY,
    "country": COUNTRY,
    "recipientName": str,
    "addressLine1": str,
    "addressLine2": TEXT,
    "city": str,
    "postCode": str,
    "stateCode": TEXT,
    "state": TEXT,
    "email": str,
    "phone": TEXT,
    "currencyIsoCode": CURRENCY,
    "currency": CURRENCY,
    "status": int,
}
ITEM = {
    "id": UUID,
    "itemReferenceId": str,
    "productUid": str,
    "storeProductVariantId": TEXT,
    "storeProductId": TEXT,
    "files": [{"type": str, "url": URL}],
    "processedFileUrl": (URL, None),
    "quantity": int,
    "options": list,
    "category": str,
    "productCategoryUid": str,
    "productTypeUid": str,
    "productNameUid": str,
    "productName": str,
    "fulfillmentStatus": STATUS,
    "pageCount": (int, None),
    "printJobs": list,
    "eventLog": list,
    "previews": [{"type": {"preview_default", "preview_thumbnail", "preview_flat"}, "url": URL}],
    "designId": TEXT,
    "productFileMimeType": str,
    "finalProductUid": str,
    "metadata": list,
    "retailPriceInclVat": (float, None),
    "attributes": [{"name": str, "title": str, "value": str, "formattedValue": str}],
    "itemReferenceName": TEXT,
    "isIgnored": bool,
    "price": float,
    "customTrim": None,
    "fileUrl": (URL, None),
}
PACKAGE = {"id": UUID, "orderItemIds": [UUID], "trackingCode": TEXT, "trackingUrl": (URL, None)}
SHIPMENT = {
    "id": UUID,
    "orderProductId": TEXT,
    "shippingAddressId": UUID,
    "promiseUid": str,
    "packageCount": int,
    "packagesCount": int,
    "shipmentMethodUid": str,
    "shipmentMethodName": str,
    "isCheapest": bool,
    "minDeliveryDays": int,
    "maxDeliveryDays": int,
    "minDeliveryDate": DAY,
    "maxDeliveryDate": DAY,
    "totalWeight": int,
    "price": float,
    "status": TEXT,
    "packages": [PACKAGE],
    "fulfillmentCountry": COUNTRY,
    "fulfillmentFacilityId": UUID,
    "retailShippingPriceInclVat": (float, None),
}
LINE = {
    "id": UUID,
    "receiptId": UUID,
    "orderId": (UUID, None),
    "clientId": UUID,
    "type": {"product", "shipment", "packaging"},
    "referenceId": UUID,
    "title": str,
    "currency": CURRENCY,
    "priceBase": float,
    "amount": float,
    "priceInitial": float,
    "discount": float,
    "price": float,
    "vat": float,
    "priceInclVat": float,
    "pricePlanId": TEXT,
    "createdAt": LONG_DATE,
    "updatedAt": LONG_DATE,
}
AMOUNTS = {
    f"{part}Price{name}": float
    for part in ("products", "shipping", "packaging")
    for name in ("Initial", "Discount", "", "Vat", "InclVat")
}
TOTALS = dict.fromkeys(
    ("discount", "discountVat", "discountInclVat", "totalInitial", "total", "totalVat"), float
)
RECEIPT = {
    "id": UUID,
    "orderId": UUID,
    "type": {"contract"},
    "currency": CURRENCY,
    "items": [LINE],
    "createdAt": LONG_DATE,
    "updatedAt": LONG_DATE,
    "receiptNumber": str,
    "billingEntity": BILLING,
    "billingTag": str,
    "transactionType": {"purchase", "refund"},
    **AMOUNTS,
    **TOTALS,
    "totalInclVat": float,
}
ORDER = {
    "id": UUID,
    "clientId": UUID,
    "orderReferenceId": str,
    "customerReferenceId": str,
    "fulfillmentStatus": STATUS,
    "financialStatus": FINANCIAL,
    "currency": CURRENCY,
    "shippingAddress": ADDRESS,
    "items": [ITEM],
    "shipment": SHIPMENT,
    "receipts": [RECEIPT],
    "createdAt": LONG_DATE,
    "updatedAt": LONG_DATE,
    "orderedAt": (LONG_DATE, None),
    "refusalReason": TEXT,
    "refusalReasonCode": TEXT,
    "channel": {"ui", "api", "shopify", "etsy"},
    "storeId": TEXT,
    "orderedByUserId": TEXT,
    "orderType": {"order", "draft"},
    "metadata": [{"key": str, "value": str}],
    "billingEntity": BILLING,
    "retailCurrency": TEXT,
    "paymentMethodType": TEXT,
    "paymentMethodId": TEXT,
    "connectedOrderIds": [UUID],
    "discounts": list,
    "returnAddress": dict.fromkeys(
        (
            *("country", "addressLine1", "addressLine2", "city", "postCode", "state"),
            *("email", "phone", "companyName"),
        ),
        TEXT,
    )
    | {"id": UUID},
    "iossNumber": TEXT,
}
ROW = {
    "id": UUID,
    "clientId": UUID,
    "channel": {"ui", "api", "shopify", "etsy"},
    "connectedOrderIds": [UUID],
    "country": COUNTRY,
    "createdAt": LONG_DATE,
    "currency": CURRENCY,
    "customerReferenceId": str,
    "financialStatus": FINANCIAL,
    "firstName": str,
    "fulfillmentStatus": STATUS,
    "itemsCount": int,
    "lastName": str,
    "orderReferenceId": str,
    "orderType": {"order", "draft"},
    "orderedAt": (LONG_DATE, None),
    "storeId": TEXT,
    "totalInclVat": DECIMAL,
    "updatedAt": LONG_DATE,
}
FORCED = sorted(STATUS - {"created"})


async def test_an_order_is_as_documented_all_its_life(app, make, fetch, found, item):
    made = await make(items=[item(1, quantity=3), item(2)], metadata=[{"key": "a", "value": "b"}])
    assert faults(made, ORDER) == []
    for _ in range(12):
        app.advance(60)
        assert faults(await fetch(made["id"]), ORDER) == []
        (row,) = await found(ids=[made["id"]])
        assert faults(row, ROW) == []
    packages = (await fetch(made["id"]))["shipment"]["packages"]
    parcelled = {one for package in packages for one in package["orderItemIds"]}
    assert parcelled == {one["id"] for one in made["items"]}


@pytest.mark.parametrize("kind", ["draft", "canceled", "patched", "split"])
async def test_an_order_of_another_kind_has_the_same_keys(api, make, fetch, item, kind):
    wishes = {
        "draft": {"orderType": "draft"},
        "patched": {"orderType": "draft"},
        "split": {"metadata": [{"key": "sandbox", "value": "split"}]},
    }
    made = await make(items=[item(1), item(2)], **wishes.get(kind, {}))
    path = f"/v4/orders/{made['id']}"
    if kind == "canceled":
        await api.post(f"{path}:cancel")
    elif kind == "patched":
        made = (await api.patch(path, json={"orderType": "order"})).json()
    assert faults(made, ORDER) == []
    assert faults(await fetch(made["id"]), ORDER) == []


@pytest.mark.parametrize("status", FORCED)
async def test_an_order_of_each_status_is_as_documented(api, make, fetch, found, status):
    made = await make()
    path = f"/_sandbox/orders/{made['id']}/status"
    forced = await api.post(path, json={"fulfillmentStatus": status})
    assert forced.status_code == 200, forced.text
    seen = await fetch(made["id"])
    assert (faults(seen, ORDER), seen["fulfillmentStatus"]) == ([], status)
    assert faults(await found(fulfillmentStatuses=[status]), [ROW]) == []


async def test_the_billing_entity_has_the_keys_of_the_examples(make):
    assert faults((await make())["billingEntity"], BILLING | {"iossNumber": TEXT}) == []


async def test_the_billing_entity_has_a_uuid_of_its_own(make):
    made = await make()
    assert made["billingEntity"]["id"] == made["receipts"][0]["billingEntity"]["id"]


async def test_lines_of_a_receipt_refer_to_items_and_shipment(make, item):
    made = await make(items=[item(1), item(2)])
    (receipt,) = made["receipts"]
    by_kind = {}
    for line in receipt["items"]:
        by_kind.setdefault(line["type"], []).append(line["referenceId"])
        assert line["receiptId"] == receipt["id"]
    assert by_kind["product"] == [one["id"] for one in made["items"]]
    assert by_kind["shipment"] == by_kind["packaging"] == [made["shipment"]["id"]]
    assert made["shipment"]["shippingAddressId"] == made["shippingAddress"]["id"]


async def test_what_was_sent_comes_back(api, order, item):
    sent = order(
        items=[item(1, quantity=7), item(2, metadata=[{"key": "k", "value": "v"}])],
        metadata=[{"key": "campaign", "value": "spring"}],
        returnAddress={"companyName": "Ours", "addressLine1": "Way 1", "country": "NO"},
    )
    made = (await api.post("/v4/orders", json=sent)).json()
    for name in ("orderReferenceId", "customerReferenceId", "currency", "orderType", "metadata"):
        assert made[name] == sent[name], name
    assert sent["shippingAddress"].items() <= made["shippingAddress"].items()
    assert sent["returnAddress"].items() <= made["returnAddress"].items()
    for given, answered in zip(sent["items"], made["items"], strict=True):
        for name in ("itemReferenceId", "productUid", "quantity", "files"):
            assert answered[name] == given[name], name


async def test_a_page_count_comes_back(make, item):
    made = await make(items=[item(1, pageCount=None), item(2, pageCount=2)])
    assert [one["pageCount"] for one in made["items"]] == [None, 2]
    assert [one["fileUrl"] for one in made["items"]] == [
        one["files"][0]["url"] for one in made["items"]
    ]


async def test_a_single_file_comes_back(make, item):
    """An item may have a `fileUrl` instead of files (the example of *Get order*)."""
    url = "https://files.example.com/single.pdf"
    (one,) = (await make(items=[item(files=None, fileUrl=url)]))["items"]
    assert (one["fileUrl"], faults(one, ITEM)) == (url, [])


async def test_the_type_of_a_file_is_default_unless_given(make, item):
    files = [{"url": "https://files.example.com/a.pdf"}]
    made = await make(items=[item(files=files)])
    assert made["items"][0]["files"] == [{"type": "default", **files[0]}]


async def test_an_order_without_a_kind_is_no_draft(api, order):
    body = order()
    del body["orderType"]
    made = (await api.post("/v4/orders", json=body)).json()
    assert (made["orderType"], made["fulfillmentStatus"]) == ("order", "created")
