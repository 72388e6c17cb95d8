import httpx
import pytest

pytestmark = pytest.mark.anyio

SHIRT = {"templateId": "template-t-shirt", "title": "Harbour shirt"}
MADE = "stores/store-1/products:create-from-template"


@pytest.fixture
def app(new_app):
    return new_app(rate_limit=None)


@pytest.fixture
def shop(app):
    headers = {"X-API-KEY": "sandbox-key"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sandbox/v1/", headers=headers
    )


async def make(shop, **changes):
    answer = await shop.post(MADE, json=SHIRT | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(shop, **query):
    answer = await shop.get("stores/store-1/products", params=query)
    assert answer.status_code == 200, answer.text
    return [product["title"] for product in answer.json()["products"]]


async def refused(shop, body):
    answer = await shop.post(MADE, json=body)
    assert answer.status_code == 400, answer.text
    return [detail["path"] for detail in answer.json()["details"]]


@pytest.mark.parametrize("name", ["t-shirt", "poster", "cap"])
async def test_a_template_has_all_documented_keys(shop, name):
    template = (await shop.get(f"templates/template-{name}")).json()
    assert template.keys() == {
        *("id", "templateName", "title", "description", "previewUrl", "variants"),
        *("productType", "vendor", "createdAt", "updatedAt", "clientId"),
    }
    for variant in template["variants"]:
        assert variant.keys() == {
            *("id", "title", "productUid", "variantOptions", "imagePlaceholders"),
            "textPlaceholders",
        }
        assert variant["imagePlaceholders"][0].keys() == {"name", "printArea", "height", "width"}
    assert len({variant["id"] for variant in template["variants"]}) == len(template["variants"]) > 1


async def test_templates_are_the_same_in_every_sandbox(shop, new_app):
    again = httpx.ASGITransport(new_app())
    async with httpx.AsyncClient(
        transport=again, base_url="http://sandbox/v1/", headers=shop.headers
    ) as other:
        assert (await other.get("templates/template-cap")).json() == (
            await shop.get("templates/template-cap")
        ).json()


async def test_an_unknown_template_says_which_there_are(shop):
    for answer in (
        await shop.get("templates/nothing"),
        await shop.post(MADE, json=SHIRT | {"templateId": "nothing"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
        assert "template-poster" in answer.json()["message"]


async def test_a_list_of_variants_takes_only_those(shop, app):
    template = (await shop.get("templates/template-t-shirt")).json()
    wanted = template["variants"][2]
    made = await make(shop, variants=[{"templateVariantId": wanted["id"]}])
    app.advance(12)
    found = (await shop.get(f"stores/store-1/products/{made['id']}")).json()
    assert [variant["productUid"] for variant in found["variants"]] == [wanted["productUid"]]
    assert found["productVariantOptions"] == [
        {"name": "Color", "values": ["Navy"]},
        {"name": "Size", "values": ["S"]},
    ]


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"templateId": ""}, ["templateId"]),
        ({"title": None}, ["title"]),
        ({"isVisibleInTheOnlineStore": "yes"}, ["isVisibleInTheOnlineStore"]),
        ({"salesChannels": ["web", "mail"]}, ["salesChannels[1]"]),
        ({"salesChannels": "web"}, ["salesChannels"]),
        ({"tags": ["t"] * 14}, ["tags"]),
        ({"tags": ["t" * 256, "", 3]}, ["tags[0]", "tags[1]", "tags[2]"]),
        ({"variants": []}, ["variants"]),
        ({"variants": [7]}, ["variants[0]"]),
        ({"variants": {"templateVariantId": "x"}}, ["variants"]),
        ({"variants": [{}]}, ["variants[0].templateVariantId"]),
        ({"variants": [{"templateVariantId": "nothing"}]}, ["variants[0].templateVariantId"]),
        (
            {
                "variants": [
                    {
                        "templateVariantId": "x",
                        "position": "1",
                        "imagePlaceholders": [{"fitMethod": "stretch"}],
                    }
                ]
            },
            [
                "variants[0].position",
                "variants[0].imagePlaceholders[0].name",
                "variants[0].imagePlaceholders[0].fileUrl",
                "variants[0].imagePlaceholders[0].fitMethod",
            ],
        ),
    ],
    ids=str,
)
async def test_what_breaks_a_rule_is_refused_with_its_path(shop, changes, paths):
    assert await refused(shop, SHIRT | changes) == paths
    assert await listed(shop) == []


async def test_a_placeholder_must_be_one_of_the_template(shop):
    (first, *_) = (await shop.get("templates/template-t-shirt")).json()["variants"]
    images = [
        {"name": name, "fileUrl": "https://files.example.org/a.png"} for name in ("Front", "Sleeve")
    ]
    body = SHIRT | {"variants": [{"templateVariantId": first["id"], "imagePlaceholders": images}]}
    assert await refused(shop, body) == ["variants[0].imagePlaceholders[1].name"]


async def with_image(shop, url):
    (first, *_) = (await shop.get("templates/template-t-shirt")).json()["variants"]
    image = {"name": "Front", "fileUrl": url}
    return SHIRT | {"variants": [{"templateVariantId": first["id"], "imagePlaceholders": [image]}]}


@pytest.mark.parametrize("url", ["nourl", "ftp://files.example.org/a.png", "https:///a.png"])
async def test_an_image_without_a_usable_url_is_not_published(shop, app, url):
    made = await make(shop, **await with_image(shop, url))
    app.advance(12)
    found = (await shop.get(f"stores/store-1/products/{made['id']}")).json()
    assert (found["isReadyToPublish"], found["publishingErrorCode"]) == (True, None)
    app.advance(600)
    found = (await shop.get(f"stores/store-1/products/{made['id']}")).json()
    assert (found["status"], found["publishingErrorCode"]) == (
        "publishing_error",
        "invalid_file_url",
    )


async def test_a_strict_sandbox_refuses_such_an_image(shop, new_app):
    strict = httpx.AsyncClient(
        transport=httpx.ASGITransport(new_app(strict=True)),
        base_url="http://sandbox/v1/",
        headers=shop.headers,
    )
    path = "variants[0].imagePlaceholders[0].fileUrl"
    assert await refused(strict, await with_image(strict, "nourl")) == [path]
    await make(strict, **await with_image(strict, "https://files.example.org/a.png"))


async def test_a_listing_is_sorted_and_cut(shop):
    for number in range(5):
        await make(shop, title=str(number))
    assert await listed(shop) == ["4", "3", "2", "1", "0"]
    assert await listed(shop, order="asc", limit=2, offset=1) == ["1", "2"]
    assert await listed(shop, offset=5) == await listed(shop, limit=0) == []
    assert await listed(shop, order="asc", orderBy="createdAt") == ["0", "1", "2", "3", "4"]
    answer = await shop.get("stores/store-2/products")
    assert answer.json() == {"products": []}


async def test_a_page_has_100_products_by_default(shop):
    for _ in range(101):
        await make(shop)
    assert len(await listed(shop)) == 100


async def test_a_listing_by_change_puts_what_changed_last_first(shop, app, travel):
    for title in ("old", "new"):
        await make(shop, title=title)
        travel(5)
    app.advance(20)
    found = (await shop.get("stores/store-1/products", params={"order": "asc"})).json()["products"][
        0
    ]
    assert found["title"] == "old"
    travel(5)
    await make(shop, title="latest")
    assert await listed(shop, orderBy="updatedAt") == ["latest", "new", "old"]
    assert await listed(shop, orderBy="updatedAt", order="asc") == ["old", "new", "latest"]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"order": "up"}, "order"),
        ({"orderBy": "title"}, "orderBy"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "1" * 5_000}, "limit"),
        ({"offset": "1" * 5_000}, "offset"),
        ({"offset": "-1"}, "offset"),
        ({"offset": ""}, "offset"),
    ],
)
async def test_a_query_that_breaks_a_rule_is_refused(shop, query, path):
    answer = await shop.get("stores/store-1/products", params=query)
    assert (answer.status_code, [detail["path"] for detail in answer.json()["details"]]) == (
        400,
        [path],
    )


async def test_a_product_of_another_store_is_not_found(shop):
    made = await make(shop)
    for path in (f"stores/store-2/products/{made['id']}", "stores/store-1/products/nothing"):
        assert (await shop.get(path)).status_code == 404


async def test_a_reset_forgets_the_products(shop, app):
    await make(shop)
    app.reset()
    assert await listed(shop) == []
