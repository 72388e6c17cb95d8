"""The search for orders: the query, and the rows of a page."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import Channel, FinancialStatus, FulfillmentStatus, OrderType
from gelato_async.models.fields import as_extra, as_strings, count_rows
from gelato_async.models.tracebacks import hides_arguments_of_methods


@hides_arguments_of_methods
@frozen(kw_only=True, weakref_slot=False)
class OrderQuery:
    """The orders to list (*Search orders* of both APIs); a field that is None does not filter.

    `start_date` and `end_date` are aware datetimes. `limit` is the size of a page (at most 100;
    Gelato's default is 50), `offset` the number of rows to skip. GelatoConnect has no `ids`,
    `search`, `channels`, `currencies`, `order_types` and `store_ids`.
    """

    order_reference_id: str | None = None
    order_reference_ids: tuple[str, ...] | None = field(default=None, converter=as_strings)
    ids: tuple[str, ...] | None = field(default=None, converter=as_strings)
    fulfillment_statuses: tuple[str, ...] | None = field(default=None, converter=as_strings)
    financial_statuses: tuple[str, ...] | None = field(default=None, converter=as_strings)
    countries: tuple[str, ...] | None = field(default=None, converter=as_strings)
    start_date: datetime | None = None
    end_date: datetime | None = None
    # Not in the repr: a search may be for the name of a recipient.
    search: str | None = field(default=None, repr=False)
    channels: tuple[str, ...] | None = field(default=None, converter=as_strings)
    currencies: tuple[str, ...] | None = field(default=None, converter=as_strings)
    order_types: tuple[str, ...] | None = field(default=None, converter=as_strings)
    store_ids: tuple[str, ...] | None = field(default=None, converter=as_strings)
    limit: int | None = None
    offset: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class OrderSummary:
    """A row of a search (*Search orders*, `OrderObject`).

    `app_services` is plain JSON: no document shows an element.
    """

    id: str
    order_reference_id: str
    fulfillment_status: FulfillmentStatus
    customer_reference_id: str | None = None
    client_id: str | None = None
    order_type: OrderType | None = None
    financial_status: FinancialStatus | None = None
    currency: str | None = None
    total_incl_vat: Decimal | None = None
    channel: Channel | None = None
    store_id: str | None = None
    connected_order_ids: tuple[str, ...] = ()
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    country: str | None = None
    items_count: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    ordered_at: datetime | None = None
    refusal_reason_code: str | None = None
    app_services: tuple[Any, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class OrderPage:
    """One page of a search, newest first.

    A page shorter than its limit is the last one: there is no total.
    """

    orders: tuple[OrderSummary, ...]
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def length(self) -> int:
        """The number of rows in the answer, including those that cannot be read."""
        return count_rows(self.raw, "orders", self.orders)
