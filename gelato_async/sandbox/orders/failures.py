"""Why an order fails: the table of causes, with the code and the reason that an answer states.

The live API accepts orders that it cannot make, and lets them fail some seconds later. Which ones
it refuses at once is known of few; `--strict` refuses the others too, so that a mistake shows early.
`docs/sandbox-failures.md` has this table in words, and `doubts` finds the causes in an order.
"""

from collections.abc import Mapping

import attrs

from gelato_async.sandbox.orders.order import Refusal


@attrs.frozen(kw_only=True)
class Failure:
    """A cause of failure.

    Attributes:
        code: The `refusalReasonCode`, which is also the wish that asks for this failure.
        reason: The `refusalReason`.
        cause: What the sandbox finds in an order; empty if only a wish lets an order fail so.
        strict: Whether a strict sandbox refuses the order with 400. Not so where it is known that
            the live API accepts it.
    """

    code: str
    reason: str
    cause: str = ""
    strict: bool = False

    def refusal(self, path: str = "") -> Refusal:
        """Return code and reason, with the path of the value that is the cause."""
        if path:
            return Refusal(self.code, f"{self.reason} ({path})")
        return Refusal(self.code, self.reason)


UNKNOWN_COUNTRY = Failure(
    code="unknown_country",
    reason="The country of the shipping address does not exist.",
    cause="a country code that ISO 3166-1 does not have",
    strict=True,
)
COUNTRY_NOT_SUPPORTED = Failure(
    code="country_not_supported",
    reason="No shipment method delivers to this country.",
    cause="a country to which no shipment method delivers",
    strict=True,
)
UNKNOWN_PRODUCT = Failure(
    code="unknown_product",
    reason="There is no such product.",
    cause="a product uid that does not exist",
    strict=True,
)
PRODUCT_NOT_AVAILABLE = Failure(
    code="product_not_available",
    reason="The product is not available in this country.",
    cause="a product without a price in the country, or that is not delivered there",
    strict=True,
)
INVALID_PAGE_COUNT = Failure(
    code="invalid_page_count",
    reason="The product is not made with this number of pages.",
    cause="a multi-page product without a page count, or with one that it does not have",
    strict=True,
)
INVALID_QUANTITY = Failure(
    code="invalid_quantity",
    reason="The quantity is not a whole number of at least 1.",
    cause="GelatoConnect: a quantity that is negative, zero or a fraction",
    strict=True,
)
INVALID_RETAIL_PRICE = Failure(
    code="invalid_retail_price",
    reason="A retail price is negative.",
    cause="GelatoConnect: a negative retail price of an item or of shipping",
    strict=True,
)
MISSING_FILES = Failure(
    code="missing_files",
    reason="A printable product has no files.",
    cause="an item without files whose catalog says that it is printable",
    strict=True,
)
INVALID_FILE_URL = Failure(
    code="invalid_file_url",
    reason="A file cannot be downloaded.",
    cause="the URL of a file that is not HTTP(S) or has no host",
    strict=True,
)
UNKNOWN_SHIPMENT_METHOD = Failure(
    code="unknown_shipment_method",
    reason="No shipment method of these names delivers to the recipient.",
    cause="shipment methods that do not exist, not in the country, or not to such recipients",
    strict=True,
)
OUT_OF_STOCK = Failure(
    code="out_of_stock",
    reason="An item of the order is out of stock.",
    cause="a product that is `out-of-stock` in the region of the country",
)
MISSING_RETAIL_PRICES = Failure(
    code="missing_retail_prices",
    reason="The order would cross a border and retail prices are missing.",
    cause="GelatoConnect: a country without production, and no retail prices",
)
_CAUSES = (
    UNKNOWN_COUNTRY,
    COUNTRY_NOT_SUPPORTED,
    UNKNOWN_PRODUCT,
    PRODUCT_NOT_AVAILABLE,
    INVALID_PAGE_COUNT,
    INVALID_QUANTITY,
    INVALID_RETAIL_PRICE,
    MISSING_FILES,
    INVALID_FILE_URL,
    UNKNOWN_SHIPMENT_METHOD,
    OUT_OF_STOCK,
    MISSING_RETAIL_PRICES,
    Failure(code="capability", reason="No production hub can make the order."),
    Failure(code="invalid_address", reason="The carrier does not know the shipping address."),
    Failure(code="payment_failed", reason="The order could not be paid."),
)
FAILURES: Mapping[str, Failure] = {failure.code: failure for failure in _CAUSES}
