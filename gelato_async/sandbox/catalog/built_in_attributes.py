"""What the built-in catalogs of several kinds have in common."""

from collections.abc import Mapping

from gelato_async.sandbox.catalog.entities import Attribute, Measure

# Every documented product has this attribute, and no uid states it.
STATUS: Attribute = Attribute(
    uid="ProductStatus", title="Product Status", values={"activated": "Activated"}
)
ORIENTATION: Attribute = Attribute(
    uid="Orientation", title="Orientation", values={"hor": "Landscape", "ver": "Portrait"}
)
COLORS: Attribute = Attribute(
    uid="ColorType", title="Color Type", values={"4-0": "One side", "4-4": "Both sides"}
)


def attribute(uid: str, title: str, *values: str) -> Attribute:
    """Return an attribute whose values have titles like their uids."""
    titles = {value: value.replace("-", " ").capitalize() for value in values}
    return Attribute(uid=uid, title=title, values=titles)


def millimetres(**lengths: float) -> Mapping[str, Measure]:
    """Return lengths as measures, by their names with a capital."""
    return {name.capitalize(): Measure(value=value, unit="mm") for name, value in lengths.items()}
