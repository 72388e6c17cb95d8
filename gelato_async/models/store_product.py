"""Products of a connected store: the request that creates one from a template, and the answers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import (
    ConnectionStatus,
    FitMethod,
    ProductImageStatus,
    StoreProductStatus,
    as_fit_method,
)
from gelato_async.models.fields import as_extra, as_strings, as_tuple, count_rows


@frozen(kw_only=True, weakref_slot=False)
class PlaceholderImage:
    """An image for a placeholder of the template.

    *Create product from template*, `ImagePlaceholderObject`. `name` is the placeholder's name in
    the template. The file at `file_url` is a jpg, jpeg, png or pdf. Gelato's default for
    `fit_method` is `slice`.
    """

    name: str
    file_url: str
    fit_method: FitMethod | None = field(default=None, converter=as_fit_method)
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_images(images: Iterable[PlaceholderImage] | None) -> tuple[PlaceholderImage, ...] | None:
    """Make the list immutable.

    None (the template's own images) stays different from an empty list.
    """
    return None if images is None else as_tuple(images)


@frozen(kw_only=True, weakref_slot=False)
class NewStoreProductVariant:
    """A variant of the template for the new product.

    *Create product from template*, `VariantObject`. `template_variant_id` is the `id` of one of the
    template's `variants`. `image_placeholders` has the images to replace; the others stay as in the
    template. `position` orders the variants (default 0).
    """

    template_variant_id: str
    image_placeholders: tuple[PlaceholderImage, ...] | None = field(
        default=None, converter=as_images
    )
    position: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_variants(
    variants: Iterable[NewStoreProductVariant] | None,
) -> tuple[NewStoreProductVariant, ...] | None:
    """Make the list immutable; None (all variants of the template) stays different from a list."""
    return None if variants is None else as_tuple(variants)


@frozen(kw_only=True, weakref_slot=False)
class NewStoreProduct:
    """A product to create in a store from a template (*Create product from template*).

    `variants` None takes all variants of the template, a list only those that it names. `tags`: at
    most 13, of at most 255 characters each; an Etsy store takes 20 characters, which cannot be
    checked here, because no route says what a store is. `sales_channels`: `web` (the default) or
    `global`, for Shopify stores only. `description` may be HTML, and may be left out although the
    document calls it required. `is_visible_in_the_online_store` is false by default.
    """

    template_id: str
    title: str
    description: str | None = field(default=None, repr=False)
    is_visible_in_the_online_store: bool | None = None
    sales_channels: tuple[str, ...] | None = field(default=None, converter=as_strings)
    variants: tuple[NewStoreProductVariant, ...] | None = field(default=None, converter=as_variants)
    tags: tuple[str, ...] | None = field(default=None, converter=as_strings)
    product_type: str | None = None
    vendor: str | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class StoreProductVariant:
    """A variant of a store product (*Get product*, `VariantObject`).

    `external_id` is its id in your shop. `product_id` is the `id` of the store product (the
    document's example shows another). `client_id` and `is_hidden` are undocumented. Webhooks have
    `external_id`, and none of `product_id`, `client_id`, `is_hidden` and `product_uid`.
    """

    id: str
    client_id: str | None = None
    product_id: str | None = None
    is_hidden: bool | None = None
    title: str | None = None
    external_id: str | None = None
    connection_status: ConnectionStatus | None = None
    product_uid: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ProductVariantOption:
    """A property in which the variants of a store product differ (*Get product*)."""

    name: str | None = None
    values: tuple[str, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class StoreProductMetadata:
    """An entry of the metadata of a store product or of its image; seen in live answers only."""

    id: str | None = None
    product_id: str | None = None
    variant_id: str | None = None
    image_id: str | None = None
    video_id: str | None = None
    key: str | None = None
    value: str | None = None
    is_external: bool | None = None


@frozen(kw_only=True, weakref_slot=False)
class ProductVariantAttributeKey:
    """A detail of an attribute's value; seen in live answers only."""

    name: str | None = None
    value: str | None = None
    type: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ProductVariantAttributeValue:
    """A value that an attribute of the variants has; seen in live answers only."""

    value: str | None = None
    keys: tuple[ProductVariantAttributeKey, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class ProductVariantAttribute:
    """An attribute in which the variants of a store product differ; seen in live answers only."""

    name: str | None = None
    values: tuple[ProductVariantAttributeValue, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class ProductImage:
    """An image of a store product, and the variants that it shows; seen in live answers only."""

    id: str | None = None
    store_id: str | None = None
    product_id: str | None = None
    product_variant_ids: tuple[str, ...] = ()
    file_url: str | None = None
    is_primary: bool | None = None
    status: ProductImageStatus | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    metadata: tuple[StoreProductMetadata, ...] = ()
    skip_publishing: bool | None = None


@frozen(kw_only=True, weakref_slot=False)
class StoreProduct:
    """A product of a store (*Get product*, *List products*, *Create product from template*).

    `is_ready_to_publish` becomes true some 10 to 20 seconds after a create, whose answer has no
    variants and images yet. `status` says whether the product is published, which may take an
    hour; `published_at` does not. `external_id`, `external_preview_url` and
    `external_thumbnail_url` are your shop's; URLs are empty until the product is published.

    The attributes from `client_id` on are undocumented and were seen in live answers: their meaning
    is guessed from their names. `publishing_error_details`, `publishing_progress`,
    `product_variant_preview_scene`, `publishing_details_flags`, `product_videos` and `errors` are
    plain JSON, and `personalization_settings` is a string of JSON. `raw` has the whole answer,
    including the keys without an attribute.
    """

    id: str
    store_id: str | None = None
    external_id: str | None = None
    title: str | None = None
    description: str | None = field(default=None, repr=False)
    preview_url: str | None = None
    external_preview_url: str | None = None
    external_thumbnail_url: str | None = None
    publishing_error_code: str | None = None
    status: StoreProductStatus | None = None
    tags: tuple[str, ...] = ()
    product_type: str | None = None
    vendor: str | None = None
    published_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    variants: tuple[StoreProductVariant, ...] = ()
    product_variant_options: tuple[ProductVariantOption, ...] = ()
    # Undocumented from here on.
    client_id: str | None = None
    is_ready_to_publish: bool | None = None
    has_draft: bool | None = None
    publishing_error_details: Any = field(default=None, repr=False)
    publishing_progress: Any = None
    publishing_details_flags: tuple[Any, ...] = ()
    errors: tuple[Any, ...] = field(default=(), repr=False)
    template_name: str | None = None
    parent_template_id: str | None = None
    handle: str | None = None
    collections_ids: tuple[str, ...] = ()
    is_free_shipping: bool | None = None
    price_updated_at: datetime | None = None
    preview_file_type: str | None = None
    product_variant_preview_scene: Any = None
    product_variant_attributes: tuple[ProductVariantAttribute, ...] = ()
    product_images: tuple[ProductImage, ...] = ()
    product_videos: tuple[Any, ...] = ()
    personalization_settings: str | None = field(default=None, repr=False)
    has_personalizable_variants: bool | None = None
    has_custom_size_variants: bool | None = None
    metadata: tuple[StoreProductMetadata, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def is_ready(self) -> bool:
        """Whether the product is ready to be published, or its publishing has ended already.

        True with `is_ready_to_publish`, and with the status `active` or `publishing_error`.
        """
        return self.is_ready_to_publish is True or self.is_publishing_over

    @property
    def is_publishing_over(self) -> bool:
        """Whether the product is published (`active`) or cannot be (`publishing_error`)."""
        return self.status is not None and self.status.is_publishing_over


@frozen(kw_only=True, weakref_slot=False)
class StoreProductPage:
    """One page of a store's products.

    A page shorter than its limit is the last one: there is no total.
    """

    products: tuple[StoreProduct, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def length(self) -> int:
        """The number of rows in the answer, including those that cannot be read."""
        return count_rows(self.raw, "products", self.products)
