"""GelatoConnect's order routes: the action of each.

An id may be the caller's reference, which stands for the newest live order that has it. Cancel and
update are refused with 409 from `shipped` on, and for a canceled or failed order; an update needs
at least one of its two fields.

Whether the real API accepts a reference twice is unknown: see `connect_duplicates`.
"""

from collections.abc import Mapping

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, answer, enforce
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders import order_rules
from gelato_async.sandbox.orders.documents import order_document, shipping_address
from gelato_async.sandbox.orders.doubts import examine_order
from gelato_async.sandbox.orders.life_cycle import DEAD, SHIPPED
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.orders.revising import revise
from gelato_async.sandbox.orders.searching import CONNECT_FILTERS, search
from gelato_async.sandbox.orders.shipments import shipment
from gelato_async.sandbox.routes import Target


def _create(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.order(body, "connect", account.assortment.currencies))
    reference = str(body["orderReferenceId"])
    if account.options.connect_duplicates == "refuse" and _is_taken(account, reference, now):
        raise RefusedError(409, f"An order with orderReferenceId {reference} exists")
    refusal = examine_order(account, body, "connect")
    order = account.commit("connect", body, refusal, now)
    created = stamp(order.created)
    return answer({"id": order.id, "orderReferenceId": order.reference, "createdAt": created})


def _get(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    order = _order(account, target.id, now)
    return answer(order_document(order, account.assortment, now))


def _search(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.search(body))
    return answer(search(account.orders["connect"], body, now, CONNECT_FILTERS))


def _cancel(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    order = _changeable(account, target.id, now)
    order.force("canceled", now)
    account.changed(order, now)
    return answer({"code": 200, "message": "OK"})


def _update(account: AccountState, target: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.update(body))
    order = _changeable(account, target.id, now)
    content = order.body()
    for name in ("shipmentMethodUid", "shippingAddress"):
        if body.get(name):
            content[name] = body[name]
    revise(account, order, content, order.item_numbers(), now.life - order.began)
    order.changed = now.wall
    account.changed(order, now)
    shipping = shipment(order, content, order.terms(), now)
    return answer({"shippingAddress": shipping_address(order, content), "shipment": shipping})


def _changeable(account: AccountState, order_id: str, now: Moment) -> Order:
    order = _order(account, order_id, now)
    status = order.status(now)
    if status in SHIPPED | DEAD:
        raise RefusedError(409, f"The order cannot be changed any more, it is {status}")
    return order


def _order(account: AccountState, order_id: str, now: Moment) -> Order:
    index = account.orders["connect"]
    order = index.by_id.get(order_id) or index.newest(order_id, now)
    if order is None:
        raise RefusedError(404, "Order not found")
    return order


def _is_taken(account: AccountState, reference: str, now: Moment) -> bool:
    earlier = account.orders["connect"].with_reference(reference)
    return any(order.is_live(now) for order in earlier)


ACTIONS: Mapping[str, Action] = {
    "connect.create": _create,
    "connect.get": _get,
    "connect.search": _search,
    "connect.cancel": _cancel,
    "connect.update": _update,
}
