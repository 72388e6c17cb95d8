import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from gelato_async import DecodeError, NotFoundError, Response, UnsupportedError, ValidationError
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend, stores as gelato_stores
from gelato_async.core.operations.base import OnceOperation
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    DeleteStoreProduct,
    GetStoreProduct,
    GetTemplate,
    ListStoreProducts,
)
from gelato_async.core.rules import problems_of
from gelato_async.models.enums import ConnectionStatus, FitMethod, SalesChannel, StoreProductStatus
from gelato_async.models.fields import WIRE_NAMES
from gelato_async.models.store_product import (
    NewStoreProduct,
    NewStoreProductVariant,
    PlaceholderImage,
    StoreProductPage,
)

SAMPLES = Path(__file__).parent.parent / "samples" / "stores"
BACKEND = gelato_backend("sample-gelato-key")
ODD_ID = "a/b å?x#y"

AROUND = PlaceholderImage(
    name="Around", file_url="https://files.example.org/harbour.png", fit_method="meet"
)
INSIDE = PlaceholderImage(name="Inside", file_url="https://files.example.org/anchor.pdf")
BLUE = NewStoreProductVariant(
    template_variant_id="tv-1", image_placeholders=[AROUND, INSIDE], position=2
)
RED = NewStoreProductVariant(template_variant_id="tv-2")
MINIMAL = NewStoreProduct(template_id="template-1", title="Harbour mug")
EVERYTHING = NewStoreProduct(
    template_id="template-1",
    title="Harbour mug",
    description="<p>Holds tea</p>",
    is_visible_in_the_online_store=True,
    sales_channels=[SalesChannel.WEB, "global"],
    variants=[BLUE, RED],
    tags=["mug", "sea"],
    product_type="Kitchenware",
    vendor="Harbour Goods",
    extra={"metafield": {"season": "summer"}},
)
REQUESTS = {
    "create_minimal": CreateProductFromTemplate("store-1", MINIMAL),
    "create_everything": CreateProductFromTemplate(ODD_ID, EVERYTHING),
    "product": GetStoreProduct(ODD_ID, "id/7"),
    "delete": DeleteStoreProduct(ODD_ID, "id/7"),
    "products": ListStoreProducts(store_id="store-1"),
    "products_everything": ListStoreProducts(
        store_id="store-1", order="asc", order_by="updatedAt", offset=200, limit=50
    ),
    "template": GetTemplate("template/1"),
}
ANSWERS = {
    "answer_created": CreateProductFromTemplate("store-1", MINIMAL),
    "answer_product": GetStoreProduct("store-1", "sp-1"),
    "answer_page": ListStoreProducts(store_id="store-1"),
    "answer_template": GetTemplate("template-1"),
}
answers = pytest.mark.parametrize(("name", "operation"), ANSWERS.items(), ids=ANSWERS)


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def parse(operation, found, status=200):
    return BACKEND.parse(operation, Response(status=status, body=json.dumps(found).encode()))


@pytest.mark.parametrize(("name", "operation"), REQUESTS.items(), ids=REQUESTS)
def test_an_operation_becomes_the_documented_request(name, operation):
    request = BACKEND.prepare(operation)
    assert {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": json.loads(request.body) if request.body else None,
    } == sample(f"request_{name}")


def test_every_route_has_its_sample():
    assert {type(operation) for operation in REQUESTS.values()} == gelato_stores.ROUTES.keys()
    assert {path.stem for path in SAMPLES.glob("*.json")} == {
        *(f"request_{name}" for name in REQUESTS),
        *ANSWERS,
    }


def test_an_id_given_as_a_number_is_sent_as_text():
    assert BACKEND.prepare(GetStoreProduct(7, 8)).url.endswith("/stores/7/products/8")


@pytest.mark.parametrize("odd_id", ["", ".", ".."])
def test_an_id_that_addresses_something_else_is_refused(odd_id):
    for operation in (
        CreateProductFromTemplate(odd_id, MINIMAL),
        GetStoreProduct("store-1", odd_id),
        ListStoreProducts(store_id=odd_id),
        GetTemplate(odd_id),
    ):
        with pytest.raises(ValidationError):
            BACKEND.prepare(operation)


def test_gelato_connect_has_no_stores():
    connect = connect_backend("acme", "key", "secret")
    for operation in ANSWERS.values():
        with pytest.raises(UnsupportedError, match="has no such call"):
            connect.prepare(operation)


def test_only_the_create_is_never_repeated():
    assert [kind for kind in gelato_stores.ROUTES if issubclass(kind, OnceOperation)] == [
        CreateProductFromTemplate
    ]


# rules


def product(**changes):
    return CreateProductFromTemplate("store-1", evolve(EVERYTHING, **changes))


def variant(**changes):
    return product(variants=[RED, evolve(BLUE, **changes)])


def image(**changes):
    return variant(image_placeholders=[evolve(AROUND, **changes)])


BROKEN = [
    (product(template_id=""), "templateId"),
    (product(title=" "), "title"),
    (product(sales_channels=["web", "mail"]), "salesChannels[1]"),
    (product(tags=[str(number) for number in range(14)]), "tags"),
    (product(tags=["mug", "t" * 256]), "tags[1]"),
    (product(variants=[]), "variants"),
    (variant(template_variant_id=""), "variants[1].templateVariantId"),
    (image(name=""), "variants[1].imagePlaceholders[0].name"),
    (image(file_url=""), "variants[1].imagePlaceholders[0].fileUrl"),
    (image(fit_method="stretch"), "variants[1].imagePlaceholders[0].fitMethod"),
    (ListStoreProducts(store_id="store-1", order="up"), "order"),
    (ListStoreProducts(store_id="store-1", order_by="title"), "orderBy"),
    (ListStoreProducts(store_id="store-1", offset=-1), "offset"),
    (ListStoreProducts(store_id="store-1", limit=0), "limit"),
    (ListStoreProducts(store_id="store-1", limit=101), "limit"),
]


@pytest.mark.parametrize(("operation", "path"), BROKEN, ids=[path for _, path in BROKEN])
def test_a_broken_rule_is_the_only_problem_with_its_path(operation, path):
    with pytest.raises(ValidationError) as caught:
        BACKEND.prepare(operation)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert BACKEND.prepare(operation, validate=False)


def shown_to_the_rules(operation):
    if isinstance(operation, CreateProductFromTemplate):
        return BACKEND.dialect.dump(operation.product)
    names = {"order": "order", "order_by": "orderBy", "offset": "offset", "limit": "limit"}
    return {wire: getattr(operation, name) for name, wire in names.items()}


def test_every_rule_of_the_table_is_broken_by_a_case():
    bodies = [(type(operation), shown_to_the_rules(operation)) for operation, _ in BROKEN]
    untested = [
        (kind.__name__, rule.path)
        for kind, table in gelato_stores.RULES.items()
        for rule in table
        if not any(problems_of([rule], body) for broken, body in bodies if broken is kind)
    ]
    assert untested == []


@pytest.mark.parametrize(
    "operation",
    [
        product(tags=["t" * 255] * 13),
        product(tags=[], sales_channels=[], description=None),
        product(variants=None),
        variant(image_placeholders=[]),
        image(fit_method=FitMethod.SLICE),
        ListStoreProducts(
            store_id="store-1", order="desc", order_by="createdAt", offset=0, limit=100
        ),
    ],
)
def test_what_the_documents_allow_passes(operation):
    assert BACKEND.prepare(operation)


def test_leaving_the_variants_out_is_not_an_empty_list():
    assert "variants" not in json.loads(BACKEND.build(product(variants=None)).body)
    assert json.loads(BACKEND.build(product(variants=[])).body)["variants"] == []


def test_a_request_does_not_change_with_the_callers_lists():
    variants, tags = [RED], ["mug"]
    made = evolve(MINIMAL, variants=variants, tags=tags)
    variants.append(BLUE)
    tags.append("sea")
    assert (made.variants, made.tags) == ((RED,), ("mug",))


# parsing


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def unread(found, model, path=""):
    if isinstance(found, dict) and hasattr(type(model), "__attrs_attrs__"):
        known = {name: field for field in type(model).__attrs_attrs__ for name in names_of(field)}
        for key, value in found.items():
            if value is not None and value != []:
                read = getattr(model, known[key].name, None) if key in known else None
                yield from (
                    unread(value, read, f"{path}.{key}") if read is not None else [f"{path}.{key}"]
                )
    elif isinstance(found, list):
        assert len(found) == len(model)
        for position, (value, element) in enumerate(zip(found, model, strict=True)):
            yield from unread(value, element, f"{path}[{position}]")


def names_of(field):
    return field.metadata.get(WIRE_NAMES) or [camel(field.name)]


@answers
def test_every_documented_key_reaches_an_attribute(name, operation):
    assert list(unread(sample(name), parse(operation, sample(name)))) == []


@answers
def test_raw_is_the_whole_answer(name, operation):
    found = sample(name) | {"brandNew": 1}
    assert parse(operation, found).raw == found


def test_a_product_is_read_with_its_types():
    read = parse(ANSWERS["answer_product"], sample("answer_product"))
    assert (read.status, read.is_publishing_over) == (StoreProductStatus.ACTIVE, True)
    assert read.created_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert read.updated_at == datetime(2026, 5, 1, 8, 0, 24, tzinfo=UTC)
    first, second = read.variants
    assert (first.connection_status, second.connection_status) == (
        "connected",
        ConnectionStatus.NOT_CONNECTED,
    )
    assert (first.product_id, second.external_id) == ("other-1", None)
    assert read.product_variant_options[0].values == ("Blue", "Red")
    assert (read.tags, read.product_type, read.vendor) == ((), None, None)


def test_a_created_product_with_a_publishing_date_is_not_ready():
    read = parse(ANSWERS["answer_created"], sample("answer_created"))
    assert read.published_at > read.created_at
    assert not read.is_ready
    assert not read.is_publishing_over
    assert (read.tags, read.product_type, read.vendor) == (
        ("mug", "sea"),
        "Kitchenware",
        "Harbour Goods",
    )


def test_a_template_is_read_with_its_types():
    first, second = parse(ANSWERS["answer_template"], sample("answer_template")).variants
    assert [
        (place.print_area, place.height, place.width) for place in first.image_placeholders
    ] == [
        ("front", 89.5, 210.0),
        ("chest-left-embroidery", 20.0, 20.0),
    ]
    assert first.image_placeholders[0].print_area.is_known
    assert (first.text_placeholders[0].text, second.text_placeholders) == ("Your name", ())
    assert first.variant_options[1].value == "300 ml"


def test_the_pages_length_counts_rows_that_cannot_be_read():
    page = parse(ANSWERS["answer_page"], sample("answer_page"))
    assert ([row.id for row in page.products], page.length) == (["sp-1", "sp-2"], 2)
    assert (
        parse(
            ANSWERS["answer_page"], {"products": [None, *sample("answer_page")["products"]]}
        ).length
        == 3
    )
    assert (parse(ANSWERS["answer_page"], {}).length, StoreProductPage().length) == (0, 0)


@pytest.mark.parametrize("name", ["answer_created", "answer_product", "answer_template"])
def test_of_an_answer_only_the_id_is_needed(name):
    assert parse(ANSWERS[name], {"id": "1"}).id == "1"
    assert parse(ANSWERS[name], dict.fromkeys(sample(name)) | {"id": 1}).id == "1"
    with pytest.raises(DecodeError):
        parse(ANSWERS[name], {**sample(name), "id": None})


def test_a_status_that_is_new_is_kept_and_is_not_ready():
    read = parse(ANSWERS["answer_product"], {"id": "1", "status": "archived"})
    assert (read.status, read.status.is_known, read.is_ready) == ("archived", False, False)


def test_a_refusal_names_the_call():
    with pytest.raises(NotFoundError) as caught:
        parse(ANSWERS["answer_template"], {"code": "NOT_FOUND", "message": "no"}, status=404)
    assert (caught.value.operation, caught.value.code) == ("stores.template", "NOT_FOUND")
