"""Keys of answers whose values no error shows: those of addresses, and free texts of an order.

A request that carries an address shows which values are private. A GET or a search does not, so
what it answers is masked by its keys. They are read from the models: what a repr leaves out, an
error does too.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from gelato_async.core.wire.names import wire_names
from gelato_async.models.addresses import BillingEntity, OrderAddress, ShippingAddress
from gelato_async.models.order import Order
from gelato_async.models.quote import QuoteRequest
from gelato_async.models.search import OrderSummary

_ADDRESSES = (ShippingAddress, OrderAddress, BillingEntity)
_HOLDERS = (*_ADDRESSES, Order, OrderSummary, QuoteRequest)
# a model's own keys are none of the wire
_NOT_SENT = frozenset({"raw", "extra"})


def _plain(key: str) -> str:
    # a server may spell its answers otherwise than it documents: `first_name`
    return key.replace("_", "").casefold()


def _keys(*models: type[Any], in_repr: bool) -> Iterator[str]:
    for model in models:
        for field in attrs.fields(model):
            if bool(field.repr) is in_repr and field.name not in _NOT_SENT:
                yield from map(_plain, wire_names(field))


_PRIVATE = frozenset(_keys(*_HOLDERS, in_repr=False))
_PUBLIC = frozenset(_keys(*_ADDRESSES, in_repr=True)) - _PRIVATE


def is_private(key: str) -> bool:
    """Whether a value under this key may be of a recipient."""
    return _plain(key) in _PRIVATE


def is_public_in_address(key: str) -> bool:
    """Whether a value under this key, inside an address, shows nothing of the person."""
    # a key that nobody knows is none of these: it may hold anything
    return _plain(key) in _PUBLIC
