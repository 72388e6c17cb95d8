"""The built-in catalogs of garments.

Their uids differ in the values of one form alone. They all have a text among their measures, what
they are made of, and the code of their colour.
"""

from collections.abc import Sequence

from gelato_async.sandbox.catalog.built_in_attributes import STATUS, attribute, millimetres
from gelato_async.sandbox.catalog.entities import Attribute, Catalog, Measure, PriceRule

# A left chest is embroidered, anything else printed: front, back, or both.
_PRINTS = ("4-0", "0-4", "4-4", "chstl-emb")
_SIZES = ("S", "M", "L", "XL", "2XL", "3XL")


def _garment(
    kind: str, cut: str, sizes: Sequence[str] = _SIZES, prints: Sequence[str] = _PRINTS
) -> tuple[Attribute, ...]:
    return (
        attribute("GarmentCategory", "Garment Category", kind),
        attribute("GarmentSubcategory", "Garment Subcategory", cut),
        attribute("GarmentCut", "Garment Cut", "unisex"),
        attribute("GarmentQuality", "Garment Quality", "classic", "heavy-weight"),
        Attribute(
            uid="GarmentSize", title="Garment Size", values=dict(zip(sizes, sizes, strict=True))
        ),
        attribute("GarmentColor", "Garment Color", "black", "grey", "navy", "red", "white"),
        attribute("GarmentPrint", "Garment Print", *prints),
        STATUS,
    )


_GARMENT_FORM = (
    "apparel_product_gca_{GarmentCategory}_gsc_{GarmentSubcategory}_gcu_{GarmentCut}"
    "_gqa_{GarmentQuality}_gsi_{GarmentSize}_gco_{GarmentColor}_gpr_{GarmentPrint}"
)

CAPS: Catalog = Catalog(
    uid="caps",
    title="Caps",
    price=PriceRule(base=11.9),
    product_uids=_GARMENT_FORM,
    families=("apparel_product_gca_cap", "cap", "hat", "hats", "headwear"),
    weight=90.0,
    dimensions={
        "Fabric Composition": Measure(value="100% cotton"),
        **millimetres(thickness=120.0, width=180.0, height=160.0),
    },
    attributes=_garment("cap", "baseball", sizes=["OS"], prints=["chstl-emb"]),
)
HOODIES: Catalog = Catalog(
    uid="hoodies",
    title="Hoodies",
    price=PriceRule(base=19.5),
    product_uids=_GARMENT_FORM,
    families=("apparel_product_gca_hoodie", "hoodie", "sweatshirt", "sweatshirts"),
    weight=480.0,
    dimensions={
        "Fabric Composition": Measure(value="80% cotton, 20% polyester"),
        **millimetres(thickness=6.0, width=560.0, height=700.0),
    },
    attributes=_garment("hoodie", "pullover"),
)
T_SHIRTS: Catalog = Catalog(
    uid="t-shirts",
    title="T-shirts",
    price=PriceRule(base=8.9),
    product_uids=_GARMENT_FORM,
    # Garments of an unknown kind cost as much as these.
    families=("t-shirt", "tshirt", "apparel"),
    weight=150.0,
    dimensions={
        "Fabric Composition": Measure(value="100% cotton"),
        **millimetres(thickness=2.0, width=510.0, height=740.0),
    },
    attributes=_garment("t-shirt", "crewneck"),
)
