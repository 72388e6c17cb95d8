"""The built-in shipment methods: those of the sandbox, and the documented ones with made-up prices.

The post is the cheapest everywhere, so that an order that names no method has a tracking code.
"""

from gelato_async.sandbox.catalog.countries import REGIONS
from gelato_async.sandbox.catalog.entities import ShipmentMethod

_EUROPE = (*REGIONS["EU"], *REGIONS["UK"])
_EXPRESS = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "NO", "PL", "US")
# As the shipment route's example has them, but for AX, which other pages call not supported.
_DHL_GLOBAL = (
    "AT BE BG CH CY CZ DK EE FI FO FR GB GI GL GR HR HU IE IT LT LU LV MT NG NL NO PL PT RO SE SI"
    " SK"
)
_POSTNL_GLOBAL = (
    "AT AU BE BG BR CA CH CN CY CZ DE DK EE ES FI FR GR HK HR HU IE IN IT JP LT LU LV MT NO NZ"
    " PL PT RO RU SE SI SK TR US ZA"
)
_DOCUMENTED: tuple[ShipmentMethod, ...] = (
    ShipmentMethod(
        uid="dhl_global_parcel",
        name="DHL Global Parcel",
        type="normal",
        price=6.9,
        per_kilogram=1.9,
        min_days=4,
        max_days=8,
        countries=tuple(_DHL_GLOBAL.split()),
    ),
    ShipmentMethod(
        uid="dhl_parcel",
        name="DHL Parcel",
        type="normal",
        price=5.4,
        per_kilogram=1.9,
        min_days=2,
        max_days=4,
        countries=("DE",),
    ),
    ShipmentMethod(
        uid="tnt_parcel",
        name="PostNL Standard",
        type="normal",
        price=5.6,
        per_kilogram=1.9,
        min_days=2,
        max_days=4,
        countries=("NL",),
    ),
    ShipmentMethod(
        uid="tnt_global_pack",
        name="PostNL Global Pack",
        type="normal",
        price=9.8,
        per_kilogram=2.4,
        min_days=6,
        max_days=12,
        countries=tuple(_POSTNL_GLOBAL.split()),
    ),
)
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
    *_DOCUMENTED,
)
