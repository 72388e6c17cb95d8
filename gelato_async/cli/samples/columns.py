"""The columns of sample orders in CSV: a template for each API, with all that it can carry."""

from collections.abc import Mapping, Sequence

from gelato_async.cli.apis import BackendName
from gelato_async.cli.samples.orders import METADATA
from gelato_async.cli.samples.products import CUSTOMER_PRODUCTS, GELATO_ONLY, PRODUCTS

_ADDRESS = (
    *(
        "firstName",
        "lastName",
        "companyName",
        "addressLine1",
        "addressLine2",
        "postCode",
        "city",
        "state",
        "country",
    ),
    *("email", "phone", "isBusiness", "federalTaxId", "stateTaxId"),
)
_RETURN = (
    "companyName",
    "addressLine1",
    "addressLine2",
    "postCode",
    "city",
    "state",
    "country",
    "email",
    "phone",
)
_VARIANT = dict.fromkeys(
    name for product in CUSTOMER_PRODUCTS for variant in product.variants for name in variant
)


def _entries(name: str) -> Sequence[str]:
    return [f"{name}.{key}" for key, _ in METADATA]


def _files(most: int) -> Sequence[str]:
    return [f"{name}{number}" for number in range(2, most + 1) for name in ("fileType", "fileUrl")]


_ORDER = ("orderReferenceId", "orderType", "customerReferenceId", "currency", "shipmentMethodUid")
_MOST_FILES = max(
    len(product.files + product.optional_files) for product in (*PRODUCTS, *GELATO_ONLY)
)

COLUMNS: Mapping[BackendName, Sequence[str]] = {
    "gelato": (
        *(*_ORDER, *_ADDRESS, "registrationStateCode", *_entries("metadata")),
        *(f"returnAddress.{name}" for name in _RETURN),
        *("itemReferenceId", "productUid", "quantity", "pageCount", "adjustProductUidByFileTypes"),
        *(
            "fileType",
            "fileUrl",
            "fileId",
            "fileThreadColors",
            "fileIsVisible",
            *_files(_MOST_FILES),
        ),
    ),
    "connect": (
        *(*_ORDER, "retailCurrency", "retailShippingPriceInclVat", *_ADDRESS, "registrationState"),
        *(*_entries("metadata"), "itemReferenceId", "productUid", "productName"),
        *(f"productVariant.{name}" for name in _VARIANT),
        *(
            "quantity",
            "retailPriceInclVat",
            *_entries("itemMetadata"),
            "fileType",
            "fileUrl",
            *_files(_MOST_FILES),
        ),
    ),
}
