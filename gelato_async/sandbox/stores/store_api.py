"""Gelato's store routes: the action of each.

| route | answers | refuses |
|---|---|---|
| create | the new product, `created`, without variants | 400; 404 for an unknown template |
| product | the whole product | 404 |
| delete, undocumented | an empty object; then the product is gone | 404 |
| products | a page, newest first unless `order` and `orderBy` say otherwise | 400 |
| template | the whole template | 404 |

Every store id is accepted, and a title may be used twice. Whether an empty list of variants is
refused, and how an unknown template is refused, is undocumented.
"""

from collections.abc import Mapping

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body, new_id
from gelato_async.sandbox.orders.order_rules import enforce
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores import store_rules
from gelato_async.sandbox.stores.product_documents import product_document
from gelato_async.sandbox.stores.store_products import StoreProduct
from gelato_async.sandbox.stores.templates import TAGS, TEMPLATES


def _create(account: AccountState, target: Target, body: Body, now: Moment) -> Answer:
    enforce(store_rules.product(body))
    template = _known_template(body["templateId"])
    enforce(store_rules.variants(body, template))
    tags = body.get("tags")
    if tags is None:
        tags = list(TAGS)
    product = StoreProduct(
        id=new_id(),
        store_id=target.id,
        body=body,
        template=template,
        tags=tags,
        variants=_variants(body.get("variants"), template),
        created=now,
    )
    account.store_products.add(product)
    if account.changes is not None:
        account.changes.product(product, now)
    return answer(product_document(product, now))


def _variants(wanted: list[Body] | None, template: Body) -> list[Body]:
    known = {variant["id"]: variant for variant in template["variants"]}
    chosen = list(known.values())
    if wanted is not None:
        chosen = [known[variant["templateVariantId"]] for variant in wanted]
    return [variant | {"id": new_id()} for variant in chosen]


def _product(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    return answer(product_document(_known_product(account, target), now))


def _delete(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    product = _known_product(account, target)
    account.store_products.remove(product)
    if account.changes is not None:
        account.changes.product_deleted(product, now)
    return answer({})


def _known_product(account: AccountState, target: Target) -> StoreProduct:
    found = account.store_products.find(*target.ids)
    if found is None:
        raise RefusedError(404, "Product not found")
    return found


def _products(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    query = target.query
    enforce(store_rules.listing(query))
    newest_first = query.get("order") != "asc"
    found = account.store_products.sorted(
        target.id, query.get("orderBy", "createdAt"), now, newest_first=newest_first
    )
    offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
    page = found[offset : offset + limit]
    return answer({"products": [product_document(product, now) for product in page]})


def _template(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    return answer(_known_template(target.id))


def _known_template(template_id: str) -> Body:
    if template_id not in TEMPLATES:
        known = ", ".join(TEMPLATES)
        raise RefusedError(404, f"Template not found; the sandbox has {known}")
    return TEMPLATES[template_id]


ACTIONS: Mapping[str, Action] = {
    "ecommerce.create": _create,
    "ecommerce.product": _product,
    "ecommerce.delete": _delete,
    "ecommerce.products": _products,
    "ecommerce.template": _template,
}
