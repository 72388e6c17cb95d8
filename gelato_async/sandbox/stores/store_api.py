"""Gelato's store routes: what each does to the state and answers.

| route | answers | refuses |
|---|---|---|
| create | the new product, `created`, without variants | 400; 404 for an unknown template |
| product | the whole product | 404 |
| delete, in no document | an empty object; then the product is gone | 404 |
| products | a page, newest first unless `order` and `orderBy` say otherwise | 400 |
| template | the whole template | 404 |

The templates are in `templates`, what happens to a product is in `store_products`. Every store id
is taken. Whether an empty list of variants is refused, and how an unknown template is, no document
says. A title may be used twice.
"""

from collections.abc import Mapping

from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body, new_id
from gelato_async.sandbox.orders.order_rules import enforce
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.state import Action, State
from gelato_async.sandbox.stores import store_products, store_rules
from gelato_async.sandbox.stores.store_products import StoreProduct
from gelato_async.sandbox.stores.templates import TAGS, TEMPLATES


def _create(state: State, target: Target, body: Body, now: Moment) -> Answer:
    enforce(store_rules.product(body))
    template = _known_template(body["templateId"])
    enforce(store_rules.variants(body, template))
    product = StoreProduct(
        id=new_id(),
        store_id=target.id,
        body=body,
        template=template,
        tags=TAGS[template["id"]] if body.get("tags") is None else body["tags"],
        variants=_chosen(body, template),
        created=now,
    )
    state.store_products.add(product)
    if state.changes is not None:
        state.changes.product(product, now)
    return answer(store_products.document(product, now))


def _chosen(body: Body, template: Body) -> list[Body]:
    wanted = body.get("variants")
    known = {variant["id"]: variant for variant in template["variants"]}
    ids = known if wanted is None else [variant["templateVariantId"] for variant in wanted]
    return [known[variant_id] | {"id": new_id()} for variant_id in ids]


def _product(state: State, target: Target, _: Body, now: Moment) -> Answer:
    return answer(store_products.document(_known_product(state, target), now))


def _delete(state: State, target: Target, _: Body, now: Moment) -> Answer:
    product = _known_product(state, target)
    state.store_products.remove(product)
    if state.changes is not None:
        state.changes.product_deleted(product, now)
    return answer({})


def _known_product(state: State, target: Target) -> StoreProduct:
    found = state.store_products.find(*target.ids)
    if found is None:
        raise RefusedError(404, "Product not found")
    return found


def _products(state: State, target: Target, _: Body, now: Moment) -> Answer:
    query = target.query
    enforce(store_rules.listing(query))
    newest_first = query.get("order") != "asc"
    found = state.store_products.sorted(
        target.id, query.get("orderBy", "createdAt"), now, newest_first=newest_first
    )
    first, length = int(query.get("offset", 0)), int(query.get("limit", 100))
    return answer(
        {
            "products": [
                store_products.document(product, now) for product in found[first : first + length]
            ]
        }
    )


def _template(_: State, target: Target, __: Body, ___: Moment) -> Answer:
    return answer(_known_template(target.id))


def _known_template(template_id: str) -> Body:
    try:
        return TEMPLATES[template_id]
    except KeyError:
        raise RefusedError(
            404, f"Template not found; the sandbox has {', '.join(TEMPLATES)}"
        ) from None


ACTIONS: Mapping[str, Action] = {
    "ecommerce.create": _create,
    "ecommerce.product": _product,
    "ecommerce.delete": _delete,
    "ecommerce.products": _products,
    "ecommerce.template": _template,
}
