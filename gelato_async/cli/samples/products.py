"""Products that sample orders hold, with the files that each wants."""

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen


@frozen(kw_only=True)
class Product:
    """A product of the catalogue.

    `files` are the types of files that it always has, `optional_files` those that it may have.
    """

    uid: str
    price: Decimal = field(converter=Decimal)
    files: tuple[str, ...] = ("default",)
    optional_files: tuple[str, ...] = ()
    page_counts: tuple[int, ...] = ()
    thread_colors: tuple[str, ...] = ()


@frozen(kw_only=True)
class CustomerProduct:
    """A product by the name that a customer of GelatoConnect gave it."""

    name: str
    variants: tuple[Mapping[str, str], ...]
    price: Decimal = field(converter=Decimal)
    files: tuple[str, ...] = ("default",)


PRODUCTS = (
    Product(
        uid="flat_product_pf_a4_pt_200-gsm-uncoated_cl_4-0_ct_none_prt_none_sft_none_set_none_hor",
        price="6.90",
    ),
    Product(uid="mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0", price="12.50"),
    Product(
        uid="cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor",
        price="3.20",
        optional_files=("inside",),
    ),
    Product(
        uid="apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4",
        price="21.40",
        files=("front", "back"),
        optional_files=("sleeve-left", "neck-outer"),
    ),
)

GELATO_ONLY = (
    Product(
        uid="wire-o-notebooks_pf_a5_pt_90-gsm-uncoated_cl_1-1_ccl_4-4_ver",
        price="14.50",
        page_counts=(60, 116),
    ),
    Product(
        uid="apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_heavy-weight_gsi_xl_gco_white_gpr_chstl-emb",
        price="26.00",
        files=("chest-left-embroidery",),
        thread_colors=("#CC3333", "#005397", "#FFFFFF"),
    ),
)

CUSTOMER_PRODUCTS = (
    CustomerProduct(
        name="Framed Poster",
        variants=(
            {"FrameColour": "Black", "PaperSize": "A3"},
            {"FrameColour": "Oak", "PaperSize": "A4"},
        ),
        price="39.00",
    ),
    CustomerProduct(
        name="Classic T-shirt",
        variants=({"Size": "S", "Colour": "White"}, {"Size": "XL", "Colour": "Black"}),
        price="19.00",
        files=("front", "back"),
    ),
)
