"""The contract: what an API cannot carry is refused, and named."""

import pytest
from attrs import evolve
from support.contract import (
    CONNECT,
    CONNECT_EVERYTHING,
    DEPOT,
    FRAME,
    FRONT,
    GELATO,
    GELATO_EVERYTHING,
    MINIMAL,
    OTHERS,
    OWN_FILTERS,
    POSTER,
    both,
)

from gelato_async import (
    CreateOrder,
    File,
    NotSentError,
    SearchOrders,
    SubmitOrder,
    UnsupportedError,
)


@pytest.mark.parametrize(
    ("api", "operation"),
    [(api, operation) for api, operations in OTHERS.items() for operation in operations],
    ids=lambda value: getattr(value, "name", ""),
)
@pytest.mark.parametrize("step", ["check", "build", "route"])
def test_a_call_that_an_api_does_not_have_is_refused(api, operation, step):
    with pytest.raises(UnsupportedError, match="has no such call") as caught:
        getattr(api.backend, step)(operation)
    assert caught.value.operation == operation.name
    assert isinstance(caught.value, NotSentError)


UNSUPPORTED = [
    (GELATO, CreateOrder(evolve(MINIMAL, retail_currency="GBP")), {"retailCurrency"}),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, retail_shipping_price_excl_vat=0)),
        {"retailShippingPriceInclVat"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[evolve(POSTER, metadata={"a": "b"})])),
        {"items[0].metadata"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[POSTER, evolve(POSTER, retail_price_excl_vat=1)])),
        {"items[1].retailPriceInclVat"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[FRAME])),
        {
            "items[0].productName",
            "items[0].productVariant",
            "items[0].metadata",
            "items[0].retailPriceInclVat",
        },
    ),
    (CONNECT, SubmitOrder(evolve(MINIMAL, return_address=DEPOT)), {"returnAddress"}),
    (
        CONNECT,
        SubmitOrder(evolve(MINIMAL, items=[evolve(POSTER, page_count=8)])),
        {"items[0].pageCount"},
    ),
    (
        CONNECT,
        SubmitOrder(
            evolve(MINIMAL, items=[evolve(POSTER, adjust_product_uid_by_file_types=False)])
        ),
        {"items[0].adjustProductUidByFileTypes"},
    ),
    (
        CONNECT,
        SubmitOrder(
            evolve(
                MINIMAL,
                items=[
                    evolve(POSTER, files=[FRONT, File(id="f", thread_colors=[], is_visible=False)])
                ],
            )
        ),
        {"items[0].files[1].id", "items[0].files[1].threadColors", "items[0].files[1].isVisible"},
    ),
    (
        CONNECT,
        SearchOrders(OWN_FILTERS),
        {"ids", "search", "channels", "currencies", "orderTypes", "storeIds"},
    ),
    (
        CONNECT,
        SubmitOrder(GELATO_EVERYTHING),
        {
            "returnAddress",
            "items[0].pageCount",
            "items[0].adjustProductUidByFileTypes",
            "items[1].files[0].id",
            "items[1].files[0].threadColors",
            "items[1].files[0].isVisible",
        },
    ),
    (
        GELATO,
        CreateOrder(CONNECT_EVERYTHING),
        {
            "retailCurrency",
            "retailShippingPriceInclVat",
            "items[0].retailPriceInclVat",
            "items[0].metadata",
        },
    ),
]


@pytest.mark.parametrize(("api", "operation", "paths"), UNSUPPORTED)
def test_every_field_that_an_api_cannot_carry_is_named(api, operation, paths):
    assert api.lost(operation) == paths


@pytest.mark.parametrize(("api", "operation", "paths"), UNSUPPORTED)
def test_nothing_is_lost_silently_without_validation_either(api, operation, paths):
    with pytest.raises(UnsupportedError, match="cannot carry this"):
        api.backend.check(operation, validate=False)


@both
def test_all_that_an_api_cannot_carry_is_in_the_cases(api):
    named = {path.rpartition(".")[2] for of, _, paths in UNSUPPORTED if of is api for path in paths}
    backend = api.backend
    listed = {
        backend.dialect.name(model, field)
        for model, names in backend.dialect.unsupported.items()
        for field in names
    }
    assert named == listed


@both
def test_extra_passes_what_an_api_cannot_carry(api):
    extra = {"retailCurrency": "GBP", "returnAddress": {"city": "Ystad", "country": "SE"}}
    api.backend.check(api.create(evolve(MINIMAL, extra=extra)))
