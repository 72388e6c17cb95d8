"""The made-up templates of the built-in catalogs.

| id | varies in | image placeholders |
|---|---|---|
| `template-poster` | size | Image |
| `template-framed-poster` | size and frame | Image |
| `template-card` | orientation | Front, Back |
| `template-brochure` | size | Pages |
| `template-photo-book` | cover | Cover, Pages |
| `template-mug` | size | Image |
| `template-t-shirt` | colour and size | Front, Back |
| `template-hoodie` | colour and size | Front |
| `template-cap` | colour | Logo, and a text |
| `c12a363e-...` | size | ImageFront: the example of the documents, with its ids |

The print areas of garments are those of the documents, the others are `1`, `2` as in live
templates. Widths and heights are in millimetres.
"""

from itertools import product

import attrs

from gelato_async.sandbox.stores.template import (
    ImagePlaceholder,
    Template,
    TemplateVariant,
    TextPlaceholder,
)

_TAGS = ("sandbox",)
_POSTERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "A2": (420.0, 594.0)}
_FRAMES = {"30x40 cm": (300.0, 400.0), "50x70 cm": (500.0, 700.0)}
# A card of the format 5R.
_CARDS = {"Landscape": ("hor", 178.0, 127.0), "Portrait": ("ver", 127.0, 178.0)}

# The variants of the documents' example.
_DOCUMENTED = {
    "M": "83e30e31-0aee-4eca-8a8f-dceb2455cdc1",
    "S": "d7c3241e-db88-40f1-9862-3d145b29dfef",
    "L": "582fe1ea-7f4e-4507-9e3d-7f49a38aa2d7",
    "XL": "49f54e49-2ac5-466b-9938-473b1cc82a8b",
    "2XL": "0dd2f060-3c6c-4e89-a1c3-f972da34cd79",
    "3XL": "dd6e61c0-6709-4642-90b6-6270b4cd903c",
}


def _place(name: str, width: float, height: float, print_area: str = "1") -> ImagePlaceholder:
    return ImagePlaceholder(name=name, width=width, height=height, print_area=print_area)


def _poster(size: str) -> TemplateVariant:
    form = "pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_sft_none_set_none_ver"
    return TemplateVariant(
        product_uid=f"flat_product_pf_{size.lower()}_{form}",
        options={"Size": size},
        image_placeholders=(_place("Image", *_POSTERS[size]),),
    )


def _framed_poster(size: str, frame: str) -> TemplateVariant:
    width, height = _FRAMES[size]
    millimetres = f"{width:g}x{height:g}-mm"
    framing = f"frs_{millimetres}_frc_{frame.lower()}_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    poster = f"pf_{millimetres}_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_ver"
    return TemplateVariant(
        product_uid=f"frame_and_poster_product_{framing}__{poster}",
        options={"Size": size, "Frame": frame},
        image_placeholders=(_place("Image", width, height),),
    )


def _card(orientation: str) -> TemplateVariant:
    code, width, height = _CARDS[orientation]
    return TemplateVariant(
        product_uid=f"cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_{code}",
        options={"Orientation": orientation},
        image_placeholders=(
            _place("Front", width, height),
            _place("Back", width, height, print_area="2"),
        ),
    )


def _brochure(size: str) -> TemplateVariant:
    form = "pt_170-gsm-coated-silk_cl_4-4_bt_saddle-stitch-left_ver"
    return TemplateVariant(
        product_uid=f"multipage-brochures_pf_{size.lower()}_{form}", options={"Size": size}
    )


def _photo_book(cover: str) -> TemplateVariant:
    form = "ccl_4-4_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk"
    return TemplateVariant(
        product_uid=(
            f"photobooks-{cover.lower()}_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk"
            f"_cl_4-4_{form}_ver"
        ),
        options={"Cover": cover},
    )


def _mug(size: str) -> TemplateVariant:
    return TemplateVariant(
        product_uid=f"mug_product_msz_{size.replace(' ', '-')}_mmat_ceramic-white_cl_4-0",
        options={"Size": size},
    )


def _garment(kind: str, cut: str, color: str, size: str, print_code: str) -> TemplateVariant:
    form = f"gsc_{cut}_gcu_unisex_gqa_classic_gsi_{size}_gco_{color}_gpr_{print_code}"
    return TemplateVariant(
        product_uid=f"apparel_product_gca_{kind}_{form}".lower(),
        options={"Color": color, "Size": size},
    )


def _t_shirt(color: str, size: str) -> TemplateVariant:
    return _garment("t-shirt", "crewneck", color, size, "4-4")


def _hoodie(color: str, size: str) -> TemplateVariant:
    return _garment("hoodie", "pullover", color, size, "4-0")


def _documented(size: str) -> TemplateVariant:
    garment = _garment("t-shirt", "crewneck", "White", size, "4-0")
    return attrs.evolve(
        garment, id=_DOCUMENTED[size], title=f"White - {size}", options={"Size": size}
    )


def _cap(color: str) -> TemplateVariant:
    garment = _garment("cap", "baseball", color, "OS", "chstl-emb")
    return attrs.evolve(garment, options={"Color": color})


def _template(
    name: str,
    title: str,
    variants: tuple[TemplateVariant, ...],
    images: tuple[ImagePlaceholder, ...] = (),
    texts: tuple[TextPlaceholder, ...] = (),
) -> Template:
    return Template(
        id=f"template-{name}",
        title=f"Sandbox {title}",
        name=f"Template of the sandbox's {title}",
        description=f"<p>A made-up {title} of the sandbox.</p>",
        tags=_TAGS,
        variants=variants,
        image_placeholders=images,
        text_placeholders=texts,
    )


_POSTER = _template("poster", "poster", tuple(map(_poster, _POSTERS)))
_FRAMED_POSTER = _template(
    "framed-poster",
    "framed poster",
    tuple(_framed_poster(*options) for options in product(_FRAMES, ("Black", "Oak", "White"))),
)
_CARD = _template("card", "card", tuple(map(_card, _CARDS)))
_BROCHURE = _template(
    "brochure", "brochure", tuple(map(_brochure, ("A4", "A5"))), (_place("Pages", 210.0, 297.0),)
)
_PHOTO_BOOK = _template(
    "photo-book",
    "photo book",
    tuple(map(_photo_book, ("Hardcover", "Softcover"))),
    (_place("Cover", 210.0, 280.0), _place("Pages", 210.0, 280.0, print_area="2")),
)
_MUG = _template("mug", "mug", tuple(map(_mug, ("11 oz", "15 oz"))), (_place("Image", 228, 88),))
_T_SHIRT = _template(
    "t-shirt",
    "T-shirt",
    tuple(_t_shirt(*options) for options in product(("White", "Navy"), ("S", "M"))),
    (
        _place("Front", 244.0, 325.5, print_area="front"),
        _place("Back", 244.0, 325.5, print_area="back"),
    ),
)
_HOODIE = _template(
    "hoodie",
    "hoodie",
    tuple(_hoodie(*options) for options in product(("Black", "Grey"), ("S", "M", "L"))),
    (_place("Front", 244.0, 250.0, print_area="front"),),
)
_CAP = _template(
    "cap",
    "cap",
    tuple(map(_cap, ("Black", "Navy"))),
    (_place("Logo", 101.5, 50.0, print_area="chest-left-embroidery"),),
    (TextPlaceholder(name="Motto", text="Your words"),),
)

_EXAMPLE = attrs.evolve(
    _template(
        "example",
        "crewneck T-shirt",
        tuple(map(_documented, _DOCUMENTED)),
        (_place("ImageFront", 244.0, 137.25, print_area="front"),),
    ),
    id="c12a363e-0d4e-4d96-be4b-bf4138eb8743",
)

TEMPLATES: tuple[Template, ...] = (
    _POSTER,
    _FRAMED_POSTER,
    _CARD,
    _BROCHURE,
    _PHOTO_BOOK,
    _MUG,
    _T_SHIRT,
    _HOODIE,
    _CAP,
    _EXAMPLE,
)
