"""The rules of the requests to stores: a new product and its template, the query of a listing."""

from collections.abc import Iterator, Mapping
from typing import Any

from gelato_async.sandbox import checks
from gelato_async.sandbox.checks import Fields, Problem, fields, optional, rows, text
from gelato_async.sandbox.orders.doubts import is_file_url
from gelato_async.sandbox.orders.failures import INVALID_FILE_URL
from gelato_async.sandbox.stores.template import Template

_MOST_DIGITS = 18
_PRODUCT: Fields = {
    "templateId": text,
    "title": text,
    "description": optional(text),
    "isVisibleInTheOnlineStore": optional(checks.boolean),
    "productType": optional(text),
    "vendor": optional(text),
}
_VARIANT: Fields = {"templateVariantId": text, "position": optional(checks.number)}
_IMAGE: Fields = {
    "name": text,
    "fileUrl": text,
    "fitMethod": optional(checks.one_of("slice", "meet")),
}
_LISTING: Fields = {
    "order": optional(checks.one_of("asc", "desc")),
    "orderBy": optional(checks.one_of("createdAt", "updatedAt")),
}


def product(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Check a new product, except for the rules that need its template."""
    yield from fields("", body, _PRODUCT)
    yield from _words("salesChannels", body.get("salesChannels"), checks.one_of("web", "global"))
    yield from _words("tags", body.get("tags"), checks.upto(255))
    if isinstance(body.get("tags"), list) and len(body["tags"]) > 13:
        yield "tags", "must have at most 13 entries"
    # No document says what an empty list does; a product without variants would sell nothing.
    if body.get("variants") == []:
        yield "variants", "is required"
    for where, variant in rows("variants", body.get("variants")):
        yield from fields(where, variant, _VARIANT)
        if isinstance(variant, dict):
            for path, image in rows(f"{where}.imagePlaceholders", variant.get("imagePlaceholders")):
                yield from fields(path, image, _IMAGE)


def variants(body: Mapping[str, Any], template: Template) -> Iterator[Problem]:
    """Check variants in which `product` found no problem against their template."""
    known = template.variants_by_id()
    for where, chosen in rows("variants", body.get("variants")):
        variant = known.get(chosen["templateVariantId"])
        if variant is None:
            yield f"{where}.templateVariantId", "must be a variant of the template"
            continue
        # The document: the name must be the same as in the template.
        names = [place.name for place in template.images_of(variant)]
        for path, image in rows(f"{where}.imagePlaceholders", chosen.get("imagePlaceholders")):
            if image["name"] not in names:
                fault = f"must be one of the template's placeholders: {', '.join(names)}"
                yield f"{path}.name", fault


def unusable_images(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Find the images that cannot be downloaded, in a body in which `product` found no problem."""
    for where, chosen in rows("variants", body.get("variants")):
        for path, image in rows(f"{where}.imagePlaceholders", chosen.get("imagePlaceholders")):
            if not is_file_url(image["fileUrl"]):
                yield f"{path}.fileUrl", INVALID_FILE_URL.reason


def listing(query: Mapping[str, str]) -> Iterator[Problem]:
    """Check the query parameters of a listing."""
    yield from fields("", dict(query), _LISTING)
    if not _is_whole(query.get("offset", "0")):
        yield "offset", "must be a whole number"
    limit = query.get("limit", "0")
    if not _is_whole(limit) or int(limit) > 100:
        yield "limit", "must be a whole number of at most 100"


def _is_whole(given: str) -> bool:
    # isdigit alone accepts the digits of other scripts, and Python refuses to convert thousands.
    return given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS


def _words(path: str, value: Any, check: checks.Check) -> Iterator[Problem]:
    if value is None:
        return
    if not isinstance(value, list):
        yield path, "must be a list of strings"
        return
    for number, word in enumerate(value):
        if fault := text(word) or check(word):
            yield f"{path}[{number}]", fault
