"""Templates in the shape of the answers, with all keys of live templates.

Live templates have `textPlaceholders` in every variant, often neither a product type nor a vendor,
and `1` for a print area; the documents show named areas.
"""

from collections.abc import Iterable

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import short_stamp
from gelato_async.sandbox.orders.receipts import client_id
from gelato_async.sandbox.stores.store_products import StoreVariant
from gelato_async.sandbox.stores.template import ImagePlaceholder, Template, TemplateVariant

# Fixed, so that the templates are the same in every sandbox.
_CREATED = 1_750_000_000
_FILES = "https://files.example.com"


def template_document(template: Template, account: str) -> Body:
    """Return a template as an account of this name sees it."""
    variants = []
    for variant_id, variant in template.variants_by_id().items():
        variants.append(_variant(template, variant_id, variant))
    return {
        "id": template.id,
        "clientId": client_id(account),
        "templateName": template.name or template.title,
        "title": template.title,
        "description": template.description,
        "previewUrl": f"{_FILES}/templates/{template.id}/preview.png",
        "variants": variants,
        "productType": template.product_type,
        "vendor": template.vendor,
        "createdAt": short_stamp(_CREATED),
        "updatedAt": short_stamp(_CREATED),
    }


def variant_options(variants: Iterable[TemplateVariant | StoreVariant]) -> dict[str, list[str]]:
    """Return the values of each option, each value once and in the order of the variants."""
    values: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options.items():
            found = values.setdefault(name, [])
            if value not in found:
                found.append(value)
    return values


def _variant(template: Template, variant_id: str, variant: TemplateVariant) -> Body:
    options = []
    for name, value in variant.options.items():
        options.append({"name": name, "value": value})
    return {
        "id": variant_id,
        "title": variant.shown_title,
        "productUid": variant.product_uid,
        "variantOptions": options,
        "imagePlaceholders": list(map(_image, template.images_of(variant))),
        "textPlaceholders": list(map(attrs.asdict, template.text_placeholders)),
    }


def _image(place: ImagePlaceholder) -> Body:
    return {
        "name": place.name,
        "printArea": place.print_area,
        "height": place.height,
        "width": place.width,
    }
