"""Prices: what the price API, quotes, orders, receipts and searches say of the same thing."""

import itertools

import pytest
from support.json_shapes import COUNTRY, CURRENCY, faults

pytestmark = pytest.mark.anyio

PRICE = {
    "productUid": str,
    "country": COUNTRY,
    "quantity": int,
    "price": float,
    "currency": CURRENCY,
    "pageCount": (int, None),
}
# The document's list for *Create order*.
CURRENCIES = [
    *("EUR", "USD", "JPY", "BGN", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "CHF", "ISK"),
    *("NOK", "HRK", "RUB", "TRY", "AUD", "BRL", "CAD", "CNY", "HKD", "IDR", "ILS", "INR", "KRW"),
    *("MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR", "CLP", "AED"),
]
PARTS = ("products", "shipping", "packaging")


@pytest.fixture
def some_uid(api):
    """Find the first product of a catalog."""

    async def search(catalog):
        path = f"/v3/catalogs/{catalog}/products:search"
        return (await api.post(path, json={"limit": 1})).json()["products"][0]["productUid"]

    return search


@pytest.fixture
def prices(api):
    async def get(uid, **query):
        answer = await api.get(f"/v3/products/{uid}/prices", params=query)
        assert answer.status_code == 200, answer.text
        assert faults(answer.json(), [PRICE]) == []
        return answer.json()

    return get


@pytest.fixture
def shipping(api):
    """Search shipping prices of a product, by method."""

    async def search(uid, quantity, country, currency):
        rows = [{"productUid": uid, "quantities": [quantity]}]
        body = {"currency": currency, "country": country, "products": rows}
        answer = await api.post("/v1/prices:search", json=body)
        assert answer.status_code == 200, answer.text
        (row,) = answer.json()["prices"][0]["quantities"]
        return {method["shipmentMethodUid"]: method for method in row["methods"]}

    return search


async def test_prices_without_a_country_are_of_several(prices, some_uid):
    rows = await prices(await some_uid("posters"))
    for name in ("country", "currency", "quantity"):
        assert len({row[name] for row in rows}) > 1, name


async def test_prices_are_of_the_country_and_currency_asked_for(prices, some_uid):
    uid = await some_uid("posters")
    assert {row["country"] for row in await prices(uid, country="SE")} == {"SE"}
    assert {row["currency"] for row in await prices(uid, currency="SEK")} == {"SEK"}
    rows = await prices(uid, country="US", currency="GBP")
    assert {(row["country"], row["currency"]) for row in rows} == {("US", "GBP")}
    quantities = [row["quantity"] for row in rows]
    assert len(set(quantities)) == len(quantities) > 1


async def test_a_page_count_is_mandatory_for_many_pages_alone(api, prices, some_uid):
    book, poster = await some_uid("photobooks"), await some_uid("posters")
    assert (await api.get(f"/v3/products/{book}/prices")).status_code == 400
    counts = (await api.get(f"/v3/products/{book}")).json()["validPageCounts"]
    few = await prices(book, pageCount=counts[0], country="DE")
    many = await prices(book, pageCount=counts[-1], country="DE")
    assert {row["pageCount"] for row in few} == {counts[0]}
    assert few[0]["price"] < many[0]["price"]
    assert {row["pageCount"] for row in await prices(poster)} == {None}


async def test_more_copies_cost_more_and_each_copy_less(prices, some_uid):
    rows = await prices(await some_uid("frames"), country="DE", currency="EUR")
    rows.sort(key=lambda row: row["quantity"])
    for few, many in itertools.pairwise(rows):
        assert few["price"] < many["price"]
        assert few["price"] / few["quantity"] >= many["price"] / many["quantity"]
    first, last = rows[0], rows[-1]
    assert first["price"] / first["quantity"] > last["price"] / last["quantity"]


@pytest.fixture
def bought(api, quote, order, item):
    """Quote and order some pieces of a product; return the quote and the order."""

    async def ask(uid, quantity, country, currency, **changes):
        changes["items"] = [item(productUid=uid, quantity=quantity)]
        changes |= {"currency": currency, "address": {"country": country}}
        quoted = await api.post("/v4/orders:quote", json=quote(**changes))
        made = await api.post("/v4/orders", json=order(**changes))
        assert (quoted.status_code, made.status_code) == (200, 200), made.text
        return quoted.json()["quotes"][0], made.json()

    return ask


@pytest.mark.parametrize("catalog", ["cards", "frames", "mugs", "posters"])
@pytest.mark.parametrize("what", [(1, "DE", "EUR"), (100, "US", "USD"), (10, "SE", "JPY")], ids=str)
async def test_a_product_costs_the_same_wherever_one_asks(prices, some_uid, bought, catalog, what):
    quantity, country, currency = what
    uid = await some_uid(catalog)
    rows = await prices(uid, country=country, currency=currency)
    listed = {row["quantity"]: row["price"] for row in rows}
    expected = pytest.approx(listed[quantity], abs=0.0051)
    quoted, made = await bought(uid, *what)
    (receipt,) = made["receipts"]
    assert quoted["products"][0]["price"] == expected
    assert made["items"][0]["price"] == expected
    assert receipt["items"][0]["price"] == expected
    assert receipt["productsPrice"] == expected
    assert (receipt["currency"], made["currency"]) == (currency, currency)


@pytest.mark.parametrize("what", [(1, "DE", "EUR"), (20, "US", "USD"), (3, "SE", "SEK")], ids=str)
async def test_shipping_costs_the_same_wherever_one_asks(shipping, some_uid, bought, what):
    uid = await some_uid("frames")
    offered = await shipping(uid, *what)
    quoted, _ = await bought(uid, *what)
    methods = {method["shipmentMethodUid"]: method for method in quoted["shipmentMethods"]}
    assert methods
    for uid_of_method, method in methods.items():
        low, high = (offered[uid_of_method][name] for name in ("minPrice", "avgPrice"))
        assert low - 0.0051 <= method["price"] <= high + 0.0051
        _, made = await bought(uid, *what, shipmentMethodUid=uid_of_method)
        assert made["shipment"]["shipmentMethodUid"] == uid_of_method
        expected = pytest.approx(method["price"], abs=0.0051)
        assert made["shipment"]["price"] == expected
        assert made["receipts"][0]["shippingPriceInitial"] == expected


@pytest.mark.parametrize("currency", CURRENCIES)
async def test_an_order_may_be_charged_in_a_documented_currency(
    api, prices, order, quote, currency
):
    made = await api.post("/v4/orders", json=order(currency=currency))
    assert made.status_code == 200, made.text
    quoted = await api.post("/v4/orders:quote", json=quote(currency=currency))
    assert quoted.status_code == 200, quoted.text
    assert quoted.json()["quotes"][0]["products"][0]["currency"] == currency


async def test_each_documented_currency_has_one_rate(prices, some_uid):
    """An amount in two currencies differs by the same factor, whatever it is for."""
    rates = {}
    for uid in (await some_uid("posters"), await some_uid("mugs")):
        base = (await prices(uid, country="DE", currency="EUR"))[0]
        for currency in CURRENCIES:
            rows = await prices(uid, country="DE", currency=currency)
            same = next(row for row in rows if row["quantity"] == base["quantity"])
            rates.setdefault(currency, []).append(same["price"] / base["price"])
    for first, second in rates.values():
        assert first == pytest.approx(second, rel=0.005)
    assert len({round(first, 3) for first, _ in rates.values()}) > len(CURRENCIES) / 2


@pytest.mark.parametrize("currency", ["XXX", "usd", "EURO", "BTC"])
async def test_an_unknown_currency_is_refused(api, order, quote, currency):
    for path, body in (("/v4/orders", order), ("/v4/orders:quote", quote)):
        answer = await api.post(path, json=body(currency=currency))
        assert answer.status_code == 400
        assert "currency" in answer.text


@pytest.mark.parametrize("quantities", [(1,), (3, 7), (100, 1, 12)], ids=str)
async def test_a_receipt_adds_up(make, item, quantities):
    items = [item(number, quantity=quantity) for number, quantity in enumerate(quantities)]
    made = await make(items=items, currency="SEK")
    (receipt,) = made["receipts"]
    cents = {"abs": 0.0051}
    lines = {}
    for line in receipt["items"]:
        lines.setdefault(line["type"], []).append(line)
    assert set(lines) == {"product", "shipment", "packaging"}
    for part, kind in zip(PARTS, ("product", "shipment", "packaging"), strict=True):
        assert _total(lines[kind], "price") == pytest.approx(receipt[f"{part}Price"], **cents)
        assert _total(lines[kind], "vat") == pytest.approx(receipt[f"{part}PriceVat"], **cents)
        initial, discount = (receipt[f"{part}Price{name}"] for name in ("Initial", "Discount"))
        assert initial - discount == pytest.approx(receipt[f"{part}Price"], **cents)
        incl_vat = receipt[f"{part}Price"] + receipt[f"{part}PriceVat"]
        assert incl_vat == pytest.approx(receipt[f"{part}PriceInclVat"], **cents)
    for total, name in (("total", "Price"), ("totalVat", "PriceVat"), ("totalInclVat", None)):
        parts = [receipt[f"{part}{name or 'PriceInclVat'}"] for part in PARTS]
        assert receipt[total] == pytest.approx(sum(parts), **cents)


def _total(lines, name):
    return sum(line[name] for line in lines)


async def test_a_search_and_the_parts_of_an_order_say_the_total(make, found, item):
    made = await make(items=[item(1, quantity=5), item(2, quantity=2)])
    (row,), (receipt,) = await found(ids=[made["id"]]), made["receipts"]
    assert row["totalInclVat"] == f"{receipt['totalInclVat']:.2f}"
    by_item = {line["referenceId"]: line["price"] for line in receipt["items"]}
    assert {one["id"]: one["price"] for one in made["items"]}.items() <= by_item.items()
    assert by_item[made["shipment"]["id"]] is not None
    assert receipt["shippingPriceInitial"] == made["shipment"]["price"]


async def test_a_quote_of_a_book_depends_on_its_pages(api, prices, some_uid, quote, item):
    uid, amounts = await some_uid("photobooks"), []
    counts = (await api.get(f"/v3/products/{uid}")).json()["validPageCounts"]
    for count in (counts[0], counts[-1]):
        body = quote(items=[item(productUid=uid, pageCount=count)])
        (one,) = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
        (product,) = one["products"]
        assert product["pageCount"] == count
        rows = await prices(uid, pageCount=count, country="US", currency="USD")
        (listed,) = [row["price"] for row in rows if row["quantity"] == 1]
        assert product["price"] == pytest.approx(listed, abs=0.0051)
        amounts.append(product["price"])
    assert amounts[0] < amounts[1]


async def test_the_price_of_a_draft_is_that_of_the_order_it_becomes(api, make, item):
    draft = await make(orderType="draft", items=[item(1, quantity=3), item(2)])
    path = f"/v4/orders/{draft['id']}"
    ordered = (await api.patch(path, json={"orderType": "order"})).json()
    assert ordered["receipts"][0]["totalInclVat"] == draft["receipts"][0]["totalInclVat"]
    draft = await make(orderType="draft", items=[item(1, quantity=3), item(2)])
    kept = {"orderType": "order", "items": [{"id": draft["items"][1]["id"]}]}
    fewer = (await api.patch(f"/v4/orders/{draft['id']}", json=kept)).json()
    assert fewer["receipts"][0]["productsPrice"] == fewer["items"][0]["price"]
    assert fewer["receipts"][0]["total"] < draft["receipts"][0]["total"]


async def test_a_total_weight_grows_with_the_pieces(api, make, quote, item):
    one, ten = await make(), await make(items=[item(quantity=10)])
    assert ten["shipment"]["totalWeight"] > one["shipment"]["totalWeight"] > 0
    body = quote(items=[item(quantity=10)])
    (quoted,) = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
    weights = {method["totalWeight"] for method in quoted["shipmentMethods"]}
    assert weights == {ten["shipment"]["totalWeight"]}


async def test_days_of_delivery_are_those_of_the_quote(api, make, quote):
    (quoted,) = (await api.post("/v4/orders:quote", json=quote())).json()["quotes"]
    for method in quoted["shipmentMethods"]:
        shipment = (await make(shipmentMethodUid=method["shipmentMethodUid"]))["shipment"]
        for name in ("minDeliveryDays", "maxDeliveryDays", "minDeliveryDate", "maxDeliveryDate"):
            assert shipment[name] == method[name], name
        assert shipment["shipmentMethodName"] == method["name"]
        assert shipment["fulfillmentCountry"] == quoted["fulfillmentCountry"]


SPLIT_ALL = pytest.mark.parametrize("options", [{"split": 1.0}, {"split": 0.5}], ids=str)


@SPLIT_ALL
async def test_a_quote_is_divided_as_the_order_will_be(api, quote, make, fetch, item):
    """A quote per connected order: "allowMultipleQuotes", by default true."""
    items = [item(number, quantity=number) for number in (1, 2, 3)]
    counts = set()
    for reference in map(str, range(8)):
        body = quote(reference=reference, items=items)
        quotes = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
        made = await make(reference=reference, items=items)
        parts = [await fetch(one) for one in made["connectedOrderIds"] or [made["id"]]]
        counts.add(len(parts))
        for quoted, part in zip(quotes, parts, strict=True):
            references = [one["itemReferenceId"] for one in part["items"]]
            assert quoted["itemReferenceIds"] == references
            prices = [product["price"] for product in quoted["products"]]
            assert prices == [one["price"] for one in part["items"]]
            cheapest = min(method["price"] for method in quoted["shipmentMethods"])
            assert round(sum(prices) + cheapest, 2) == part["receipts"][0]["total"]
    assert 2 in counts


@SPLIT_ALL
async def test_a_single_quote_can_be_asked_for(api, quote, item):
    body = quote(items=[item(1), item(2)], allowMultipleQuotes=False)
    (quoted,) = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
    assert len(quoted["products"]) == 2
