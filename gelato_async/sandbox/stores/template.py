"""A template of store products, as a sandbox is given it; `templates` writes the answers."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

import attrs


@attrs.frozen(kw_only=True)
class ImagePlaceholder:
    """A place for an image; width and height are in millimetres."""

    name: str
    width: float
    height: float
    print_area: str = "1"


@attrs.frozen(kw_only=True)
class TextPlaceholder:
    """A place for a text, and the text that it has in the template."""

    name: str
    text: str = ""


@attrs.frozen(kw_only=True)
class TemplateVariant:
    """One product of the catalog that a template is for.

    Attributes:
        product_uid: The product.
        options: What distinguishes the variant from the others, like `{"Size": "A4"}`.
        id: The variant's id, derived from the template's id and the product if it is not given.
        title: The title, the values of the options if it is not given.
        image_placeholders: The places of this variant, if they are not those of the template.
    """

    product_uid: str
    options: Mapping[str, str] = attrs.field(factory=dict)
    id: str | None = None
    title: str | None = None
    image_placeholders: tuple[ImagePlaceholder, ...] = ()

    @property
    def shown_title(self) -> str:
        """The title in answers."""
        return self.title or " - ".join(self.options.values()) or self.product_uid


@attrs.frozen(kw_only=True)
class Template:
    """A template from which products of a store are created.

    Attributes:
        id: The id by which requests name the template.
        title: The title, which products do not inherit.
        variants: The products that the template is for.
        image_placeholders: The places for images of all variants that have none of their own.
        text_placeholders: The places for texts of all variants.
        name: The name in the dashboard, the title if it is not given.
        description: The description of products whose request has none.
        tags: The tags of products whose request has none. No answer about the template shows them.
        product_type: The product type.
        vendor: The vendor.
        account: The name of the only account that sees the template, or None for all.
    """

    id: str
    title: str
    variants: tuple[TemplateVariant, ...]
    image_placeholders: tuple[ImagePlaceholder, ...] = ()
    text_placeholders: tuple[TextPlaceholder, ...] = ()
    name: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    product_type: str | None = None
    vendor: str | None = None
    account: str | None = None

    def variants_by_id(self) -> Mapping[str, TemplateVariant]:
        """Return the variants by their ids, which are the same in every sandbox."""
        found = {}
        for variant in self.variants:
            words = (self.id, variant.product_uid, *variant.options.values())
            derived = str(uuid5(NAMESPACE_URL, "/".join(words)))
            found[variant.id or derived] = variant
        return found

    def images_of(self, variant: TemplateVariant) -> tuple[ImagePlaceholder, ...]:
        """Return the places for images of a variant."""
        return variant.image_placeholders or self.image_placeholders
