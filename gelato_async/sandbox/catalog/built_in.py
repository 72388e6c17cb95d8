"""The built-in currencies, shipment methods, and products with a documented stock."""

from collections.abc import Mapping

from gelato_async.sandbox.catalog.countries import REGIONS
from gelato_async.sandbox.catalog.entities import Product, ShipmentMethod, Stock

# The documents' list of currencies. The rates are those of about 2024, and never change, so that an
# amount is the same in every run.
CURRENCIES: Mapping[str, float] = {
    "AED": 4.0,
    "AUD": 1.65,
    "BGN": 1.96,
    "BRL": 6.1,
    "CAD": 1.49,
    "CHF": 0.94,
    "CLP": 1010.0,
    "CNY": 7.8,
    "CZK": 25.0,
    "DKK": 7.46,
    "EUR": 1.0,
    "GBP": 0.86,
    "HKD": 8.4,
    # Croatia has the euro now; the document still lists its currency.
    "HRK": 7.53,
    "HUF": 395.0,
    "IDR": 17400.0,
    "ILS": 3.9,
    "INR": 91.0,
    "ISK": 148.0,
    "JPY": 163.0,
    "KRW": 1480.0,
    "MXN": 20.0,
    "MYR": 4.8,
    "NOK": 11.7,
    "NZD": 1.8,
    "PHP": 62.0,
    "PLN": 4.3,
    "RON": 4.98,
    "RUB": 98.0,
    "SEK": 11.4,
    "SGD": 1.45,
    "THB": 37.5,
    "TRY": 37.0,
    "USD": 1.08,
    "ZAR": 19.8,
}
"""Units per EUR of every documented currency."""

_OUT_OF_STOCK = Stock(status="out-of-stock")


def _awaited(days: int) -> Stock:
    return Stock(status="out-of-stock-replenishable", replenishment_days=days)


# The statuses of the stock route's example; its dates are long past.
PRODUCTS: tuple[Product, ...] = (
    Product(
        uid="wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm",
        stock={"EU": _awaited(14), "AS": _OUT_OF_STOCK, "SA": _OUT_OF_STOCK},
    ),
    Product(
        uid=(
            "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm"
            "_gt_plexiglass__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor"
        ),
        stock={"OC": _awaited(21), "SA": _OUT_OF_STOCK, "ROW": _awaited(10)},
    ),
)

# The post is the cheapest everywhere, so that an order that names no method has a tracking code.
_EUROPE = (*REGIONS["EU"], *REGIONS["UK"])
_EXPRESS = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "NO", "PL", "US")
SHIPMENT_METHODS: tuple[ShipmentMethod, ...] = (
    ShipmentMethod(
        uid="sandbox_post",
        name="Sandbox Post",
        type="normal",
        price=4.28,
        min_days=5,
        max_days=7,
    ),
    ShipmentMethod(
        # Without tracking; quicker than the post, or nobody would pay more for less.
        uid="sandbox_letter",
        name="Sandbox Letter",
        type="normal",
        price=4.6,
        min_days=3,
        max_days=6,
        is_business=False,
        has_tracking=False,
    ),
    ShipmentMethod(
        uid="sandbox_parcel",
        name="Sandbox Parcel",
        type="standard",
        price=5.11,
        # Of this type in quotes and creates alone; the shipment routes call it normal.
        per_kilogram=1.9,
        min_days=3,
        max_days=5,
        countries=tuple(sorted(_EUROPE)),
    ),
    ShipmentMethod(
        uid="sandbox_express",
        name="Sandbox Express",
        type="express",
        price=14.9,
        per_kilogram=1.9,
        min_days=1,
        max_days=2,
        countries=_EXPRESS,
    ),
    ShipmentMethod(
        uid="sandbox_pallet",
        name="Sandbox Pallet",
        type="pallet",
        # To loading ramps, not to homes.
        price=95.0,
        per_kilogram=0.4,
        min_days=4,
        max_days=8,
        countries=("DE", "FR", "GB"),
        is_private=False,
    ),
)
