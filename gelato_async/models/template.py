"""Templates, from which products of a store are created."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import FileType


@frozen(kw_only=True, weakref_slot=False)
class TemplateVariantOption:
    """A property of a template's variant, like its size (*Get template*, `VariantOptionObject`)."""

    name: str | None = None
    value: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ImagePlaceholder:
    """A placeholder for an image (*Get template*, `ImagePlaceholderObject`).

    `height` and `width` are in millimetres. `print_area` is the string `1` in live answers.
    """

    name: str | None = None
    print_area: FileType | None = None
    height: float | None = None
    width: float | None = None


@frozen(kw_only=True, weakref_slot=False)
class TextPlaceholder:
    """A placeholder for a text.

    No table has it; examples of template events and live answers do.
    """

    name: str | None = None
    text: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class TemplateVariant:
    """A variant of a template (*Get template*, `VariantObject`).

    The variants of a new product refer to its `id`.
    """

    id: str
    title: str | None = None
    product_uid: str | None = None
    variant_options: tuple[TemplateVariantOption, ...] = ()
    image_placeholders: tuple[ImagePlaceholder, ...] = ()
    text_placeholders: tuple[TextPlaceholder, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Template:
    """A template for products (*Get template*).

    `title` and `description` become those of a product. Webhooks leave out `template_name`,
    `product_type` and `vendor`; the latter two may be None elsewhere too. `client_id` is
    undocumented. `raw` has the whole answer, undocumented keys included.
    """

    id: str
    client_id: str | None = None
    template_name: str | None = None
    title: str | None = None
    description: str | None = field(default=None, repr=False)
    preview_url: str | None = None
    product_type: str | None = None
    vendor: str | None = None
    variants: tuple[TemplateVariant, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
