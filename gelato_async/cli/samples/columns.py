"""The columns of sample orders in CSV: a template for each API, with all that it can carry."""

from collections.abc import Iterable, Mapping, Sequence

from gelato_async.cli.choices import BackendName
from gelato_async.cli.samples.orders import METADATA
from gelato_async.cli.samples.products import CUSTOMER_PRODUCTS, GELATO_ONLY, PRODUCTS
from gelato_async.files.csv_columns import file_column

_ORDER = ("orderReferenceId", "orderType", "customerReferenceId", "currency", "shipmentMethodUid")
_PLACE = ("addressLine1", "addressLine2", "postCode", "city", "state", "country")
_ADDRESS = (
    *("firstName", "lastName", "companyName", *_PLACE),
    *("email", "phone", "isBusiness", "federalTaxId", "stateTaxId"),
)
_RETURN = ("companyName", *_PLACE, "email", "phone")


def _prefixed(prefix: str, names: Iterable[str]) -> Sequence[str]:
    return [f"{prefix}.{name}" for name in names]


def _variants() -> Sequence[str]:
    names: dict[str, None] = {}
    for product in CUSTOMER_PRODUCTS:
        for variant in product.variants:
            names |= dict.fromkeys(variant)
    return list(names)


def _further_files() -> Sequence[str]:
    most = max(len(product.files + product.optional_files) for product in (*PRODUCTS, *GELATO_ONLY))
    names = []
    for position in range(2, most + 1):
        names += [file_column("type", position), file_column("url", position)]
    return names


COLUMNS: Mapping[BackendName, Sequence[str]] = {
    "gelato": (
        *(*_ORDER, *_ADDRESS, "registrationStateCode", *_prefixed("metadata", METADATA)),
        *_prefixed("returnAddress", _RETURN),
        *("itemReferenceId", "productUid", "quantity", "pageCount", "adjustProductUidByFileTypes"),
        *("fileType", "fileUrl", "fileId", "fileThreadColors", "fileIsVisible"),
        *_further_files(),
    ),
    "connect": (
        *(*_ORDER, "retailCurrency", "retailShippingPriceInclVat", *_ADDRESS, "registrationState"),
        *(*_prefixed("metadata", METADATA), "itemReferenceId", "productUid", "productName"),
        *_prefixed("productVariant", _variants()),
        *("quantity", "retailPriceInclVat", *_prefixed("itemMetadata", METADATA)),
        *("fileType", "fileUrl", *_further_files()),
    ),
}
