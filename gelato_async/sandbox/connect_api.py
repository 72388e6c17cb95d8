"""GelatoConnect's order routes: what each does to the world and answers.

An id may be the caller's reference, which stands for the newest live order that has it. Cancel and
update are refused with 409 from `shipped` on, and when the order is canceled or failed; an update
needs at least one of its two fields.

An order that crosses a border is accepted without retail prices too, and fails `refuse_after`
seconds later with `missing_retail_prices`. Whether a reference may be used twice is not known of
the real API: see `connect_duplicates`.
"""

from collections.abc import Mapping

from gelato_async.sandbox import order_rules
from gelato_async.sandbox.actions import Action
from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.documents import shipping_address, whole
from gelato_async.sandbox.life_cycle import DEAD, SHIPPED
from gelato_async.sandbox.orders import Body, Order
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.searching import search
from gelato_async.sandbox.shipping import fulfillment_country, shipment
from gelato_async.sandbox.world import World


def _create(world: World, _: Target, body: Body, now: Moment) -> Answer:
    order_rules.enforce(order_rules.order(body, "connect"))
    reference = str(body["orderReferenceId"])
    if world.options.connect_duplicates == "refuse" and _is_taken(world, reference, now):
        raise RefusedError(409, f"An order with orderReferenceId {reference} exists")
    order = world.commit("connect", body, _refuse_after(world, body), now)
    created = stamp(order.created.wall)
    return answer({"id": order.id, "orderReferenceId": order.reference, "createdAt": created})


def _get(world: World, target: Target, _: Body, now: Moment) -> Answer:
    return answer(whole(_order(world, target.id, now), now))


def _search(world: World, _: Target, body: Body, now: Moment) -> Answer:
    order_rules.enforce(order_rules.search(body))
    return answer(search(world.stores["connect"], body, now, connect=True))


def _cancel(world: World, target: Target, _: Body, now: Moment) -> Answer:
    _changeable(world, target.id, now).force("canceled", now)
    return answer({"code": 200, "message": "OK"})


def _update(world: World, target: Target, body: Body, now: Moment) -> Answer:
    order_rules.enforce(order_rules.update(body))
    order = _changeable(world, target.id, now)
    changes = {
        name: body[name] for name in ("shipmentMethodUid", "shippingAddress") if body.get(name)
    }
    order.update(changes, now)
    return answer({"shippingAddress": shipping_address(order), "shipment": shipment(order, now)})


def _changeable(world: World, order_id: str, now: Moment) -> Order:
    order = _order(world, order_id, now)
    status = order.status(now)
    if status in SHIPPED | DEAD:
        raise RefusedError(409, f"The order cannot be changed any more, it is {status}")
    return order


def _order(world: World, order_id: str, now: Moment) -> Order:
    store = world.stores["connect"]
    order = store.orders.get(order_id) or store.newest(order_id, now)
    if order is None:
        raise RefusedError(404, "Order not found")
    return order


def _is_taken(world: World, reference: str, now: Moment) -> bool:
    return any(order.is_live(now) for order in world.stores["connect"].of(reference))


def _refuse_after(world: World, body: Body) -> float | None:
    destination = body["shippingAddress"]["country"]
    if fulfillment_country(destination) == destination or _has_retail_prices(body):
        return None
    return world.options.refuse_after


def _has_retail_prices(body: Body) -> bool:
    prices = [
        body.get("retailShippingPriceInclVat"),
        *(item.get("retailPriceInclVat") for item in body["items"]),
    ]
    return bool(body.get("retailCurrency")) and None not in prices


ACTIONS: Mapping[str, Action] = {
    "connect.create": _create,
    "connect.get": _get,
    "connect.search": _search,
    "connect.cancel": _cancel,
    "connect.update": _update,
}
