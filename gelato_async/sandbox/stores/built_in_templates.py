"""The made-up templates that every sandbox has, unless its data say otherwise.

| id | products | varies in | placeholders |
|---|---|---|---|
| `template-t-shirt` | T-shirts, printed on both sides | colour and size | Front, Back |
| `template-poster` | posters | size | Image |
| `template-cap` | T-shirts with an embroidered chest | colour | Logo, and a text |
"""

from gelato_async.sandbox.stores.template import (
    ImagePlaceholder,
    Template,
    TemplateVariant,
    TextPlaceholder,
)

# In millimetres.
_POSTER_SIZES = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "A2": (420.0, 594.0)}
_TAGS = ("sandbox",)


def _shirt(color: str, size: str, print_code: str) -> TemplateVariant:
    words = f"gsi_{size}_gco_{color}_gpr_{print_code}".lower()
    return TemplateVariant(
        product_uid=f"apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_{words}",
        options={"Color": color, "Size": size},
    )


def _poster(size: str) -> TemplateVariant:
    width, height = _POSTER_SIZES[size]
    uid = f"posters_pf_{size.lower()}_pt_170-gsm-coated-silk_ct_none_cl_4-0_ver"
    return TemplateVariant(
        product_uid=uid,
        options={"Size": size},
        image_placeholders=(ImagePlaceholder(name="Image", width=width, height=height),),
    )


TEMPLATES: tuple[Template, ...] = (
    Template(
        id="template-t-shirt",
        title="Sandbox T-shirt",
        tags=_TAGS,
        image_placeholders=(
            ImagePlaceholder(name="Front", print_area="front", width=244, height=325.5),
            ImagePlaceholder(name="Back", print_area="back", width=244, height=325.5),
        ),
        variants=(
            _shirt("White", "S", "4-4"),
            _shirt("White", "M", "4-4"),
            _shirt("Navy", "S", "4-4"),
            _shirt("Navy", "M", "4-4"),
        ),
    ),
    Template(
        id="template-poster",
        title="Sandbox poster",
        tags=_TAGS,
        variants=tuple(map(_poster, _POSTER_SIZES)),
    ),
    Template(
        id="template-cap",
        title="Sandbox cap",
        tags=_TAGS,
        image_placeholders=(
            ImagePlaceholder(
                name="Logo", print_area="chest-left-embroidery", width=101.5, height=50
            ),
        ),
        text_placeholders=(TextPlaceholder(name="Motto", text="Your words"),),
        variants=(_shirt("Black", "M", "chstl-emb"), _shirt("White", "M", "chstl-emb")),
    ),
)
