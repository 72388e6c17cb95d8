"""What a sandbox is given to start with, apart from its options: its catalogs, accounts and so on.

Start with `sandbox_data`. `reading` and `writing` are the files, `values` checks the types of files
and objects alike, `references` finds what does not fit together, `amounts` what would make prices
untrue. The classes of which data are made are public here: the package has models of the same names
for what the API answers. Nothing here changes while a sandbox runs.
"""

from gelato_async.sandbox.catalog.entities import (
    Attribute,
    Catalog,
    Discount,
    Measure,
    Price,
    PriceRule,
    Product,
    ShipmentMethod,
    Stock,
)
from gelato_async.sandbox.data.sandbox_data import Account, Store
from gelato_async.sandbox.stores.template import (
    ImagePlaceholder,
    Template,
    TemplateVariant,
    TextPlaceholder,
)

__all__ = [
    "Account",
    "Attribute",
    "Catalog",
    "Discount",
    "ImagePlaceholder",
    "Measure",
    "Price",
    "PriceRule",
    "Product",
    "ShipmentMethod",
    "Stock",
    "Store",
    "Template",
    "TemplateVariant",
    "TextPlaceholder",
]
