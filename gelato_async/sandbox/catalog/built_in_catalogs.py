"""The built-in catalogs: made up, in the documents' form.

The uids of their products have the forms of the documents' examples, and so have the attributes and
their values. Prices are what such a product may cost, in EUR: a base, and for paper an amount by
size or by page. `GENERAL` is the catalog of products that belong to none.
"""

from gelato_async.sandbox.catalog.built_in_attributes import (
    COLORS,
    ORIENTATION,
    STATUS,
    attribute,
    millimetres,
)
from gelato_async.sandbox.catalog.built_in_garments import CAPS, HOODIES, T_SHIRTS
from gelato_async.sandbox.catalog.entities import Catalog, PriceRule

_POSTER_FORMATS = (
    *("A1", "A2", "A3", "A4", "A5", "200x300-mm", "300x400-mm"),
    *("400x500-mm", "500x700-mm", "600x800-mm", "600x900-mm", "700x1000-mm"),
)
_POSTER_PAPERS = (
    *("120-gsm-recycled", "170-gsm-coated-silk", "180-gsm-matt"),
    *("200-gsm-coated-silk", "200-gsm-uncoated", "250-gsm-uncoated"),
)
_COATINGS = ("none", "glossy-lamination", "matt-lamination", "soft-touch-lamination")
# 279 x 432 and 500 x 500 mm are sizes of documented examples.
_FRAME_SIZES = ("210x297-mm", "279x432-mm", "300x400-mm", "500x500-mm", "500x700-mm")
_WOODS = ("black", "natural-wood", "oak", "white")
_FRAME = (
    attribute("FrameSize", "Frame Size", *_FRAME_SIZES),
    attribute("FrameColor", "Frame Color", *_WOODS),
    attribute("FrameMaterial", "Frame Material", "wood"),
    attribute("FrameProfile", "Frame Profile", "w12xt22-mm"),
    attribute("GlassType", "Glass Type", "plexiglass"),
)
_FRAME_FORM = (
    "frs_{FrameSize}_frc_{FrameColor}_frm_{FrameMaterial}_frp_{FrameProfile}_gt_{GlassType}"
)

CATALOGS: tuple[Catalog, ...] = (
    CAPS,
    Catalog(
        uid="cards",
        title="Cards",
        price=PriceRule(base=1.1, per_square_metre=21.0),
        product_uids="cards_pf_{PaperFormat}_pt_{PaperType}_cl_{ColorType}_{Orientation}",
        dimensions=millimetres(width=105.0, height=148.0),
        families=("card", "folded-cards", "postcard", "postcards", "greeting-cards"),
        attributes=(
            # 5R is 5 x 7 inches; all but A5, A6 and DL are from documented uids.
            attribute("PaperFormat", "Paper Format", "A5", "A6", "DL", "5R", "BB", "BX"),
            attribute(
                *("PaperType", "Paper Type", "300-gsm-coated-silk", "350-gsm-uncoated"),
                *("100-lb-cover-coated-silk", "110-lb-cover-uncoated"),
            ),
            COLORS,
            ORIENTATION,
            STATUS,
        ),
    ),
    Catalog(
        uid="envelopes",
        title="Envelopes",
        price=PriceRule(base=0.4, per_square_metre=3.0),
        product_uids="blank-envelopes_pf_{PaperFormat}_pt_{PaperType}",
        dimensions=millimetres(width=99.0, height=210.0),
        families=("blank-envelopes", "envelope"),
        # Sold blank, and named among the stockable products.
        is_printable=False,
        is_stockable=True,
        attributes=(
            attribute("PaperFormat", "Paper Format", "a7-env", "DL"),
            attribute("PaperType", "Paper Type", "120-g-env"),
            STATUS,
        ),
    ),
    Catalog(
        uid="framed-posters",
        title="Framed posters",
        price=PriceRule(base=17.2, per_square_metre=42.0),
        # Two underscores lead to the poster, whose size is that of its frame.
        product_uids=(
            f"frame_and_poster_product_{_FRAME_FORM}__pf_{{FrameSize}}_pt_{{PaperType}}"
            "_cl_4-0_ct_none_prt_none_{Orientation}"
        ),
        families=("frame_and_poster", "framed", "framed-poster"),
        is_stockable=True,
        # Frame and paper; the uid states the paper alone.
        grams_per_square_metre=2800.0,
        # A documented fact is that 20 cannot be packed together.
        most_per_package=10,
        dimensions=millimetres(thickness=22.0, width=300.0, height=400.0),
        attributes=(
            *_FRAME,
            attribute("PaperType", "Paper Type", "170-gsm-coated-silk", "200-gsm-uncoated"),
            ORIENTATION,
            STATUS,
        ),
    ),
    Catalog(
        uid="frames",
        title="Frames",
        price=PriceRule(base=14.0, per_square_metre=21.0),
        product_uids=f"frame_product_{_FRAME_FORM}",
        families=("frame",),
        is_printable=False,
        is_stockable=True,
        grams_per_square_metre=2600.0,
        most_per_package=10,
        dimensions=millimetres(thickness=22.0, width=300.0, height=400.0),
        attributes=(*_FRAME, STATUS),
    ),
    HOODIES,
    Catalog(
        uid="mugs",
        title="Mugs",
        price=PriceRule(base=6.5),
        product_uids="mug_product_msz_{MugSize}_mmat_{MugMaterial}_cl_{ColorType}",
        families=("mug",),
        weight=330.0,
        dimensions=millimetres(thickness=82.0, width=82.0, height=95.0),
        attributes=(
            attribute("MugSize", "Mug Size", "11-oz", "15-oz"),
            attribute("MugMaterial", "Mug Material", "ceramic-black", "ceramic-white"),
            attribute("ColorType", "Color Type", "4-0"),
            STATUS,
        ),
    ),
    Catalog(
        uid="multipage-brochures",
        title="Multipage Brochures",
        price=PriceRule(base=1.9, per_square_metre=3.0, per_page=0.06),
        product_uids=(
            "multipage-brochures_pf_{PaperFormat}_pt_{PaperType}_cl_4-4_bt_{BindingType}"
            "_{Orientation}"
        ),
        families=("multipage-brochure", "brochure", "brochures"),
        # Sheets are folded once, so they make four pages.
        page_counts=tuple(range(8, 68, 4)),
        dimensions=millimetres(thickness=2.0, width=210.0, height=297.0),
        attributes=(
            attribute("PaperFormat", "Paper Format", "A4", "A5", "DL"),
            attribute("PaperType", "Paper Type", "130-gsm-coated-silk", "170-gsm-coated-silk"),
            attribute("BindingType", "Binding Type", "saddle-stitch-left", "glued-left"),
            ORIENTATION,
            STATUS,
        ),
    ),
    Catalog(
        uid="photobooks",
        title="Photo books",
        price=PriceRule(base=9.0, per_square_metre=21.0, per_page=0.11),
        product_uids=(
            "photobooks-{CoverType}_pf_{PaperFormat}_pt_{PaperType}_cl_4-4_ccl_4-4_bt_glued-left"
            "_ct_{CoatingType}_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_{Orientation}"
        ),
        families=("photobook", "photo-book", "photo-books", "album", "albums"),
        # Pages come by the leaf.
        page_counts=tuple(range(24, 202, 2)),
        dimensions=millimetres(thickness=9.0, width=210.0, height=280.0),
        attributes=(
            attribute("CoverType", "Cover Type", "hardcover", "softcover"),
            attribute(
                *("PaperFormat", "Paper Format", "140x200-mm", "200x200-mm", "210x280-mm"),
                "210x280-mm-8x11-inch",
            ),
            attribute(
                *("PaperType", "Paper Type", "170-gsm-coated-silk", "200-gsm-uncoated"),
                "170-gsm-65lb-coated-silk",
            ),
            attribute("CoatingType", "Coating Type", "glossy-lamination", "matt-lamination"),
            ORIENTATION,
            STATUS,
        ),
    ),
    Catalog(
        uid="posters",
        title="Posters",
        price=PriceRule(base=3.2, per_square_metre=21.0),
        product_uids=(
            "flat_product_pf_{PaperFormat}_pt_{PaperType}_cl_{ColorType}_ct_{CoatingType}"
            "_prt_{ProtectionType}_sft_{SpotFinishingType}_set_none_{Orientation}"
        ),
        dimensions=millimetres(width=210.0, height=297.0),
        # The documents' uids say "flat product"; older ones begin with the kind.
        families=("poster", "large-posters", "flat", "print", "prints"),
        attributes=(
            attribute("PaperFormat", "Paper Format", *_POSTER_FORMATS),
            attribute("PaperType", "Paper Type", *_POSTER_PAPERS),
            COLORS,
            attribute("CoatingType", "Coating Type", *_COATINGS),
            attribute("ProtectionType", "Protection Type", "none"),
            attribute("SpotFinishingType", "Spot Finishing Type", "none"),
            attribute("Variable", "Variable", "no"),
            ORIENTATION,
            STATUS,
        ),
    ),
    T_SHIRTS,
    Catalog(
        uid="wall-hangers",
        title="Wall hangers",
        price=PriceRule(base=7.9),
        product_uids=(
            "wall_hanger_product_whs_{WallHangerSize}_whc_{WallHangerColor}"
            "_whm_{WallHangerMaterial}_whp_{WallHangerProfile}"
        ),
        families=("wall_hanger", "wall-hanger", "hanger", "hangers"),
        is_printable=False,
        is_stockable=True,
        weight=160.0,
        dimensions=millimetres(thickness=20.0, width=290.0, height=14.0),
        attributes=(
            attribute("WallHangerSize", "Wall Hanger Size", "210-mm", "290-mm", "500-mm"),
            attribute("WallHangerColor", "Wall Hanger Color", *_WOODS),
            attribute("WallHangerMaterial", "Wall Hanger Material", "wood"),
            attribute("WallHangerProfile", "Wall Hanger Profile", "w14xt20-mm"),
            STATUS,
        ),
    ),
)

GENERAL: Catalog = Catalog(
    uid="general",
    title="Other products",
    price=PriceRule(base=5.56),
    weight=139.0,
    # The first words of documented uids, and of what else is printed on demand.
    families=(
        *("accordion-fold", "acrylic", "apron", "bag", "bags", "blank", "blanket", "bottle"),
        *("business-cards", "calendar", "calendars", "canvas", "flyer", "flyers", "label"),
        *("labels", "letterhead", "letterheads", "metallic", "notebook", "notebooks"),
        *("phonecase", "pillow", "puzzle", "sticker", "stickers", "tote-bag", "tote-bags"),
        *("tumbler", "wallpaper", "wood"),
    ),
    dimensions=millimetres(thickness=1.0, width=148.0, height=210.0),
)
"""The family of products that belong to no catalog; it is not listed."""
