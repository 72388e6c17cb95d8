"""The made-up templates that every sandbox has.

| id | product | varies in | image placeholders |
|---|---|---|---|
| `template-t-shirt` | a T-shirt | colour and size, four variants | Front, Back |
| `template-poster` | a poster | size, three variants | Image |
| `template-cap` | an embroidered cap | colour, two variants | Logo, and a text |

Live templates have `textPlaceholders` in every variant, neither a product type nor a vendor, and
`1` for a print area; the poster is like them, while the other two have the areas of the documents.
Answers do not show a template's tags, but products inherit them.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from uuid import NAMESPACE_URL, uuid5

import attrs

from gelato_async.sandbox.clock import short_stamp, stamp
from gelato_async.sandbox.orders.order import Body
from gelato_async.sandbox.orders.receipts import CLIENT_ID

# Fixed, so that the templates are the same in every sandbox.
_CREATED = 1_750_000_000
_FILES = "https://files.example.com"


@attrs.frozen(kw_only=True)
class _Plan:
    name: str
    title: str
    uid: str
    options: Mapping[str, tuple[str, ...]]
    placeholders: tuple[Body, ...]
    texts: tuple[Body, ...] = ()

    @property
    def id(self) -> str:
        return f"template-{self.name}"

    def combinations(self) -> Iterator[tuple[tuple[str, str], ...]]:
        for values in product(*self.options.values()):
            yield tuple(zip(self.options, values, strict=True))


def _placeholder(name: str, area: str, width: float, height: float) -> Body:
    return {"name": name, "printArea": area, "height": height, "width": width}


_PLANS = (
    _Plan(
        name="t-shirt",
        title="Sandbox T-shirt",
        uid="apparel_sandbox_t-shirt",
        options={"Color": ("White", "Navy"), "Size": ("S", "M")},
        placeholders=(
            _placeholder("Front", "front", 244, 325.5),
            _placeholder("Back", "back", 244, 325.5),
        ),
    ),
    _Plan(
        name="poster",
        title="Sandbox poster",
        uid="poster_sandbox",
        options={"Size": ("A4", "A3", "A2")},
        placeholders=(_placeholder("Image", "1", 210, 297),),
    ),
    _Plan(
        name="cap",
        title="Sandbox cap",
        uid="apparel_sandbox_cap",
        options={"Color": ("Black", "Sand")},
        placeholders=(_placeholder("Logo", "chest-left-embroidery", 101.5, 50),),
        texts=({"name": "Motto", "text": "Your words"},),
    ),
)


def _variant(plan: _Plan, chosen: tuple[tuple[str, str], ...]) -> Body:
    values, options = [], []
    for name, value in chosen:
        values.append(value)
        options.append({"name": name, "value": value})
    # Ids are derived from the names, and so are the same in every sandbox.
    return {
        "id": str(uuid5(NAMESPACE_URL, "/".join((plan.id, *values)))),
        "title": " - ".join(values),
        "productUid": "_".join((plan.uid, *values)).lower(),
        "variantOptions": options,
        "imagePlaceholders": list(plan.placeholders),
        "textPlaceholders": list(plan.texts),
    }


def _template(plan: _Plan) -> Body:
    return {
        "id": plan.id,
        "clientId": CLIENT_ID,
        "templateName": f"Template of the {plan.title}",
        "title": plan.title,
        "description": f"<p>A made-up {plan.name} of the sandbox.</p>",
        "previewUrl": f"{_FILES}/templates/{plan.name}/preview.png",
        "variants": [_variant(plan, chosen) for chosen in plan.combinations()],
        "productType": None,
        "vendor": None,
        "createdAt": short_stamp(_CREATED),
        "updatedAt": stamp(_CREATED),
    }


TEMPLATES: Mapping[str, Body] = {plan.id: _template(plan) for plan in _PLANS}
TAGS: tuple[str, ...] = ("sandbox",)
