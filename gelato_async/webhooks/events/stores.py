"""Events of the products and templates of connected stores."""

from datetime import datetime

from attrs import field, frozen

from gelato_async.models.enums import StoreProductStatus
from gelato_async.models.fields import wire
from gelato_async.models.store_product import ProductVariantOption, StoreProductVariant
from gelato_async.models.template import TemplateVariant
from gelato_async.webhooks.events.base import Event


@frozen(kw_only=True, weakref_slot=False)
class StoreProductEvent(Event):
    """Any event of a store's product."""

    store_product_id: str


@frozen(kw_only=True, weakref_slot=False)
class StoreProductChange(StoreProductEvent):
    """What the events of a new and of a changed store product have in common.

    The fields are those of `StoreProduct`, as far as webhooks have them; a variant lacks
    `product_id` and `product_uid`.
    """

    store_id: str | None = None
    external_id: str | None = None
    title: str | None = None
    description: str | None = field(default=None, repr=False)
    preview_url: str | None = None
    external_preview_url: str | None = None
    external_thumbnail_url: str | None = None
    publishing_error_code: str | None = None
    status: StoreProductStatus | None = None
    published_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    variants: tuple[StoreProductVariant, ...] = ()
    product_variant_options: tuple[ProductVariantOption, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class StoreProductCreated(StoreProductChange):
    """A store has a new product (*Store product created*)."""


@frozen(kw_only=True, weakref_slot=False)
class StoreProductUpdated(StoreProductChange):
    """A product of a store was changed, or published (*Store product updated*)."""


@frozen(kw_only=True, weakref_slot=False)
class StoreProductDeleted(StoreProductEvent):
    """A product of a store was deleted; the event has its id alone (*Store product deleted*)."""


@frozen(kw_only=True, weakref_slot=False)
class StoreProductTemplateEvent(Event):
    """Any event of a template.

    The tables of two events misspell the id's key; both spellings are read.
    """

    store_product_template_id: str = field(
        metadata=wire("storeProductTemplateId", "storeProductTempalteId")
    )


@frozen(kw_only=True, weakref_slot=False)
class StoreProductTemplateChange(StoreProductTemplateEvent):
    """What the events of a new and of a changed template have in common.

    The fields are those of `Template`, without `template_name`, `product_type` and `vendor`.
    """

    title: str | None = None
    description: str | None = field(default=None, repr=False)
    preview_url: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    variants: tuple[TemplateVariant, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class StoreProductTemplateCreated(StoreProductTemplateChange):
    """A template was created (*Store product template created*)."""


@frozen(kw_only=True, weakref_slot=False)
class StoreProductTemplateUpdated(StoreProductTemplateChange):
    """A template was changed (*Store product template updated*)."""


@frozen(kw_only=True, weakref_slot=False)
class StoreProductTemplateDeleted(StoreProductTemplateEvent):
    """A template was deleted; the event has its id alone (*Store product template deleted*)."""
