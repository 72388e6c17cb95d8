"""Gelato's store routes: the action of each.

| route | answers | refuses |
|---|---|---|
| create | the new product, `created`, without variants | 400; 404 for an unknown template |
| product | the whole product | 404 |
| delete, undocumented | an empty object; then the product is gone | 404 |
| products | a page, newest first unless `order` and `orderBy` say otherwise | 400 |
| template | the whole template | 404 |

A product with an image whose URL cannot be one of a file ends as `publishing_error`; a strict
sandbox refuses it. An account whose data lists stores has those and no others; any other account has every store id,
except the stores of others. A title may be used twice. Whether an empty list of variants is refused,
and how an unknown template is refused, is undocumented. Nobody knows what PUT does, which live
answers name among the allowed methods; here it answers 501.
"""

from collections.abc import Container, Mapping

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, answer, enforce
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.failures import INVALID_FILE_URL
from gelato_async.sandbox.orders.order import new_id
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores import store_rules
from gelato_async.sandbox.stores.product_documents import product_document
from gelato_async.sandbox.stores.store_products import ERROR_TAG, StoreProduct, StoreVariant
from gelato_async.sandbox.stores.template import Template
from gelato_async.sandbox.stores.templates import template_document, variant_options

# The code of an error that the tag asks for.
_ERROR_CODE = "sandbox_request"


def _create(account: AccountState, target: Target, body: Body, now: Moment) -> Answer:
    store_id = _known_store(account, target.id)
    enforce(store_rules.product(body))
    template = _known_template(account, body["templateId"])
    enforce(store_rules.variants(body, template))
    if account.options.strict:
        enforce(store_rules.unusable_images(body))
    product = _new_product(account.name, store_id, template, body, now)
    account.unsaved.add(product)
    account.store_products.add(product)
    if account.changes is not None:
        account.changes.product(product, now)
    return answer(product_document(product, now))


def _new_product(
    account: str, store_id: str, template: Template, body: Body, now: Moment
) -> StoreProduct:
    tags = body.get("tags")
    if tags is None:
        tags = template.tags
    return StoreProduct(
        id=new_id(),
        account=account,
        store_id=store_id,
        template_id=template.id,
        title=body["title"],
        description=body.get("description") or template.description,
        tags=tuple(tags),
        product_type=body.get("productType") or template.product_type,
        vendor=body.get("vendor") or template.vendor,
        template_options=variant_options(template.variants),
        variants=_variants(body.get("variants"), template),
        created=now,
        error_code=_error_code(body, tags),
    )


def _error_code(body: Body, tags: Container[str]) -> str | None:
    if any(store_rules.unusable_images(body)):
        return INVALID_FILE_URL.code
    if ERROR_TAG in tags:
        return _ERROR_CODE
    return None


def _variants(wanted: list[Body] | None, template: Template) -> tuple[StoreVariant, ...]:
    known = template.variants_by_id()
    # Left out means all of them, a list only those.
    chosen = list(known)
    if wanted is not None:
        chosen = [variant["templateVariantId"] for variant in wanted]
    variants = []
    for variant_id in chosen:
        variant = known[variant_id]
        copied = StoreVariant(
            id=new_id(),
            title=variant.shown_title,
            product_uid=variant.product_uid,
            options=variant.options,
        )
        variants.append(copied)
    return tuple(variants)


def _product(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    return answer(product_document(_known_product(account, target), now))


def _delete(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    product = _known_product(account, target)
    account.store_products.remove(product)
    if account.changes is not None:
        account.changes.product_deleted(product, now)
    return answer({})


def _known_product(account: AccountState, target: Target) -> StoreProduct:
    store_id, product_id = target.ids
    found = account.store_products.find(_known_store(account, store_id), product_id)
    if found is None:
        raise RefusedError(404, "Product not found")
    return found


def _put(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    _known_product(account, target)
    raise RefusedError(501, "The sandbox does not know what PUT does here: it is undocumented")


def _products(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    store_id = _known_store(account, target.id)
    query = target.query
    enforce(store_rules.listing(query))
    newest_first = query.get("order") != "asc"
    found = account.store_products.sorted(
        store_id, query.get("orderBy", "createdAt"), now, newest_first=newest_first
    )
    offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
    page = found[offset : offset + limit]
    return answer({"products": [product_document(product, now) for product in page]})


def _known_store(account: AccountState, store_id: str) -> str:
    owners = account.options.data.store_owners()
    # A store that nobody has exists for those accounts that have none.
    is_open = store_id not in owners and account.name not in owners.values()
    if not is_open and owners.get(store_id) != account.name:
        raise RefusedError(404, "Store not found")
    return store_id


def _template(account: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    return answer(template_document(_known_template(account, target.id), account.name))


def _known_template(account: AccountState, template_id: str) -> Template:
    known = {}
    for template in account.options.data.templates:
        if template.account in {None, account.name}:
            known[template.id] = template
    if template_id not in known:
        raise RefusedError(
            404, f"Template not found; there are {', '.join(known) or 'no templates'}"
        )
    return known[template_id]


ACTIONS: Mapping[str, Action] = {
    "ecommerce.create": _create,
    "ecommerce.product": _product,
    "ecommerce.put": _put,
    "ecommerce.delete": _delete,
    "ecommerce.products": _products,
    "ecommerce.template": _template,
}
