"""Own data of a sandbox: what does not fit together, and what each account sees of it."""

import attrs
import httpx
import pytest

from gelato_async.sandbox import Sandbox, SandboxData, SandboxDataError, create_app
from gelato_async.sandbox.catalog.countries import REGIONS
from gelato_async.sandbox.data import (
    Account,
    Catalog,
    Discount,
    ImagePlaceholder,
    Price,
    PriceRule,
    Product,
    ShipmentMethod,
    Stock,
    Store,
    Template,
    TemplateVariant,
)

SHOP = Account(name="shop", api_key="shop-key")
RIVAL = Account(name="rival", api_key="rival-key")
SIGNS = Catalog(uid="signs", title="Signs", price=PriceRule(base=30))
SIGN = Product(uid="enamel-sign", catalog="signs", price=24.5)
METHOD = ShipmentMethod(
    uid="boat", name="Boat", type="normal", price=9, min_days=2, max_days=4, countries=("SE",)
)
IMAGE = ImagePlaceholder(name="Image", width=300, height=200)


def template(product_uid=SIGN.uid, **changes):
    parts = {"id": "sign", "title": "Sign", "image_placeholders": (IMAGE,)}
    return Template(**parts | {"variants": (TemplateVariant(product_uid=product_uid),)} | changes)


def problems(**data):
    with pytest.raises(SandboxDataError) as caught:
        SandboxData(**data)
    return list(caught.value.problems)


def client(app, key="sandbox-key"):
    transport = httpx.ASGITransport(app)
    headers = {"X-API-KEY": key}
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers)


def test_no_two_entries_of_a_kind_have_one_name():
    other_key = {"connect_prefix": "p", "connect_key": "k", "connect_secret": "s"}
    assert problems(accounts=[SHOP, RIVAL, SHOP]) == [
        "accounts[2].name: is taken, by accounts[0]",
        "accounts[2].api_key: is taken, by accounts[0]",
    ]
    assert problems(accounts=[Account(name=name, **other_key) for name in "ab"]) == [
        "accounts[1].connect_key: is taken, by accounts[0]"
    ]
    assert problems(stores=[Store(id="a"), Store(id="b"), Store(id="b")]) == [
        "stores[2].id: is taken, by stores[1]"
    ]
    assert problems(catalogs=[SIGNS, SIGNS]) == ["catalogs[1].uid: is taken, by catalogs[0]"]
    assert problems(shipment_methods=[METHOD, METHOD]) == [
        "shipment_methods[1].uid: is taken, by shipment_methods[0]"
    ]


def test_no_name_and_no_key_is_empty():
    account = Account(name="", api_key="", connect_prefix="p", connect_key="k", connect_secret="s")
    assert problems(accounts=[account], stores=[Store(id="")]) == [
        "accounts[0].name: must not be empty",
        "accounts[0].api_key: must not be empty",
        "stores[0].id: must not be empty",
    ]


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        (
            Account(name="sandbox", api_key="k"),
            ".name: 'sandbox' is the account whose keys are options of the sandbox",
        ),
        (Account(name="a"), ": has no key, neither api_key nor connect_key"),
        (
            Account(name="a", connect_key="k"),
            ": give connect_prefix, connect_key and connect_secret, or none of them",
        ),
    ],
)
def test_an_account_needs_a_name_and_whole_keys(account, problem):
    assert problems(accounts=[account]) == [f"accounts[0]{problem}"]


@pytest.mark.parametrize(
    ("kind", "entry", "problem"),
    [
        (
            "stores",
            Store(id="a", account="shp"),
            ".account: there is no 'shp'; did you mean 'shop'?",
        ),
        (
            "products",
            Product(uid="a", catalog="sign"),
            ".catalog: there is no 'sign'; did you mean",
        ),
        (
            "products",
            Product(uid="a", prices=[Price(price=1, currency="EURO")]),
            ".prices[0].currency: there is no 'EURO'; did you mean 'EUR'?",
        ),
        (
            "products",
            Product(uid="a", prices=[Price(price=1), Price(price=1, country="UK")]),
            ".prices[1].country: there is no country 'UK'",
        ),
        (
            "products",
            Product(uid="a", stock={"EUR": Stock(status="in-stock")}),
            ".stock: there is no 'EUR'; did you mean 'EU'?",
        ),
        (
            "products",
            Product(uid="a", supported_countries=["SE", "se"]),
            ".supported_countries: there is no country 'se'",
        ),
        ("templates", template("no such product"), ".variants[0].product_uid: there is no product"),
        ("templates", template(account="nobody"), ".account: there is no 'nobody'"),
        ("templates", template(variants=()), ".variants: there must be at least one"),
        (
            "templates",
            template(variants=(TemplateVariant(product_uid=SIGN.uid),) * 2),
            ".variants: two have one id",
        ),
    ],
)
def test_what_an_entry_refers_to_must_exist(kind, entry, problem):
    data = {"accounts": [SHOP], "catalogs": [SIGNS], "products": [SIGN]} | {kind: [entry]}
    (found,) = problems(**data)
    assert found.startswith(f"{kind}[0]{problem}")


def test_numbers_that_make_no_sense_are_problems():
    slow = ShipmentMethod(
        uid="a", name="A", type="normal", price=1, min_days=4, max_days=2, countries=("SE", "XX")
    )
    assert problems(currencies={"EUR": 1, "SEK": 0}, shipment_methods=[slow]) == [
        "shipment_methods[0].countries: there is no country 'XX'; codes are two capital letters, like GB",
        "shipment_methods[0].max_days: must be at least min_days",
        "currencies.SEK: must be above 0",
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"catalogs": [attrs.evolve(SIGNS, price=3)]}, "[0].price: must be of the class PriceRule"),
        ({"catalogs": [{"uid": "a"}]}, "[0]: must be of the class Catalog, not dict"),
        ({"catalogs": 3}, ": must be a list, not a whole number"),
        ({"catalogs": "signs"}, ": must be a list, not a text"),
        (
            {"catalogs": [attrs.evolve(SIGNS, attributes=[3], product_uids="sign_{Size}")]},
            "[0].attributes[0]: must be of the class Attribute, not int",
        ),
        ({"products": [Product(uid="a", prices=[3])]}, "[0].prices[0]: must be of the class Price"),
        ({"products": [Product(uid="a", price="3")]}, "[0].price: must be a number, not a text"),
        (
            {"products": [Product(uid="a", prices=[Price(price=1, quantity="2")])]},
            "[0].prices[0].quantity: must be a whole number, not a text",
        ),
        (
            {"products": [Product(uid="a", stock={"EU": "in-stock"})]},
            "[0].stock.EU: must be of the class Stock, not str",
        ),
        (
            {"templates": [template(variants=["x"])]},
            "[0].variants[0]: must be of the class Template",
        ),
        ({"templates": [template(vendor=b"x")]}, "[0].vendor: must be a text, not a bytes"),
        ({"currencies": {"EUR": "a"}}, ".EUR: must be a number, not a text"),
        ({"currencies": {"EUR": 1, 3: 1}}, ".3: the key must be a text"),
        ({"currencies": [1]}, ": must be a table, not a list"),
        ({"stores": [Store(id=5)]}, "[0].id: must be a text, not a whole number"),
        ({"stores": [Store(id="a")], "accounts": None}, ": must be a list, not null"),
    ],
    ids=str,
)
def test_objects_are_checked_as_values_of_files_are(data, problem):
    (found,) = problems(**data)
    *_, kind = data
    assert found.startswith(f"{kind}{problem}")


def test_what_is_wrong_with_objects_is_reported_at_once():
    assert problems(stores=[Store(id=5), Store(id=6)], products=[3], currencies=[]) == [
        "stores[0].id: must be a text, not a whole number",
        "stores[1].id: must be a text, not a whole number",
        "products[0]: must be of the class Product, not int",
        "currencies: must be a table, not a list",
    ]


def test_data_are_a_path_or_an_object():
    for data in ({"stores": []}, None):
        with pytest.raises(SandboxDataError, match="data: must be a SandboxData, or the path of"):
            Sandbox(data=data)


def test_lists_in_objects_are_written_as_in_files(tmp_path):
    sign = attrs.evolve(SIGN, prices=[Price(price=1), Price(price=9, quantity=10)])
    SandboxData(catalogs=[SIGNS], products=[sign]).write(tmp_path)
    (read,) = SandboxData.from_path(tmp_path).products
    assert read.prices == tuple(sign.prices)


@pytest.mark.parametrize(
    ("currencies", "found"),
    [
        ({}, [": add EUR = 1.0, in which prices are given"]),
        ({"SEK": 11}, [": add EUR = 1.0, in which prices are given"]),
        ({"EUR": 2}, [".EUR: must be 1.0: rates are units for one EUR"]),
        ({"EUR": 0}, [".EUR: must be above 0"]),
        (
            {"EUR": 1, "sek": 11, "SEKK": 1, "": 1},
            [f".{code}: a code is three capital letters, like SEK" for code in ("sek", "SEKK", "")],
        ),
    ],
    ids=str,
)
def test_rates_are_units_for_one_eur(currencies, found):
    assert problems(currencies=currencies) == [f"currencies{problem}" for problem in found]


def test_no_two_prices_are_for_the_same_copies():
    us = {"country": "US", "currency": "USD"}
    prices = [Price(price=1), Price(price=2, **us), Price(price=3), Price(price=4, page_count=30)]
    prices += [Price(price=5, **us), Price(price=6, quantity=2, **us), Price(price=7, country="US")]
    fault = "has the quantity, country, currency and page count of"
    assert problems(products=[Product(uid="a", prices=prices)]) == [
        f"products[0].prices[2]: {fault} prices[0]: keep one",
        f"products[0].prices[4]: {fault} prices[1]: keep one",
    ]


def test_page_counts_and_discounts_have_to_make_sense():
    discounts = [Discount(quantity=number, factor=1) for number in (1, 5, 2)]
    rule = PriceRule(base=1, discounts=discounts)
    found = problems(
        catalogs=[attrs.evolve(SIGNS, price=rule, page_counts=[30, 0])],
        products=[
            Product(uid="a", page_counts=[0]),
            Product(uid="b", prices=[Price(price=1, page_count=0)]),
        ],
    )
    assert found == [
        "catalogs[0].page_counts[1]: must be at least 1",
        "catalogs[0].price.discounts: must be in the order of their quantities, each of them once",
        "products[0].page_counts[0]: must be at least 1",
        "products[1].prices[0].page_count: must be at least 1",
    ]


def test_the_keys_of_the_sandbox_itself_are_taken():
    for account in (
        Account(name="a", api_key="sandbox-key"),
        Account(
            name="a",
            connect_prefix="sandbox",
            connect_key="sandbox-key",
            connect_secret="sandbox-secret",
        ),
    ):
        with pytest.raises(ValueError, match="'a' has a key of the sandbox's own account"):
            Sandbox(data=SandboxData(accounts=[account]))
        assert create_app(data=SandboxData(accounts=[account]), api_key="b", connect_key="b")


def test_every_product_of_a_built_in_template_is_in_a_catalog():
    data = SandboxData.built_in()
    assortment = data.assortment(any_products=False)
    catalogs = set()
    for built_in in data.templates:
        for variant in built_in.variants:
            product = assortment.product(variant.product_uid)
            assert product is not None, variant.product_uid
            catalogs.add(product.catalog)
    printable = {catalog.uid for catalog in data.catalogs if catalog.is_printable}
    assert catalogs == printable


def test_no_variant_of_a_built_in_template_is_out_of_stock():
    data = SandboxData.built_in()
    assortment = data.assortment(any_products=False)
    statuses = set()
    for built_in in data.templates:
        for variant in built_in.variants:
            product = assortment.product(variant.product_uid)
            statuses |= {assortment.stock(product, region).status for region in REGIONS}
    assert statuses == {"in-stock", "out-of-stock-replenishable", "non-stockable"}


def test_built_in_templates_stay_only_with_their_products():
    built_in = SandboxData.built_in()
    posters = [catalog for catalog in built_in.catalogs if catalog.uid == "posters"]
    data = SandboxData(catalogs=[*posters, SIGNS])
    assert [one.id for one in data.templates] == ["template-poster"]


@pytest.mark.anyio
async def test_an_account_has_the_stores_that_are_its_own():
    stores = [Store(id="harbour", account="shop"), Store(id="pier", account="shop")]
    app = create_app(data=SandboxData(accounts=[SHOP, RIVAL], stores=stores))

    async def status(key, store):
        return (await client(app, key).get(f"/v1/stores/{store}/products")).status_code

    assert await status("shop-key", "harbour") == await status("shop-key", "pier") == 200
    assert await status("shop-key", "elsewhere") == 404
    # an account without stores of its own has any store but those of others
    assert await status("rival-key", "elsewhere") == await status("sandbox-key", "x") == 200
    assert await status("rival-key", "harbour") == await status("sandbox-key", "pier") == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "products:create-from-template"),
        ("GET", "products"),
        ("GET", "products/a"),
        ("DELETE", "products/a"),
        ("PUT", "products/a"),
    ],
)
async def test_no_route_has_a_store_of_another_account(method, path):
    data = SandboxData(accounts=[SHOP], stores=[Store(id="harbour", account="shop")])
    answer = await client(create_app(data=data)).request(
        method, f"/v1/stores/harbour/{path}", json={}
    )
    assert (answer.status_code, answer.json()["message"]) == (404, "Store not found")


@pytest.mark.anyio
async def test_a_template_of_an_account_is_seen_by_it_alone():
    data = SandboxData(
        accounts=[SHOP, RIVAL],
        catalogs=[SIGNS],
        products=[SIGN],
        templates=[template(account="shop"), template(id="other")],
    )
    app = create_app(data=data)
    for key, status in (("shop-key", 200), ("rival-key", 404), ("sandbox-key", 404)):
        assert (await client(app, key).get("/v1/templates/sign")).status_code == status
        assert (await client(app, key).get("/v1/templates/other")).status_code == 200
    no_templates = create_app(data=SandboxData(templates=[]))
    answer = await client(no_templates).get("/v1/templates/sign")
    assert answer.json()["message"] == "Template not found; there are no templates"


@pytest.mark.anyio
async def test_accounts_do_not_see_each_others_store_products():
    app = create_app(data=SandboxData(accounts=[SHOP]))
    body = {"templateId": "template-mug", "title": "Mug"}
    path = "/v1/stores/harbour/products"
    made = await client(app).post(f"{path}:create-from-template", json=body)
    assert (await client(app).get(f"{path}/{made.json()['id']}")).status_code == 200
    assert (await client(app, "shop-key").get(f"{path}/{made.json()['id']}")).status_code == 404
    assert (await client(app, "shop-key").get(path)).json() == {"products": []}


@pytest.mark.anyio
async def test_a_product_inherits_what_its_template_has():
    own = template(
        description="Made of steel.", product_type="Signs", vendor="Harbour", tags=("steel",)
    )
    data = SandboxData(catalogs=[SIGNS], products=[SIGN], templates=[own])
    shop = client(create_app(data=data))
    path = "/v1/stores/harbour/products:create-from-template"
    made = (await shop.post(path, json={"templateId": "sign", "title": "A"})).json()
    inherited = [made[name] for name in ("description", "productType", "vendor", "tags")]
    assert inherited == ["Made of steel.", "Signs", "Harbour", ["steel"]]
    shown = (await shop.get("/v1/templates/sign")).json()
    assert (shown["templateName"], shown["productType"], shown["vendor"]) == (
        "Sign",
        "Signs",
        "Harbour",
    )
    (variant,) = shown["variants"]
    assert (variant["title"], variant["productUid"]) == ("enamel-sign", "enamel-sign")
    assert variant["imagePlaceholders"] == [
        {"name": "Image", "printArea": "1", "height": 200, "width": 300}
    ]
