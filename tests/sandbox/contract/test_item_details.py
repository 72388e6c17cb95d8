"""Details of an order's items: attributes, category, files and the uid that is printed."""

import pytest

pytestmark = pytest.mark.anyio

POSTER = (
    "flat_product_pf_500x700-mm_pt_200-gsm-coated-silk_cl_4-0_ct_none_prt_none_sft_none"
    "_set_none_ver"
)
FRAMED = (
    "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    "__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor"
)
FRONT_ONLY = (
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-0"
)
URL = "https://files.example.com/print.pdf"


def file(**changes):
    return {"type": "default", "url": URL} | changes


@pytest.fixture
def made_item(make, item):
    async def create(**changes):
        (answered,) = (await make(items=[item(**changes)]))["items"]
        return answered

    return create


async def test_attributes_are_written_as_in_the_examples(made_item):
    """The examples have, of a poster of 50 by 70 cm, its size and its orientation."""
    answered = await made_item(productUid=POSTER)
    by_name = {one["name"]: one for one in answered["attributes"]}
    assert len(by_name) == len(answered["attributes"])
    assert by_name["size"] == {
        "name": "size",
        "title": "Size",
        "value": "500x700-mm",
        "formattedValue": "50 x 70 cm",
    }
    assert by_name["orientation"] == {
        "name": "orientation",
        "title": "Orientation",
        "value": "ver",
        "formattedValue": "Vertical (portrait) orientation",
    }
    assert by_name["paperType"]["title"] == "Paper Type"


@pytest.mark.parametrize(("uid", "orientation"), [(FRAMED, "hor"), ("sticker_pf_a4_hor", "hor")])
async def test_each_attribute_is_named_once(made_item, uid, orientation):
    answered = await made_item(productUid=uid)
    names = [one["name"] for one in answered["attributes"]]
    assert len(set(names)) == len(names)
    values = {one["name"]: one["value"] for one in answered["attributes"]}
    assert values["orientation"] == orientation


async def test_an_unknown_product_has_no_attributes(made_item):
    answered = await made_item(productUid="nonsense")
    assert answered["attributes"] == []


async def test_the_category_is_that_of_the_catalog(api, made_item):
    """The example of an order has "Posters" as the category of a poster."""
    catalogs = (await api.get("/v3/catalogs")).json()["data"]
    titles = {one["title"] for one in catalogs}
    for uid in (POSTER, FRAMED, FRONT_ONLY):
        assert (await made_item(productUid=uid))["category"] in titles
    assert (await made_item(productUid=POSTER))["category"] == "Posters"


async def test_an_embroidery_has_an_id_of_its_own_that_stays(make, fetch, item):
    """v4: of an embroidery product "the submitted files are assigned a unique ID"."""
    chest, sleeve = (file(type=f"{area}-embroidery") for area in ("chest-left", "sleeve-left"))
    items = [item(1, files=[chest, sleeve]), item(2, files=[chest | {"id": "mine"}])]
    made = await make(items=items)
    ids = [one["id"] for item in made["items"] for one in item["files"]]
    assert ids[2] == "mine"
    assert len(set(ids)) == 3
    seen = await fetch(made["id"])
    assert [one["id"] for item in seen["items"] for one in item["files"]] == ids


@pytest.mark.parametrize("color", ["white", "#fff", "ffffff", "#gggggg", ""])
async def test_thread_colors_are_hex_codes(api, order, item, color):
    stitched = file(type="chest-left-embroidery", threadColors=["#FFffff", color])
    refused = await api.post("/v4/orders", json=order(items=[item(files=[stitched])]))
    assert refused.status_code == 400
    assert "threadColors" in refused.text


@pytest.mark.parametrize(
    ("types", "adjusts", "ending"),
    [
        (("front", "back"), True, "gpr_4-4"),
        (("default", "back"), True, "gpr_4-4"),
        (("front", "back"), False, "gpr_4-0"),
        (("front",), True, "gpr_4-0"),
        (("back",), True, "gpr_4-0"),
    ],
)
async def test_the_uid_is_adjusted_by_the_types_of_the_files(made_item, types, adjusts, ending):
    """v4: with `true`, "the productUid will automatically be adjusted"."""
    files = [file(type=one) for one in types]
    answered = await made_item(
        productUid=FRONT_ONLY, files=files, adjustProductUidByFileTypes=adjusts
    )
    assert answered["productUid"] == FRONT_ONLY
    assert answered["finalProductUid"].endswith(ending)
