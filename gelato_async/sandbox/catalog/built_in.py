"""The built-in currencies, and products with a documented stock."""

from collections.abc import Mapping

from gelato_async.sandbox.catalog.entities import Product, Stock

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
