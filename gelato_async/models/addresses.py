"""Postal addresses: those of a request, and those of an answer.

Their reprs show the country, and nothing of the person.
"""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from gelato_async.models.fields import as_extra, wire
from gelato_async.models.tracebacks import hides_arguments_of_methods


@hides_arguments_of_methods
@frozen(kw_only=True, weakref_slot=False)
class ShippingAddress:
    """The recipient of the parcel.

    *Create order*, `ShippingAddressObject`; GelatoConnect *Shipping Address Parameters*. `country`
    is an ISO 3166-1 code (`GB`, not `UK`). `state` is required in US, CA and AU. GelatoConnect
    requires `phone`. Brazil requires `federal_tax_id`, and for a company `is_business`,
    `state_tax_id` and `registration_state` too. The keys of `extra` are sent unchanged and override
    all others.
    """

    country: str
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    address_line1: str = field(repr=False)
    city: str = field(repr=False)
    post_code: str = field(repr=False)
    email: str = field(repr=False)
    address_line2: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    company_name: str | None = field(default=None, repr=False)
    is_business: bool | None = field(default=None, repr=False)
    federal_tax_id: str | None = field(default=None, repr=False)
    state_tax_id: str | None = field(default=None, repr=False)
    registration_state: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@hides_arguments_of_methods
@frozen(kw_only=True, weakref_slot=False)
class ReturnAddress:
    """Single fields that replace those of the sender's address on the parcel; Gelato only.

    *Create order*, `ReturnAddressObject`.
    """

    company_name: str | None = field(default=None, repr=False)
    address_line1: str | None = field(default=None, repr=False)
    address_line2: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    post_code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    country: str | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class OrderAddress:
    """The shipping or return address of an order (*Get order*); any part may be missing."""

    id: str | None = None
    order_id: str | None = None
    country: str | None = None
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    company_name: str | None = field(default=None, repr=False)
    address_line1: str | None = field(default=None, repr=False)
    address_line2: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    # Both tables of v4's answers spell it with a Cyrillic letter; `postCode` is what is sent.
    post_code: str | None = field(
        default=None, repr=False, metadata=wire("postCode", "post\u0421ode")
    )
    state: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    is_business: bool | None = None
    federal_tax_id: str | None = field(default=None, repr=False)
    state_tax_id: str | None = field(default=None, repr=False)
    # Its name in what is sent, and then that of an answer.
    registration_state: str | None = field(
        default=None, repr=False, metadata=wire("registrationState", "registrationStateCode")
    )


@frozen(kw_only=True, weakref_slot=False)
class BillingEntity:
    """The company or person who pays.

    *Get order*, `BillingEntityObject`, and the keys that its examples add.
    """

    id: str | None = None
    company_name: str | None = field(default=None, repr=False)
    company_number: str | None = field(default=None, repr=False)
    company_vat_number: str | None = field(default=None, repr=False)
    company_vat_numbers: tuple[Any, ...] = field(default=(), repr=False)
    country: str | None = None
    country_iso_code: str | None = None
    recipient_name: str | None = field(default=None, repr=False)
    address_line1: str | None = field(default=None, repr=False)
    address_line2: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    post_code: str | None = field(
        default=None, repr=False, metadata=wire("postCode", "post\u0421ode")
    )
    state: str | None = field(default=None, repr=False)
    state_code: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    currency: str | None = None
    currency_iso_code: str | None = None
    status: int | None = None
    ioss_number: str | None = field(default=None, repr=False)
    invoice_type: str | None = None
