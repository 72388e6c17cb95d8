"""The rules of the requests to stores.

A new product against its template, and the query of a listing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gelato_async.sandbox import checks
from gelato_async.sandbox.checks import Fields, Problem, fields, optional, rows, text

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
    """Check a new product as far as it goes without its template."""
    yield from fields("", body, _PRODUCT)
    yield from _words("salesChannels", body.get("salesChannels"), checks.one_of("web", "global"))
    yield from _words("tags", body.get("tags"), checks.upto(255))
    if isinstance(body.get("tags"), list) and len(body["tags"]) > 13:
        yield "tags", "must have at most 13 entries"
    for where, variant in _given("variants", body.get("variants")):
        yield from fields(where, variant, _VARIANT)
        if isinstance(variant, dict):
            for path, image in rows(f"{where}.imagePlaceholders", variant.get("imagePlaceholders")):
                yield from fields(path, image, _IMAGE)


def variants(body: Mapping[str, Any], template: Mapping[str, Any]) -> Iterator[Problem]:
    """Check the variants of a new product, which are good in themselves, against the template."""
    known = {variant["id"]: variant for variant in template["variants"]}
    for where, variant in rows("variants", body.get("variants")):
        if variant["templateVariantId"] not in known:
            yield f"{where}.templateVariantId", "must be a variant of the template"
            continue
        names = {
            placeholder["name"]
            for placeholder in known[variant["templateVariantId"]]["imagePlaceholders"]
        }
        for path, image in rows(f"{where}.imagePlaceholders", variant.get("imagePlaceholders")):
            if image["name"] not in names:
                yield (
                    f"{path}.name",
                    f"must be one of the template's placeholders: {', '.join(sorted(names))}",
                )


def listing(query: Mapping[str, str]) -> Iterator[Problem]:
    """Check the query parameters of a listing."""
    yield from fields("", dict(query), _LISTING)
    for name, most in (("offset", None), ("limit", 100)):
        given = query.get(name, "0")
        if not (given.isascii() and given.isdigit()) or (most is not None and int(given) > most):
            yield name, "must be a whole number" + (f" of at most {most}" if most else "")


def _given(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if value == []:
        yield path, None
    yield from rows(path, value)


def _words(path: str, value: Any, check: checks.Check) -> Iterator[Problem]:
    if value is not None and not isinstance(value, list):
        yield path, "must be a list of strings"
    for number, word in enumerate(value if isinstance(value, list) else ()):
        if fault := text(word) or check(word):
            yield f"{path}[{number}]", fault
