"""The order that benchmarks make: two items, three files, a body of about 860 bytes."""

from gelato_async import CatalogItem, File, NewOrder, ShippingAddress

ADDRESS = ShippingAddress(
    country="US",
    first_name="Paul",
    last_name="Smith",
    address_line1="451 Clarkson Ave",
    address_line2="Brooklyn",
    city="New York",
    state="NY",
    post_code="11203",
    email="paul@example.com",
    phone="123456789",
)
SHIRT = CatalogItem(
    item_reference_id="item-1",
    product_uid=(
        "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"
    ),
    files=[
        File(url="https://files.example.com/logo.png"),
        File(type="back", url="https://files.example.com/back.png"),
    ],
)
CARDS = CatalogItem(
    item_reference_id="item-2",
    product_uid="cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor",
    quantity=2,
    files=[File(url="https://files.example.com/card.pdf")],
)
ORDER = NewOrder(
    order_reference_id="benchmark-000000000",
    customer_reference_id="customer-1",
    currency="USD",
    shipping_address=ADDRESS,
    items=[SHIRT, CARDS],
    metadata={"campaign": "spring"},
)
