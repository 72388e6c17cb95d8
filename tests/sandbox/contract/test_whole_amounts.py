"""Amounts in currencies that have no minor unit: whole, wherever one asks.

v4 lists CLP, ISK, JPY and KRW among its currencies. ISO 4217 gives them no minor unit (or none that
is in use), so that nobody can pay a fraction of one.
"""

import pytest

pytestmark = pytest.mark.anyio

WITHOUT_CENTS = ("CLP", "ISK", "JPY", "KRW")
MUG = "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0"
NAMES = ("price", "vat", "total", "avg", "min")


def amounts(value, name=""):
    """Yield every number of an answer whose key names an amount."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from amounts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from amounts(inner, name)
    elif isinstance(value, float) and any(word in name.lower() for word in NAMES):
        yield value


async def asked_everywhere(api, make, quote, item, found, currency):
    items = [item(1, productUid=MUG, quantity=3), item(2)]
    made = await make(currency=currency, items=items)
    quoted = (await api.post("/v4/orders:quote", json=quote(currency=currency, items=items))).json()
    (row,) = await found(ids=[made["id"]])
    listed = (await api.get(f"/v3/products/{MUG}/prices", params={"currency": currency})).json()
    body = {"currency": currency, "country": "US"}
    body["products"] = [{"productUid": MUG, "quantities": [1, 7]}]
    shipping = (await api.post("/v1/prices:search", json=body)).json()
    return made, quoted, row, listed, shipping


@pytest.mark.parametrize("currency", WITHOUT_CENTS)
async def test_amounts_are_whole_and_agree(api, make, quote, item, found, currency):
    answers = await asked_everywhere(api, make, quote, item, found, currency)
    every = list(amounts(list(answers)))
    assert len(every) > 40
    assert [amount for amount in every if amount != round(amount)] == []
    made, quoted, row, _, _ = answers
    (receipt,) = made["receipts"]
    assert row["totalInclVat"] == str(int(receipt["totalInclVat"]))
    (one,) = quoted["quotes"]
    prices = [product["price"] for product in one["products"]]
    shipping = min(method["price"] for method in one["shipmentMethods"])
    assert sum(prices) == receipt["productsPrice"]
    assert sum(prices) + shipping == receipt["total"]
    assert receipt["total"] + receipt["totalVat"] == receipt["totalInclVat"]
    rows = receipt["items"]
    assert sum(line["vat"] for line in rows) == receipt["totalVat"]


async def test_other_currencies_have_cents(api, make, quote, item, found):
    answers = await asked_everywhere(api, make, quote, item, found, "EUR")
    assert any(amount != round(amount) for amount in amounts(list(answers)))
    assert answers[2]["totalInclVat"][-3] == "."
